"""`gateway policy preview`, `publish`, `history`, `rollback` and `diff`: versions of the policy, from a shell."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gateway import clock
from gateway.commands.policy_words import history_lines, impact_lines
from gateway.documents import DocumentProblems, load_document, read_document
from gateway.policy_advice import PolicyAdvisor
from gateway.policy_versions.preview import Progress, preview_policy
from gateway.policy_versions.publishing import (
    LargeChange,
    RefusedPublication,
    Signature,
    publish_policy,
    rollback_policy,
)
from gateway.policy_versions.views import difference_view, impact_view, preview_view, version_line
from gateway.services import Services
from gateway.store import StalePolicy, StoreUnavailable
from gateway.store.values import PolicyVersion
from gateway.wiring import build_services
from policies.document import Document

POLICY_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
with_note = click.option("--note", required=True, help="What changes and why, for those who read the history.")
with_author = click.option("--author", default="command line", show_default=True, help="Who publishes.")
confirming = click.option("--confirm-large", is_flag=True, help="Publish although it moves many variants.")


@click.command()
@click.argument("file", type=POLICY_FILE)
@as_json
def preview(file: Path, as_json: bool) -> None:
    """Tell what the policy in FILE would change on today's stock. Changes nothing."""
    services = build_services("web")
    with _refusals(as_json), _progress() as progress:
        document, at = load_document(read_document(file)), clock.now()
        based_on = services.store.policies.current_number()
        impact = preview_policy(services, document, at, progress)
        warnings = PolicyAdvisor(services.store).advise(document, at=at)
        view = preview_view(services, document, impact, warnings, based_on=based_on)
    _say(view, impact_lines(view), as_json)


@click.command()
@click.argument("file", type=POLICY_FILE)
@with_note
@click.option("--based-on", type=int, help="The version that FILE was made from; without it, the one in force.")
@with_author
@confirming
@as_json
def publish(file: Path, note: str, based_on: int | None, author: str, confirm_large: bool, as_json: bool) -> None:
    """Put the policy in FILE in force."""
    services = build_services("web")
    signature = Signature(author=author, note=note, at=clock.now(), confirm_large=confirm_large)
    with _publishing(services, as_json) as progress:
        base = based_on if based_on is not None else services.store.policies.current_number()
        version = publish_policy(services, read_document(file), signature, based_on=base or None, progress=progress)
    _published(version, as_json)


@click.command()
@click.argument("number", type=int)
@with_note
@with_author
@confirming
@as_json
def rollback(number: int, note: str, author: str, confirm_large: bool, as_json: bool) -> None:
    """Publish the document of version NUMBER as a new version."""
    services = build_services("web")
    signature = Signature(author=author, note=note, at=clock.now(), confirm_large=confirm_large)
    with _publishing(services, as_json) as progress:
        version = rollback_policy(services, number, signature, progress=progress)
    _published(version, as_json)


@click.command()
@as_json
def history(as_json: bool) -> None:
    """List the versions, newest first."""
    services = build_services("web")
    with _refusals(as_json):
        lines = [version_line(version) for version in services.store.policies.versions()]
    _say({"versions": lines}, history_lines(lines), as_json)


@click.command()
@click.argument("before")
@click.argument("after")
@as_json
def diff(before: str, after: str, as_json: bool) -> None:
    """Say in words how AFTER differs from BEFORE; each is the number of a version or a file."""
    services = build_services("web") if before.isdigit() or after.isdigit() else None
    with _refusals(as_json):
        view = difference_view(_document(services, before), _document(services, after))
    lines = [line["sentence"] for line in view] or ["They are the same."]
    _say({"differences": view}, lines, as_json)


def _document(services: Services | None, name: str) -> Document:
    if services is not None and name.isdigit():
        found = services.policies.document(int(name))
        if found is None:
            raise click.ClickException(f"There is no version {name}.")
        return found
    try:
        return load_document(read_document(Path(name)))
    except OSError as error:
        raise click.ClickException(f"{name} cannot be read: {error.strerror}.") from None


def _published(version: PolicyVersion, as_json: bool) -> None:
    _say(version_line(version), [f"Version {version.number} is in force."], as_json)


def _say(view: Mapping[str, Any], lines: list[str], as_json: bool) -> None:
    click.echo(json.dumps(view, ensure_ascii=False) if as_json else "\n".join(lines))


@contextmanager
def _refusals(as_json: bool) -> Iterator[None]:
    """Tell a refusal in sentences (and as JSON where that is asked for), and end with 1."""
    try:
        yield
    except DocumentProblems as refused:
        problems = [{"path": problem.path, "message": problem.message} for problem in refused.problems]
        lines = [f"{one['path']}: {one['message']}" if one["path"] else one["message"] for one in problems]
        _refuse("The document is refused.", lines, {"problems": problems}, as_json)
    except RefusedPublication as refused:
        _refuse(refused.message, [], {"problems": [{"path": refused.path, "message": refused.message}]}, as_json)
    except StalePolicy as stale:
        _refuse(str(stale), [], {"current": stale.current}, as_json)
    except StoreUnavailable as error:
        _refuse(str(error), [], {}, as_json)


def _refuse(sentence: str, lines: list[str], more: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"refused": sentence, **more}, ensure_ascii=False))
    click.echo("\n".join([*lines, sentence]), err=True)
    raise SystemExit(1)


@contextmanager
def _publishing(services: Services, as_json: bool) -> Iterator[Progress | None]:
    """Show progress, and tell every refusal, a large change with its impact."""
    try:
        with _refusals(as_json), _progress() as progress:
            yield progress
    except LargeChange as large:
        view = impact_view(services, large.impact)
        sentence = "This is a large change. Look at the impact, then run the same with --confirm-large."
        _refuse(sentence, impact_lines(view), {"impact": view}, as_json)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show progress on a terminal, and none in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done:,} of {total:,} variants", nl=False, err=True)

    try:
        yield show
    finally:
        click.echo("\r" + " " * 40 + "\r", nl=False, err=True)
