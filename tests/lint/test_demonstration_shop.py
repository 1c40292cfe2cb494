"""The demonstration shop, a realistic one of 1,500 variants: its own policy is sound there, a strange one is not."""

from functools import cache
from pathlib import Path

from gateway.documents import load_document, read_document
from integrations.shopify.mapping import STATES as WORDS
from integrations.shopify.simulator.sample_shop import sample_shop
from policies.lint import PolicyWarning, ShopView, lint
from policies.values import Level, LocationFacts, Variant
from tests.builders.shop_view import AT, HEARD

POLICIES = Path(__file__).parents[2] / "config" / "policies"


@cache
def demonstration() -> ShopView:
    shop = sample_shop(lambda: HEARD)
    products = shop.products
    return ShopView(
        variants=tuple(
            Variant(
                str(one.id),
                sku=one.sku,
                product=str(one.product),
                vendor=products[one.product].vendor,
                product_type=products[one.product].product_type,
                tags=tuple(products[one.product].tags),
                published=products[one.product].online_store_url is not None,
                tracked=one.tracked,
                inventory_policy=one.inventory_policy.lower(),
            )
            for one in shop.variants.values()
        ),
        levels={
            str(one.id): tuple(
                Level(
                    str(level.location),
                    {ours: level.quantity(theirs) for theirs, ours in WORDS.items()},
                    level.active,
                    HEARD,
                    "shopify",
                )
                for level in shop.levels_of(one.item)
            )
            for one in shop.variants.values()
        },
        locations=tuple(LocationFacts(str(one.id), "shopify", one.name, True) for one in shop.locations.values()),
        sources=frozenset({"shopify"}),
        titles={str(one.id): f"{products[one.product].title} {one.title}" for one in shop.variants.values()},
    )


def warnings_of(name: str) -> tuple[PolicyWarning, ...]:
    return lint(load_document(read_document(POLICIES / name)), demonstration(), at=AT)


def test_of_the_demonstration_policy_only_the_place_without_a_table_is_worth_saying() -> None:
    (warning,) = warnings_of("demo.toml")
    assert (warning.code, warning.path) == ("location_unmapped", "locations.8")
    assert warning.sentence == "shopify reports Pop-up pier (8), and no [locations.8] says what it is for."
    assert warning.example is not None
    levels = demonstration().levels[warning.example.variant]
    assert any(level.location == "8" for level in levels)


def test_a_policy_of_another_house_is_told_which_places_are_strange_here() -> None:
    found = {(warning.code.value, warning.path) for warning in warnings_of("examples/store_pickup.toml")}
    assert {("location_nobody_reports", f"locations.{place}") for place in ("main", "broadway", "soho")} <= found
    assert {code for code, _ in found} == {"location_nobody_reports", "location_unmapped"}
