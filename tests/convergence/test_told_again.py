"""A store that was emptied is filled from what sources send again: that is their past, and nobody's restock."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.worker import decide_step
from tests.builders.web import AT, POLICY, House, house_on, product, row


@pytest.fixture
def house(redis_url: str) -> Any:
    opened = house_on(redis_url)
    opened.store.policies.publish(POLICY, based_on=None, author="ann", note="", at=AT)
    opened.put_catalog(product())
    yield opened
    opened.store.close()


def tells(house: House, units: int, minutes: int) -> None:
    """The warehouse says how many there were, so many minutes after the store was filled; three stay back."""
    observed = (AT + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    quantities = {"available": units + 3 if units else 0}
    assert house.send(row(quantities=quantities, observed_at=observed, cause="receipt")).status_code == 202
    decide_step(house.services, AT)


def restock(house: House) -> tuple[str, str]:
    (found,) = house.store.restocks.get(["tee-m"])
    assert found is not None
    return found.cause, found.state


def test_a_rise_that_was_seen_before_the_store_was_filled_alerts_nobody(house: House) -> None:
    house.store.epoch.write("second", AT)
    tells(house, 0, -60)
    tells(house, 9, -30)
    assert restock(house) == ("first_sight", "silent")


def test_a_rise_that_was_seen_since_alerts(house: House) -> None:
    house.store.epoch.write("second", AT)
    tells(house, 0, -60)
    tells(house, 9, 1)
    assert restock(house) == ("receipt", "alerts")


def test_a_store_that_does_not_know_when_it_was_filled_knows_no_past(house: House) -> None:
    house.store.epoch.write("second")
    tells(house, 0, -60)
    tells(house, 9, -30)
    assert restock(house) == ("receipt", "alerts")
