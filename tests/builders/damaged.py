"""Good files of every kind, and what becomes of them on the way."""

from hypothesis import strategies as st

from tests.builders.files import (
    AVAILABILITY,
    INVENTORY,
    PRODUCTS,
    WIDE,
    availability,
    inventory,
    picture,
    product,
    table,
    wide,
)

WHOLE = [
    table(AVAILABILITY, availability(), availability(variant_refs="tee-l", available="")),
    table(INVENTORY, inventory(), inventory(location="Soho", available="not stocked", on_hand="")),
    table(WIDE + ",East,West", wide("tee", "M", "A", "1", "2"), wide("tee", "L", "B", "", "-3")),
    table(PRODUCTS, product(), product(title="", option="L", sku="TEE-L"), picture(), product("cap", "Cap")),
    '{"source":"wms","readings":[{"variant":"a","location":"wh","quantities":{"available":1}}]}',
    '{"variant":"a","location":"wh"}\n{"schema":"availability.v1","sku":"A","on_hand":"4","variant_refs":["a"]}\n',
    '{"counts":[{"catalog_object_id":"a","state":"WASTE","location_id":"L","quantity":"2.50000"}]}',
    '{"response":{"1":{"warehouses":{"2":{"inStock":1,"onHand":1,"allocated":0}}}}}',
    '[{"SKU":"A","Location":"Main","OnHand":3,"Available":2}]',
    '[{"item":{"internalId":"7"},"locationId":{"internalId":"2"},"quantityAvailable":4}]',
    '{"data":[{"product_id":"p","location_id":"l","current_inventory_level":"3","deleted_at":null}]}',
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a few of its bytes changed, left out, doubled or cut off."""
    content = bytearray(draw(st.sampled_from(WHOLE)).encode())
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        change = draw(st.sampled_from(["put", "drop", "double", "cut"]))
        if change == "put":
            content[at:at] = draw(st.binary(max_size=4) | st.sampled_from([b'"', b",", b"\n", b"{", b"null", b"\0"]))
        elif change == "drop":
            del content[at : at + draw(st.integers(1, 20))]
        elif change == "double":
            content[at:at] = content[at : at + 30]
        else:
            del content[at:]
    return bytes(content)
