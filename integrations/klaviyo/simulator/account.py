"""What the simulated account holds: the catalogue, the bulk jobs in their order, and the journal of effects."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from integrations.klaviyo.simulator.bodies import PLURALS

Record = dict[str, Any]


@dataclass
class Job:
    """One bulk job, from queued to complete."""

    id: str
    noun: str
    verb: str
    records: list[Record]
    created_at: datetime
    starts: float  # seconds of the monotonic clock
    due: float
    slow: bool = False  # those after it do not wait for it
    complete: bool = False
    failed: int = 0
    errors: list[Record] = field(default_factory=list)


class Account:
    """Jobs are applied in the order of their arrival, each at its due moment, but for one that was told to be slow.

    Klaviyo promises no order between jobs. Not thread-safe, the server locks.
    """

    def __init__(self, now: Callable[[], datetime], elapsed: Callable[[], float], state_file: Path | None) -> None:
        """Start from `state_file` where there is one."""
        self.now, self.elapsed = now, elapsed
        self.job_delay_s = 0.2
        self.slow_next_s: float | None = None  # the next job takes so long, and is overtaken
        self.fail_ids: set[str] = set()
        self.records: dict[str, dict[str, Record]] = {"item": {}, "variant": {}, "category": {}}
        self.journal: list[Record] = []
        self.jobs: dict[str, Job] = {}
        self._waiting: list[Job] = []
        self._number = 0
        self._state_file = state_file
        if state_file is not None and state_file.exists():
            state = json.loads(state_file.read_text("utf-8"))
            self.records |= state["records"]
            self.journal, self._number = state["journal"], state["number"]
            for waiting in state["waiting"]:
                self.submit(waiting["noun"], waiting["verb"], waiting["records"], id_=waiting["id"])

    def in_progress(self, noun: str, verb: str) -> int:
        """Count the jobs of one kind that are not complete."""
        return sum((job.noun, job.verb) == (noun, verb) for job in self._waiting)

    def submit(self, noun: str, verb: str, records: list[Record], *, id_: str | None = None) -> Job:
        """Queue one job behind those that wait."""
        self._number += 1
        at = self.elapsed()
        slow = self.slow_next_s is not None
        before = [job.due for job in self._waiting if not job.slow]
        due = at + self.slow_next_s if self.slow_next_s is not None else max([at + self.job_delay_s, *before])
        self.slow_next_s = None
        starts = at + self.job_delay_s / 2
        job = Job(id_ or f"job-{self._number}", noun, verb, records, self.now(), starts, due, slow)
        self.jobs[job.id] = job
        self._waiting.append(job)
        self._waiting.sort(key=lambda waiting: waiting.due)
        self.save()
        return job

    def advance(self) -> None:
        """Apply every job whose moment has come."""
        applied = False
        while self._waiting and self._waiting[0].due <= self.elapsed():
            self._apply(self._waiting.pop(0))
            applied = True
        if applied:
            self.save()

    def status(self, job: Job) -> str:
        """Name a job's stage in Klaviyo's words."""
        if job.complete:
            return "complete"
        return "processing" if job.starts <= self.elapsed() else "queued"

    def note(self, effect: str, at: datetime, **facts: object) -> None:
        """Append an effect to the journal."""
        self.journal.append({"order": len(self.journal) + 1, "at": at.isoformat(), "effect": effect} | facts)

    def save(self) -> None:
        """Keep the whole state, or the one before: never half."""
        if self._state_file is None:
            return
        waiting = [{"id": j.id, "noun": j.noun, "verb": j.verb, "records": j.records} for j in self._waiting]
        state = {"records": self.records, "journal": self.journal, "number": self._number, "waiting": waiting}
        draft = self._state_file.with_suffix(".tmp")
        draft.write_text(json.dumps(state), "utf-8")
        draft.replace(self._state_file)

    def _apply(self, job: Job) -> None:
        at = self.now() - timedelta(seconds=self.elapsed() - job.due)
        for index, record in enumerate(job.records):
            id_ = record.get("id") or "$custom:::$default:::" + record["attributes"]["external_id"]
            refused = self._refusal(job, id_, record)
            if refused is not None:
                code, detail, below = refused
                pointer = f"/data/attributes/{PLURALS[job.noun]}/data/{index}{below}"
                source = {"pointer": pointer}
                error = {"id": f"{job.id}-{index}", "code": code, "title": detail, "detail": detail, "source": source}
                job.errors.append(error)
                continue
            self._write(job, id_, record, at)
        job.failed, job.complete = len(job.errors), True

    def _refusal(self, job: Job, id_: str, record: Record) -> tuple[str, str, str] | None:
        known = self.records[job.noun]
        if id_.removeprefix("$custom:::$default:::") in self.fail_ids:
            return "invalid", "The record was told to fail.", ""
        if job.verb == "create" and id_ in known:
            return "duplicate_result", f"A catalog {job.noun} with this external_id already exists.", ""
        if job.verb != "create" and id_ not in known:
            return "not_found", f"A catalog {job.noun} with this id does not exist.", ""
        if job.verb == "create" and job.noun == "variant":
            item = record["relationships"]["item"]["data"]["id"]
            if item not in self.records["item"]:
                return "not_found", "The catalog item of this variant does not exist.", "/relationships/item"
        for category in _categories(record):
            if category not in self.records["category"]:
                return "not_found", "A catalog category of this item does not exist.", "/relationships/categories"
        return None

    def _write(self, job: Job, id_: str, record: Record, at: datetime) -> None:
        known = self.records[job.noun]
        if job.verb == "delete":
            del known[id_]
            self.note("delete", at, kind=job.noun, id=id_)
            if job.noun == "item":
                for variant in [key for key, value in self.records["variant"].items() if value["item"] == id_]:
                    del self.records["variant"][variant]
            return
        if job.verb == "create":
            known[id_] = {} if job.noun == "category" else {"published": True}
            if job.noun == "variant":
                known[id_] |= {"inventory_policy": 0, "item": record["relationships"]["item"]["data"]["id"]}
        known[id_] |= record["attributes"]
        if "relationships" in record and job.noun == "item":
            known[id_]["categories"] = _categories(record)
        quantity = known[id_].get("inventory_quantity")
        self.note(job.verb, at, kind=job.noun, id=id_, quantity=quantity, published=known[id_].get("published"))


def _categories(record: Record) -> list[str]:
    named = record.get("relationships", {}).get("categories", {}).get("data", [])
    return [category["id"] for category in named]
