"""A house with something on every worklist: doubts, sources, the clean-up list, and what is back in stock."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.doubts.looking import look_for_doubts
from gateway.store.reconciles import FullRun, Mark, Report
from gateway.store.waitlist import Entry
from gateway.store.waves import RestockWaves, Wave
from integrations.ports import ReceiptLine, Shipment, Transfer
from policies.restock import Why
from policies.values import LocationFacts
from tests.builders.web import AT, POLICY, House, product, row


def connected(house: House) -> House:
    """The house with a shop that can be asked, and whose restocks are told in waves."""
    settings = replace(house.services.settings, shopify_shop="harbor.myshopify.com", klaviyo_back_in_stock="waves")
    return replace(house, services=replace(house.services, settings=settings))


def fill(house: House) -> None:
    """Put something on every worklist."""
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    tees = [{"id": f"tee-{size}", "sku": f"TEE-{size}", "title": size.upper(), "tracked": True} for size in "sml"]
    tote: dict[str, Any] = {"id": "tote", "sku": "TEE-s", "title": "", "barcode": "4006381333932", "tracked": True}
    house.put_catalog(
        product(title="Linen tee with a rather long name", variants=tees),
        product(id="tote", title="Canvas tote", published=False, variants=[tote]),
    )
    places = [LocationFacts("wh", "wms", "Main warehouse"), LocationFacts("annex", "wms", "Annex behind the mill")]
    house.store.catalog.put_locations([*places, LocationFacts("soho", "shopify", "Soho", active=False)], at=AT)
    _stock(house)
    _shop(house)
    look_for_doubts(house.services, AT)
    sentence = "What till says would move more variants into or out of stock within ten minutes than the 10 allowed."
    house.store.doubts.raise_("held_back", "till", f"{sentence} 30 keep their last value until a person decides.",
                              {"source": "till", "waiting": 30}, AT - timedelta(hours=5))  # fmt: skip
    _restocks(house)


def _stock(house: House) -> None:
    for minute, units in enumerate((30, 0, 12)):
        told = {"observed_at": f"2026-11-23T11:5{minute}:00Z", "cause": "receipt"}
        house.send(*(row(variant=f"tee-{size}", quantities={"available": units}, **told) for size in "sml"))
        house.decide()
    house.send(row(variant="tote", quantities={"available": 8}), row(variant="ghost"))
    house.send(row(variant="tee-s", quantities={"available": 4000}), row(location="annex", variant="tee-m"))
    house.send(row(observed_at="2026-11-23T13:00:00Z"), row(quantities={"available": None}), source="till")


def _shop(house: House) -> None:
    house.send(row(location="soho", variant="tee-l", quantities={"available": -2}), source="shopify")
    reconciles = house.store.reconciles
    for report in (Report("full", AT - timedelta(hours=9), 41_200, 12, 3, "It is read whole every day."),
                   Report("changes", AT - timedelta(minutes=7), 400, 2)):  # fmt: skip
        reconciles.finish("shopify", Mark(report.at, None), report)
    reconciles.put_run("shopify", FullRun("1", "2", AT, "Nothing told of: refunds/create."))
    house.store.tasks.progress("shopify.full_load", 12_000, 41_200, AT + timedelta(seconds=1))
    part = Shipment("s", "#S1", True, (ReceiptLine("i", 60, accepted=41, rejected=2, remaining=17),))
    moving = Transfer("t", "#T1042", "moving", None, "soho", AT - timedelta(days=3), {"i": 60}, (part,))
    house.store.movements.put("shopify", moving)


def _restocks(house: House) -> None:
    for variant, why in (("tee-s", Why.BETWEEN_WAVES), ("tee-m", Why.NOBODY_WAITS)):
        (restock,) = house.store.restocks.get([variant])
        assert restock
        waves = (Wave(1, AT - timedelta(hours=1), 9, 1, told=45), Wave(2, AT, 4, 1, told=19, refused=1))
        some = waves if variant == "tee-s" else ()
        record = RestockWaves(restock.episode, some, why=why, next_at=AT + timedelta(hours=1) if some else None)
        house.store.waves.write(variant, record)
    for number in range(60):
        house.store.waitlist.join("tee-s", [f"hash-{number}"], Entry(AT, "sealed"), AT)
