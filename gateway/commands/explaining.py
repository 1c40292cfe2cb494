"""The command `explain`: why a variant is promised what it is, and the proof."""

import click
import orjson

from gateway import clock
from gateway.wiring import build_services


@click.command()
@click.argument("variant")
@click.option("--pool", help="Of which pool; the default pool when left out.")
@click.option("--decision", help="A past decision, by its id from the history.")
@click.option("--verify", is_flag=True, help="Make the decision again from what was recorded; fail where it differs.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def explain(variant: str, pool: str | None, decision: str | None, verify: bool, as_json: bool) -> None:
    """Explain what may be promised of VARIANT."""
    from gateway.pipeline.explain import explanation_view  # noqa: PLC0415  (NumPy: only when asked)

    try:
        view = explanation_view(build_services("web"), variant, pool, clock.now(), decision)
    except ValueError:
        raise click.ClickException(f"{decision} is no id of a decision.") from None
    if view is None:
        raise click.ClickException(f"There is nothing to explain: no such variant, pool or decision ({variant}).")
    proof = view["proof"]
    verified = not proof["differences"] and proof["inputs"] == "complete"
    if as_json:
        click.echo(orjson.dumps({**view, "verified": verified} if verify else view))
    else:
        click.echo("\n".join(view["sentences"]))
        if verify:
            click.echo(_verdict(proof, verified=verified))
    if verify and not verified:
        raise SystemExit(1)


def _verdict(proof: dict[str, object], *, verified: bool) -> str:
    made = (
        f"policy {proof['policy_version']}, location facts {proof['locations_revision']}, decision {proof['decision']}"
    )
    if verified:
        return f"Verified: made again from {made}, and equal in every number."
    differences = proof["differences"]
    what = ", ".join(differences) if isinstance(differences, list) and differences else str(proof["inputs"])
    return f"Not verified ({made}): {what}."
