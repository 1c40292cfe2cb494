"""The jobs' page: what ran, how it went and what comes next; an admin's word, audited, the same by the API."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.store.values import TaskRun
from gateway.worker import TASKS, task_step
from integrations.errors import TemporaryError
from tests.builders.outside import outside_house, text
from tests.builders.people import actions, by_token, post
from tests.builders.web import AT, House

JOB = "shopify.reconcile"


@pytest.fixture
def house(redis_url: str) -> Iterator[House]:
    with outside_house(redis_url) as opened:
        yield opened


def row(house: House, task: str = JOB, role: str = "reader") -> str:
    """A job's line of the page, as it is read."""
    answer = by_token(house, role).get("/jobs")
    html = answer.get_data(as_text=True)
    answer.data = html[html.index(f'id="{task}"') :].partition("</tr>")[0]
    return text(answer)


def due(house: House) -> set[str]:
    return {state.name for state in house.store.tasks.all() if state.due_at is not None}


def clock_runs(house: House) -> None:
    house.store.gauges.put("clock", {"lease_held": 1.0}, AT)


def test_the_timetable_says_what_is_next_and_that_no_clock_runs(house: House) -> None:
    assert "No clock is running" in text(by_token(house, "reader").get("/jobs"))
    clock_runs(house)
    house.store.tasks.progress(f"clock.{JOB}", 1, 1, AT - timedelta(minutes=5))
    line = row(house)
    assert "Read what changed in the shop" in line
    assert "every 15 min" in line
    assert "in 10 min" in line
    assert "never ran" in line
    assert "No clock is running" not in text(by_token(house, "reader").get("/jobs"))


def test_a_run_tells_how_it_went(house: House) -> None:
    house.store.job_states.put_run(JOB, TaskRun(AT - timedelta(minutes=3), 75.0))
    assert "took 75 s done" in row(house)
    house.store.tasks.mark([JOB], AT + timedelta(seconds=30))
    house.store.job_states.put_run(JOB, TaskRun(AT, 1.0, "Shopify did not answer."))
    assert "failed Shopify did not answer. Tried again in 30 s." in row(house)


def test_what_a_worker_does_is_seen_while_it_does_it_and_after(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def work(services: object, at: object) -> None:
        house.store.tasks.progress(JOB, 3, 8, AT)
        seen.append(row(house))

    monkeypatch.setitem(TASKS, "reconcile", work)
    house.store.tasks.mark([JOB], AT)
    assert "waits for its turn" in row(house)
    assert task_step(house.services, AT) == 1
    assert "under way" in seen[0]
    assert "done" in row(house)
    assert due(house) == set()


@pytest.mark.parametrize(
    ("error", "told"), [(TemporaryError("Shopify is down."), "Shopify is down."), (ZeroDivisionError(), "a defect")]
)
def test_a_failure_is_told_and_the_work_stays_wanted(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def work(services: object, at: object) -> None:
        raise error

    monkeypatch.setitem(TASKS, "reconcile", work)
    house.store.tasks.mark([JOB], AT)
    with pytest.raises(type(error)):
        task_step(house.services, AT)
    assert told in row(house)
    assert due(house) == {JOB}


def test_an_admin_runs_pauses_and_resumes_a_job(house: House) -> None:
    clock_runs(house)
    admin = by_token(house, "admin")
    assert post(admin, "/jobs/run", "/jobs", task=JOB).status_code == 303
    assert due(house) == {JOB}
    assert post(admin, "/jobs/pause", "/jobs", task=JOB).status_code == 303
    assert "paused by bootstrap" in row(house)
    assert "Resume" in row(house, role="admin")
    assert post(admin, "/jobs/pause", "/jobs", task=JOB).status_code == 303
    assert post(admin, "/jobs/resume", "/jobs", task=JOB).status_code == 303
    assert "paused" not in row(house)
    assert [one[1:] for one in actions(house) if one[1].startswith("job.")] == [
        ("job.run", JOB),
        ("job.pause", JOB),
        ("job.resume", JOB),
    ]


def test_only_admins_say_what_happens_and_only_of_the_timetable(house: House) -> None:
    marketer, admin = by_token(house, "marketer"), by_token(house, "admin")
    assert "Run now" not in marketer.get("/jobs").get_data(as_text=True)
    for step in ("run", "pause", "resume"):
        assert post(marketer, f"/jobs/{step}", "/connection", task=JOB).status_code in (400, 403)
        assert post(admin, f"/jobs/{step}", "/jobs", task="redecide").status_code == 404
        assert house.client.post(f"/api/v1/jobs/{JOB}/{step}", headers=house.bearer("marketer")).status_code == 403
    assert due(house) == set()
    assert house.store.job_states.paused() == {}


def test_the_api_says_the_same_words(house: House) -> None:
    headers = house.bearer("admin")
    paused = house.client.post(f"/api/v1/jobs/{JOB}/pause", json={"note": "The shop moves."}, headers=headers)
    assert paused.get_json() == {"name": JOB, "paused": True}
    assert house.store.audit.page(1)[0][0].facts == {"note": "The shop moves."}
    listed = house.client.get("/api/v1/jobs", headers=headers).get_json()
    (line,) = [line for line in listed["timetable"] if line["name"] == JOB]
    assert (line["paused_by"], line["standing"], line["every_s"]) == ("bootstrap", "never", 900)
    house.client.post(f"/api/v1/jobs/{JOB}/resume", headers=headers)
    house.client.post(f"/api/v1/jobs/{JOB}/run", headers=headers)
    assert (house.store.job_states.paused(), due(house)) == ({}, {JOB})
    assert house.client.post("/api/v1/jobs/redecide/run", headers=headers).status_code == 404


def test_other_work_is_listed_with_how_far_it_is(house: House) -> None:
    assert "Nothing else is under way." in text(by_token(house, "reader").get("/jobs"))
    house.store.tasks.mark(["redecide"], AT)
    house.store.tasks.progress("redecide", 12, 64, AT)
    house.store.tasks.progress("finished_long_ago", 64, 64, AT)
    found = text(by_token(house, "reader").get("/jobs"))
    assert "Decide everything anew" in found
    assert "12 of 64" in found
    assert "finished_long_ago" not in found
