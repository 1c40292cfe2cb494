"""Today: what needs a person, what sends soon, what was done, and how far behind the gateway is."""

from flask import render_template

from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint


@blueprint.get("/")
@signed_in()
def today() -> str:
    """Show the day."""
    return render_template("console/today.html")
