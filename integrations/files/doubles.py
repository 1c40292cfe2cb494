"""What a catalogue says twice, or almost: SKUs and barcodes of several variants, vendors in two spellings.

None of it stops a row. Stock that is told by SKU alone cannot be placed where several variants carry it.
"""

from dataclasses import dataclass, field
from typing import Final

GTIN_LENGTHS: Final = (8, 12, 13, 14)


@dataclass(slots=True)
class Doubles:
    """What was met so far in one file: the first line of every SKU and barcode, the first spelling of every vendor."""

    skus: dict[str, int] = field(default_factory=dict)
    barcodes: dict[str, int] = field(default_factory=dict)
    vendors: dict[str, str] = field(default_factory=dict)

    def sku(self, sku: str, line: int) -> str | None:
        """Say where a SKU stood before."""
        first = self.skus.setdefault(sku, line)
        return None if first == line else f"{sku} is also the SKU of line {first}; stock told by SKU goes to neither."

    def barcode(self, code: str, line: int) -> str | None:
        """Say where a barcode stood before, or that it is none."""
        first = self.barcodes.setdefault(code, line)
        if first != line:
            return f"{code} is also the barcode of line {first}."
        if code.isascii() and code.isdigit() and len(code) in GTIN_LENGTHS and not _checks(code):
            return f"{code} is no barcode: its last digit does not check."
        return None

    def vendor(self, name: str) -> str | None:
        """Say how a vendor was spelled before."""
        first = self.vendors.setdefault(" ".join(name.split()).casefold(), name)
        return None if first == name else f"{name} was spelled {first} before; a rule by vendor compares without case."


def _checks(code: str) -> bool:
    """Verify a GTIN's check digit (GS1 General Specifications, 7.9): from the right, digits weigh 1 and 3 by turn."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code))) % 10 == 0
