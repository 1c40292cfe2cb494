"""Signing in and out."""

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.access import recognise
from gateway.web.console.session import begin, end, place_after
from gateway.web.console.shell import blueprint


@blueprint.get("/sign-in")
def sign_in() -> str:
    """Ask for a token."""
    return render_template("console/sign_in.html", wrong=False)


@blueprint.post("/sign-in")
def take_token() -> AnyResponse:
    """Open a session for a token that may read."""
    caller = recognise(request.form.get("token", "").strip())
    if caller is None or not caller.may("reader"):
        return make_response(render_template("console/sign_in.html", wrong=True), 401)
    begin(f"token:{caller.name}")
    return redirect(place_after(request.args.get("next")))


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Close the session."""
    end()
    return redirect(url_for("console.sign_in"))
