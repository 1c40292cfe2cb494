"""`gateway policy check` and `gateway policy try`: policies judged without a shop or a server.

The other commands of the group, which need the store, are in `gateway.commands.policy_versions`.
"""

import json
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson

from gateway.clock import now
from gateway.commands import policy_versions
from gateway.documents import DocumentProblems, Problem, load_document, read_document
from gateway.documents.advice import warnings_result
from gateway.documents.cases import CaseCache, problems_result, try_line
from gateway.documents.lines import Lines
from policies.document import Document
from policies.lint import PolicyWarning, lint

POLICY_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group("policy")
def group() -> None:
    """Check, try, preview, publish and compare policies."""


for command in (
    policy_versions.preview,
    policy_versions.publish,
    policy_versions.history,
    policy_versions.rollback,
    policy_versions.diff,
):
    group.add_command(command)


@group.command()
@click.argument("file", type=POLICY_FILE)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def check(file: Path, as_json: bool) -> None:
    """List what is wrong with the policy in FILE (TOML, or JSON where its name says so), then what is doubtful.

    Only problems make the command fail: a policy with warnings can be published.
    """
    problems: tuple[Problem, ...] = ()
    warnings: tuple[PolicyWarning, ...] = ()
    try:
        warnings = lint(load_document(read_document(file)), at=now())
    except DocumentProblems as refused:
        problems = refused.problems
    lines = _lines_of(file)
    told = [{"path": one.path, "message": one.message} for one in problems] or warnings_result(warnings)
    found = [one | _place(lines.of(one["path"])) for one in told]
    if as_json:
        said = {"problems": found, "warnings": []} if problems else {"problems": [], "warnings": found}
        click.echo(json.dumps({"valid": not problems, **said}, ensure_ascii=False))
    else:
        if not problems:
            click.echo(f"{file}: a valid policy")
        for one in found:
            click.echo(_line(**one), err=bool(problems))
    if problems:
        raise SystemExit(1)


def _lines_of(file: Path) -> Lines:
    """Tell where the paths of a TOML file stand; of JSON, which comes from machines, nothing is told."""
    try:
        return Lines("" if file.suffix.lower() == ".json" else file.read_text("utf-8"))
    except UnicodeDecodeError:
        return Lines("")


def _place(line: int | None) -> dict[str, int]:
    return {} if line is None else {"line": line}


def _line(
    path: str, message: str, line: int | None = None, severity: str = "", code: str = "", example: object = None
) -> str:
    """Write a problem, or a warning with its severity and code, as one line."""
    where = f"{path} (line {line}): " if line else f"{path}: " if path else ""
    return f"{severity}: {where}{message} [{code}]" if code else f"{where}{message}"


@group.command("try")
@click.argument("cases", type=click.File("rb"))
@click.option("--policy", "policy_file", type=POLICY_FILE, help="The policy of cases that carry no document.")
@click.option("--json", is_flag=True, expose_value=False, help="Accepted as everywhere: the answers are JSON anyway.")
def try_cases(cases: BinaryIO, policy_file: Path | None) -> None:
    """Decide the CASES, one JSON object a line, and answer each with a line."""
    document = _load(policy_file) if policy_file else None
    cache = CaseCache()
    refused = 0
    for line in cases:
        if not line.strip():
            continue
        result = _try_line(line, document, cache)
        refused += "problems" in result
        click.echo(_written(result))
    if refused:
        click.echo(f"{refused} cases could not be decided", err=True)
        raise SystemExit(1)


def _try_line(line: bytes, document: Document | None, cache: CaseCache) -> dict[str, Any]:
    try:
        return try_line(line.decode("utf-8"), document=document, cache=cache)
    except UnicodeDecodeError as error:
        return problems_result((Problem("", f"is not UTF-8 at byte {error.start}"),))


def _written(result: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(result)
    except TypeError:  # half a surrogate pair in a path, or a number beyond 64 bits, which JSON can still escape
        return json.dumps(result).encode()


def _load(file: Path) -> Document:
    try:
        return load_document(read_document(file))
    except DocumentProblems as refused:
        raise click.ClickException(
            "\n".join([f"{file} is refused:", *(_line(one.path, one.message) for one in refused.problems)])
        ) from None
