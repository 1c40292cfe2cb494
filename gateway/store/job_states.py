"""What people see of jobs beside whether they are due: which are paused, and how the last run of each went."""

from dataclasses import asdict

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import PausedJob, TaskRun
from policies.columns import from_us, to_us


class JobStates:
    """Pauses and runs by the task's name."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._paused, self._runs = keys.house("jobs:paused"), keys.house("jobs:runs")

    def pause(self, task: str, paused: PausedJob) -> bool:
        """Have the clock leave a job out until it is resumed; tell whether it was running until now."""
        stored = orjson.dumps([paused.by, to_us(paused.at)])
        return bool(self._connection.command("HSETNX", self._paused, task, stored))

    def resume(self, task: str) -> bool:
        """Have the clock mark a job again; tell whether it was paused."""
        return bool(self._connection.command("HDEL", self._paused, task))

    def is_paused(self, task: str) -> bool:
        """Tell whether a job is paused."""
        return bool(self._connection.command("HEXISTS", self._paused, task))

    def paused(self) -> dict[str, PausedJob]:
        """Return who paused what, and when."""
        found = {}
        for task, raw in self._connection.command("HGETALL", self._paused).items():
            by, at_us = orjson.loads(raw)
            found[task.decode()] = PausedJob(by, from_us(at_us))
        return found

    def put_run(self, task: str, run: TaskRun) -> None:
        """Keep how the last run of a task goes, or went."""
        stored = asdict(run) | {"begun_at": to_us(run.begun_at)}
        self._connection.command("HSET", self._runs, task, orjson.dumps(stored))

    def runs(self) -> dict[str, TaskRun]:
        """Return the last run of every task."""
        found = {}
        for task, raw in self._connection.command("HGETALL", self._runs).items():
            fields = orjson.loads(raw)
            found[task.decode()] = TaskRun(**{**fields, "begun_at": from_us(fields["begun_at"])})
        return found
