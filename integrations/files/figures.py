"""Figures and codes as people and spreadsheets write them. A figure that can be read in two ways is not read at all."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

LONGEST_FIGURE: Final = 18  # digits; longer ones are absurd whatever they count
SHOWN: Final = 20
WHOLE: Final = re.compile(r"-?[0-9]+")
FRACTION: Final = re.compile(r"-?[0-9]+\.[0-9]+")
GROUPED: Final = re.compile(r"-?[0-9]{1,3}(?:[,.'’ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?")
FORMULA: Final = re.compile(r"[=@+]|-(?![0-9.,])")
SCIENTIFIC: Final = re.compile(r"-?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")


class NoFigure(ValueError):  # noqa: N818
    """A cell that is no figure we can be sure of, in a sentence."""


def read_figure(text: str, *, dot_is_decimal: bool) -> tuple[int | None, str | None]:
    """Read a cell as units; return them with a remark, if there is one. Empty is unknown (None).

    `dot_is_decimal` is for formats that promise it; elsewhere 1.234 may be a thousand in another country.
    Raises NoFigure.
    """
    cell = text.strip()
    if not cell:
        return None, None
    shown = cell if len(cell) <= SHOWN else cell[:SHOWN] + "..."
    if WHOLE.fullmatch(cell):
        if len(cell.lstrip("-")) > LONGEST_FIGURE:
            raise NoFigure(f"{shown} has more than {LONGEST_FIGURE} digits, which counts nothing.")
        return int(cell), None
    if FORMULA.match(cell):
        raise NoFigure(f"{shown} is written like a spreadsheet's formula; a number is needed.")
    if GROUPED.fullmatch(cell) and not (dot_is_decimal and FRACTION.fullmatch(cell)):
        raise NoFigure(f"{shown} may be read in two ways; write it without separators.")
    if FRACTION.fullmatch(cell) and len(cell) <= LONGEST_FIGURE * 2:
        figure = int(Decimal(cell).to_integral_value("ROUND_FLOOR"))
        return figure, None if Decimal(cell) == figure else f"{shown} was floored to {figure}; units are whole."
    if SCIENTIFIC.fullmatch(cell):
        raise NoFigure(f"{shown} is in scientific notation: a spreadsheet has changed it.")
    raise NoFigure(f"{shown} is no number; write a whole number, or nothing for unknown.")


def mangled(code: str) -> str | None:
    """Say so when a spreadsheet has turned a SKU or barcode into a number and lost its digits."""
    if re.fullmatch(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,3}", code) and "+" in code:
        return f"{code} was a longer code until a spreadsheet turned it into a number; export it again."
    return None


def read_price(text: str) -> tuple[Decimal | None, str | None]:
    """Read a price; one that cannot be read is unknown, with a remark."""
    cell = text.strip()
    if not cell:
        return None, None
    try:
        price = Decimal(cell) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell) else None
    except InvalidOperation:
        price = None
    if price is None or price > 10**9:
        return None, f"{cell[:SHOWN]} is no price; the price is left open."
    return price, None
