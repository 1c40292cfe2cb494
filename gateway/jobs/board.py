"""The timetable as people see and steer it: what ran when and how, what comes next, what is under way.

Called by the API and by the console. A person's word lies in the store, and the clock obeys it; every step is audited.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.jobs.timetable import LAST_RUN, Job, timetable
from gateway.services import Services
from gateway.store.values import PausedJob, TaskRun, TaskState


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of house-wide work: whether it waits, how far it is, how it went the last time."""

    state: TaskState
    run: TaskRun | None
    now: datetime

    @property
    def standing(self) -> str:
        """One of running, waiting (for a worker, or to be tried again), failed, done, never."""
        due_at, run = self.state.due_at, self.run
        if due_at is not None and due_at > self.now and run is not None and run.took_s is None:
            return "running"
        if run is not None and run.failure is not None:
            return "failed"
        if due_at is not None:
            return "waiting"
        return "never" if run is None else "done"


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job of the timetable, as it stands."""

    job: Job
    work: Work
    marked_at: datetime | None  # when the clock last marked it
    next_at: datetime | None  # None: paused, or no clock ever marked it
    paused: PausedJob | None


@dataclass(frozen=True, slots=True)
class Board:
    """All of it. `others`: work that is wanted or half done and is in nobody's timetable."""

    lines: tuple[JobLine, ...]
    others: tuple[Work, ...]
    clock_runs: bool


def board(services: Services) -> Board:
    """Gather what is known of every job."""
    store, at = services.store, services.now()
    tasks = {one.name: one for one in store.tasks.all()}
    runs, paused = store.job_states.runs(), store.job_states.paused()
    jobs = timetable(services.settings)

    def work(name: str) -> Work:
        return Work(tasks.get(name, TaskState(name, None)), runs.get(name), at)

    lines = []
    for job in jobs:
        tick = tasks.get(LAST_RUN + job.task)
        marked_at = None if tick is None else tick.progress_at
        stays = job.task in paused or marked_at is None
        next_at = None if stays or marked_at is None else max(at, marked_at + timedelta(seconds=job.every_s))
        lines.append(JobLine(job, work(job.task), marked_at, next_at, paused.get(job.task)))
    known = {job.task for job in jobs}
    others = [work(name) for name in tasks if name not in known and not name.startswith(LAST_RUN)]
    unfinished = tuple(one for one in others if one.state.due_at is not None or one.standing == "failed")
    return Board(tuple(lines), unfinished, clock_runs="clock" in store.gauges.all(at))


def pause(services: Services, task: str, by: str, note: str = "") -> bool:
    """Have the clock leave a job out; what is under way goes on. Raises KeyError; tell whether it was not paused."""
    _known(services, task)
    at = services.now()
    done = services.store.job_states.pause(task, PausedJob(by, at))
    if done:
        services.store.audit.append(by, "job.pause", task, {"note": note}, at)
    return done


def resume(services: Services, task: str, by: str, note: str = "") -> bool:
    """Have the clock mark a job again, at once when a run was missed. Raises KeyError; tell whether it was paused."""
    _known(services, task)
    done = services.store.job_states.resume(task)
    if done:
        services.store.audit.append(by, "job.resume", task, {"note": note}, services.now())
    return done


def run_now(services: Services, task: str, by: str, note: str = "") -> None:
    """Want a job's work done as soon as a worker is free, paused or not. Raises KeyError."""
    _known(services, task)
    at = services.now()
    services.store.audit.append(by, "job.run", task, {"note": note}, at)
    services.store.tasks.mark([task], at)


def _known(services: Services, task: str) -> None:
    if all(job.task != task for job in timetable(services.settings)):
        raise KeyError(task)
