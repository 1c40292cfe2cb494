"""Where a message to staff leads is a page of the console."""

from gateway.alerts.of_holds import HOLD_KINDS
from gateway.alerts.of_the_house import OTHERWISE
from gateway.doubts.kinds import KINDS
from gateway.web import create_app
from tests.alerts.conftest import AlertHouse


def test_every_message_leads_to_a_page_and_every_doubt_told_has_its_words(house: AlertHouse) -> None:
    routes = create_app(house.services).url_map.bind("gateway.shop.example")
    for kind in (*HOLD_KINDS, *OTHERWISE):
        endpoint, _ = routes.match(f"/{kind.page}", method="GET")
        assert endpoint.startswith("console."), kind
    assert {kind.name for kind in OTHERWISE} <= KINDS.keys()
