"""Sources, as a person reads them."""

from flask import render_template

from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house


@blueprint.get("/sources")
@signed_in()
def sources() -> str:
    """Tell when each source was last heard."""
    return render_template("console/sources.html", sources=house().services.store.sources.all())
