"""A campaign that was read before our catalogue knew its product: found once it does, and not asked for in vain."""

from gateway.guard.registry import INDEX_LASTS
from gateway.pipeline.read import accept_products
from policies.values import ProductFacts, VariantFacts
from tests.builders.guard_house import GuardHouse

SCARF = '<a href="https://shop.example/products/scarf">Scarf</a>'


def product(name: str, variants: int = 1) -> ProductFacts:
    facts = tuple(VariantFacts(f"{name}-{number}") for number in range(variants))
    return ProductFacts(
        name, "erp", title=name.title(), url=f"https://shop.example/products/{name}", published=True, variants=facts
    )


def learn(house: GuardHouse, *products: ProductFacts) -> None:
    accept_products(house.services, "erp", list(products), house.clock.at)


def featured(house: GuardHouse) -> list[str]:
    house.turn()
    return [line.variant for line in house.store.campaigns.readings()["MSG1"].lines]


def contents_read(house: GuardHouse) -> int:
    return sum(family == "template.read" for family, _ in house.klaviyo.budget.taken)


def test_what_was_not_found_is_found_as_soon_as_the_catalogue_has_grown(house: GuardHouse) -> None:
    house.klaviyo.add(html=SCARF)
    assert featured(house) == []
    learn(house, product("scarf"))
    assert featured(house) == ["scarf-0"]
    assert house.store.campaigns.readings()["MSG1"].unresolved == ()


def test_a_few_new_variants_among_many_wait_their_time(house: GuardHouse) -> None:
    house.klaviyo.add(html=SCARF)
    learn(house, product("sock", 40))
    assert featured(house) == []
    learn(house, product("scarf"))
    assert featured(house) == []
    house.clock.forward(seconds=INDEX_LASTS.total_seconds() + 1)
    assert featured(house) == ["scarf-0"]


def test_a_content_is_not_read_again_while_nothing_new_is_known(house: GuardHouse) -> None:
    house.klaviyo.add(html=SCARF)
    featured(house)
    before = contents_read(house)
    for _ in range(3):
        house.clock.forward(hours=1)
        featured(house)
    assert contents_read(house) == before == 1


def test_what_was_found_whole_is_not_read_again_however_the_catalogue_grows(house: GuardHouse) -> None:
    house.klaviyo.add()
    featured(house)
    learn(house, product("sock", 40))
    assert featured(house) == ["tee-m", "tee-l"]
    assert contents_read(house) == 1
