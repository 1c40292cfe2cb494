"""House-wide work: how far it is, and an admin's word on what happens by the clock."""

from collections.abc import Callable
from typing import Any

from flask import g
from marshmallow import ValidationError

from gateway.jobs import board as timetable
from gateway.web.access import requires
from gateway.web.api.restocks import WORD
from gateway.web.api.root import blueprint, time_text
from gateway.web.bodies import raw_body, read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent


@blueprint.get("/jobs")
@requires("reader")
@blueprint.doc(operation_id="list_jobs", summary="List house-wide work", tags=["lists"])
def list_jobs() -> dict[str, Any]:
    """Tell how far each piece of work is; and of what happens by the clock, when it last did and how it went."""
    lines = [
        {"name": task.name, "due_at": time_text(task.due_at), "done": task.done, "total": task.total}
        for task in house().services.store.tasks.all()
    ]
    found = timetable.board(house().services)
    return {"jobs": lines, "clock_runs": found.clock_runs, "timetable": [_line(line) for line in found.lines]}


def _line(line: timetable.JobLine) -> dict[str, Any]:
    run = line.work.run
    return {
        "name": line.job.task,
        "every_s": line.job.every_s,
        "standing": line.work.standing,
        "begun_at": time_text(run.begun_at) if run else None,
        "took_s": run.took_s if run else None,
        "failure": run.failure if run else None,
        "next_at": time_text(line.next_at),
        "paused_by": line.paused.by if line.paused else None,
    }


@blueprint.post("/jobs/<name>/run")
@requires("admin")
@idempotent
@blueprint.doc(operation_id="run_job", summary="Run a job now", tags=["lists"])
def run_job(name: str) -> dict[str, Any]:
    """Want a job of the timetable done as soon as a worker is free, paused or not."""
    _step(name, timetable.run_now)
    return {"name": name}


@blueprint.post("/jobs/<name>/pause")
@requires("admin")
@idempotent
@blueprint.doc(operation_id="pause_job", summary="Pause a job", tags=["lists"])
def pause_job(name: str) -> dict[str, Any]:
    """Have the clock leave a job out until it is resumed; what is under way goes on."""
    _step(name, timetable.pause)
    return {"name": name, "paused": True}


@blueprint.post("/jobs/<name>/resume")
@requires("admin")
@idempotent
@blueprint.doc(operation_id="resume_job", summary="Resume a job", tags=["lists"])
def resume_job(name: str) -> dict[str, Any]:
    """Have the clock mark a job again, at once when a run was missed."""
    _step(name, timetable.resume)
    return {"name": name, "paused": False}


def _step(name: str, step: Callable[[Any, str, str, str], Any]) -> None:
    """Take a step; the body may hold a note for the audit trail."""
    try:
        note = WORD.load(read_object())["note"] if raw_body() else ""
        step(house().services, name, g.caller.name, note)
    except ValidationError as error:
        raise Problem(422, "This cannot be taken.", flatten(error.messages)) from None
    except KeyError:
        raise Problem(404, "There is no such job in the timetable.") from None
