"""Doubts, sources and the audit trail, as a person reads them."""

from flask import render_template

from gateway.web.api.root import ENTRY, OFFSET, page_cursor
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

LISTED = 50


@blueprint.get("/doubts")
@signed_in()
def doubts() -> str:
    """List what was set aside, and why."""
    found, cursor = house().services.store.doubts.open(LISTED, page_cursor(OFFSET))
    return render_template("console/doubts.html", doubts=found, cursor=cursor)


@blueprint.get("/sources")
@signed_in()
def sources() -> str:
    """Tell when each source was last heard."""
    return render_template("console/sources.html", sources=house().services.store.sources.all())


@blueprint.get("/audit")
@signed_in()
def audit() -> str:
    """List who did what, newest first."""
    entries, cursor = house().services.store.audit.page(LISTED, page_cursor(ENTRY))
    return render_template("console/audit.html", entries=entries, cursor=cursor)
