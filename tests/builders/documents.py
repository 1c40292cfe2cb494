"""Policy documents as mappings, to be changed by the test that needs them otherwise."""

from typing import Any


def house_document(**changes: Any) -> dict[str, Any]:
    """A small complete document; a change of None takes the key away."""
    document: dict[str, Any] = {
        "schema": 1,
        "name": "House",
        "time_zone": "Europe/London",
        "default_pool": "ship",
        "authority": {"products": "shopify", "variants": "shopify", "levels": "shopify"},
        "locations": {
            "main": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
            "soho": {"kind": "store"},
        },
        "pools": {"ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"], "include": ["soho"]}},
        "rules": [house_rule()],
    }
    document.update(changes)
    return {key: value for key, value in document.items() if value is not None}


def house_rule(**changes: Any) -> dict[str, Any]:
    """A rule that sets one buffer."""
    return {"name": "House rule", "set": {"buffer_units": 2}, **changes}


def house_guard(**changes: Any) -> dict[str, Any]:
    """A guard over every channel."""
    hold = {"band": "low", "share_percent": 50}
    release = {"band": "healthy", "share_percent": 100}
    return {"name": "Guard", "pool": "ship", "hold_when": hold, "release_when": release, **changes}


def house_pool(**changes: Any) -> dict[str, Any]:
    """A pool of warehouses."""
    return {"method": "ship", "states": ["available"], "kinds": ["warehouse"], **changes}
