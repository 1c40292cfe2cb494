"""The demo's shop, the same for the same seed: shoes and clothes from two warehouses and some stores."""

import random
from collections.abc import Callable
from datetime import datetime

from integrations.shopify.simulator.model import Level, Location, Product, Variant
from integrations.shopify.simulator.shop import Shop

DOMAIN = "harbor-and-pine.myshopify.com"
STORE_URL = "https://harbor-and-pine.example"

# id, name, city, country, fulfils online orders, pickup; the last is in nobody's policy.
LOCATIONS: tuple[tuple[int, str, str, str, bool, str | None], ...] = (
    (1, "East warehouse", "Newark", "US", True, None),
    (2, "West warehouse", "Reno", "US", True, None),
    (3, "Broadway", "New York", "US", True, "TWO_HOURS"),
    (4, "Soho", "New York", "US", False, "TWENTY_FOUR_HOURS"),
    (5, "Camden", "London", "GB", False, None),
    (6, "Repair desk", "New York", "US", False, None),
    (7, "Wholesale", "Newark", "US", False, None),
    (8, "Pop-up pier", "Brooklyn", "US", True, None),
)
STORES = (3, 4, 5)
SHOE_SIZES = ("38", "39", "40", "41", "42", "43", "44")
CLOTHES_SIZES = ("XS", "S", "M", "L", "XL")

# type, tag, sizes, lowest and highest price, names
RANGES: tuple[tuple[str, str, tuple[str, ...], int, int, tuple[str, ...]], ...] = (
    ("Sneakers", "sneakers", SHOE_SIZES, 70, 160, ("Court Low", "Trail Runner", "Pier Slip-On", "Retro High")),
    ("T-Shirts", "tees", CLOTHES_SIZES, 18, 42, ("Everyday Tee", "Pocket Tee", "Heavyweight Tee", "Boxy Tee")),
    ("Jackets", "outerwear", CLOTHES_SIZES, 90, 320, ("Harbor Parka", "Rain Shell", "Quilted Liner", "Deck Jacket")),
    ("Jeans", "denim", ("28", "30", "32", "34", "36"), 60, 140, ("Straight Jean", "Tapered Jean", "Loose Jean")),
    ("Hats", "accessories", ("S/M", "L/XL"), 20, 45, ("Watch Cap", "Canvas Cap", "Bucket Hat")),
    ("Bags", "accessories", ("One size",), 40, 180, ("Dock Tote", "Roll-Top Pack", "Weekender")),
)
VENDORS = ("Harbor & Pine", "Northfold", "Calder Works", "Mira Studio", "Oakhand")
COLOURS = ("Black", "Bone", "Navy", "Moss", "Rust", "Slate", "Sand", "Brick", "Ink", "Clay")
PRODUCTS = 372


def sample_shop(now: Callable[[], datetime], *, domain: str = DOMAIN, seed: int = 7, products: int = PRODUCTS) -> Shop:
    """Build the shop: more than 300 products and 1,500 variants, eight locations."""
    dice = random.Random(seed)
    at = now()
    shop = Shop(now, domain, "Harbor & Pine")
    for number, name, city, country, online, pickup in LOCATIONS:
        shop.locations[number] = Location(number, name, at, city, country, True, online, pickup)
    for index in range(products):
        _add_product(shop, dice, index, at)
    return shop


def _add_product(shop: Shop, dice: random.Random, index: int, at: datetime) -> None:
    kind, tag, sizes, low, high, names = RANGES[index % len(RANGES)]
    style = index // len(RANGES)
    round_, colour = divmod(style // len(names), len(COLOURS))
    edition = f" {'I' * (round_ + 1)}" if round_ else ""
    title = f"{names[style % len(names)]}{edition} {COLOURS[colour]}"
    handle = title.lower().replace(" ", "-").replace("/", "-")
    status = dice.choices(("ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED"), (94, 3, 2, 1))[0]
    published = status in ("ACTIVE", "UNLISTED") and dice.random() > 0.02  # noqa: PLR2004  some live in stores only
    product = Product(1_001 + index, title, handle, dice.choice(VENDORS), kind, at, at, _tags(dice, tag), status)
    product.online_store_url = f"{STORE_URL}/products/{handle}" if published else None
    product.description = f"{title} by {product.vendor}."
    product.image_url = f"{STORE_URL}/pictures/{handle}.jpg"
    product.collections = [kind, *(("Doorbusters",) if "doorbusters" in product.tags else ())]
    shop.products[product.id] = product
    price = f"{dice.randint(low, high)}.00"
    policy = "CONTINUE" if dice.random() < 0.04 else "DENY"  # noqa: PLR2004  made to order
    for position, size in enumerate(sizes, start=1):
        number = 10 * product.id + position
        sku = f"{tag[:3].upper()}-{product.id}-{size.replace('/', '').replace(' ', '').upper()}"
        variant = Variant(20_000_000 + number, product.id, 40_000_000 + number, size, sku, price, at)
        variant.position, variant.inventory_policy = position, policy
        variant.barcode = _barcode(number)
        variant.tracked = dice.random() > 0.01  # noqa: PLR2004  a few Shopify does not count
        shop.add_variant(variant)
        _stock(shop, dice, variant, at)


def _tags(dice: random.Random, tag: str) -> list[str]:
    extra = (("sale", 0.2), ("doorbusters", 0.06), ("new", 0.15), ("bestseller", 0.1))
    return [tag, *(name for name, share in extra if dice.random() < share)]


def _barcode(number: int) -> str:
    digits = f"200{number:09d}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


def _stock(shop: Shop, dice: random.Random, variant: Variant, at: datetime) -> None:
    shape = dice.choices(("plenty", "thin", "stores only", "sold out", "oversold"), (58, 20, 9, 9, 4))[0]
    for location in shop.locations:
        level = Level(variant.item, location, at)
        told = level.quantities
        told["available"] = _available(dice, shape, location)
        if told["available"] > 3 and location <= STORES[-1]:  # noqa: PLR2004
            told["committed"] = dice.choice((0, 0, 0, 1, 2))
            told["safety_stock"] = dice.choice((0, 0, 0, 0, 2))
        if location in STORES or location == STORES[0] - 1:
            told["damaged"] = dice.choices((0, 1, 2), (92, 6, 2))[0]
        if location == 1 and shape in ("thin", "sold out"):
            told["incoming"] = dice.choice((0, 0, 12, 24))
        busy = any(told[state] for state in told if state != "available")
        level.active = busy or location != STORES[-1] or dice.random() > 0.1  # noqa: PLR2004  units left on a dash
        shop.add_level(level)


def _available(dice: random.Random, shape: str, location: int) -> int:
    if location == 6:  # noqa: PLR2004  the repair desk keeps a pair now and then
        return dice.choices((0, 1, 2), (90, 8, 2))[0]
    if location == 7:  # noqa: PLR2004  wholesale stock is large and for nobody else
        return dice.choice((0, 0, 24, 60, 120))
    if location == 8:  # noqa: PLR2004
        return dice.choices((0, 2, 5), (80, 12, 8))[0]
    warehouse = location not in STORES
    match shape:
        case "plenty":
            return dice.randint(12, 90) if warehouse else dice.randint(0, 9)
        case "thin":
            return dice.randint(0, 4) if warehouse else dice.randint(0, 2)
        case "stores only":
            return 0 if warehouse else dice.randint(2, 8)
        case "oversold":
            return dice.randint(0, 2) if warehouse else dice.choice((-2, -1, 0, 0))
    return 0
