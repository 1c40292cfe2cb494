"""The live part of items, for many variants at once: every distinct promise is written once and used again.

Called by `pages`. What a catalogue promises repeats (bands, small numbers), so a look-up takes the place of writing.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.feeds.forms import Form, Value
from gateway.feeds.layout import CAP_UNITS, Layout
from policies.columns import BLIND_UNITS, UNLIMITED_UNITS
from policies.values import Band

MOST_KEPT: Final = 100_000
HIDDEN_WHEN_OUT, SHOWN_WHEN_OUT = 1, 2
"""`inventory_policy`: whether dynamic feeds show an item whose quantity is 0 (Klaviyo, "Back in stock with feeds")."""


class Splicer:
    """Writes live parts in one form under one layout."""

    def __init__(self, form: Form, layout: Layout) -> None:
        self.form, self.layout = form, layout
        self._written: dict[bytes, bytes] = {}

    def live(self, pools: npt.NDArray[Any], memory: npt.NDArray[Any]) -> list[bytes]:
        """Write the live part of each variant; `pools` is (n, pools of the store) of POOL_STATE."""
        codes = self._codes(pools, memory)
        raw, width = codes.tobytes(), codes.itemsize * codes.shape[1]
        written = self._written
        if len(written) > MOST_KEPT:
            written.clear()
        parts = []
        for row, start in enumerate(range(0, len(raw), width)):
            code = raw[start : start + width]
            part = written.get(code)
            if part is None:
                part = written[code] = self.form.live(self._promises(codes[row].tolist()))
            parts.append(part)
        return parts

    def join(self, fixed: list[bytes | None], live: list[bytes]) -> tuple[bytes, int]:
        """Put items together; return their bytes and how many there are. None: the variant is left out."""
        items = [one + two for one, two in zip(fixed, live, strict=True) if one is not None]
        return self.form.between.join(items), len(items)

    def _codes(self, pools: npt.NDArray[Any], memory: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        """Reduce each variant to the numbers that its live part shows."""
        codes = np.empty((len(memory), 2 * len(self.layout.pools) + 2), np.int32)
        for place, pool in enumerate(self.layout.pools):
            state = pools[:, pool.column]
            promised = memory["told"] if pool.default else state["promised"]
            codes[:, 2 * place] = np.minimum(promised, CAP_UNITS)
            codes[:, 2 * place + 1] = state["band"]
        codes[:, -2:] = np.ascontiguousarray(memory["pickup"]).view(np.int32).reshape(-1, 2)
        return codes

    def _promises(self, code: list[int]) -> dict[str, Value]:
        promises: dict[str, Value] = {}
        for place, pool in enumerate(self.layout.pools):
            units, band = code[2 * place], code[2 * place + 1]
            if pool.default and units != BLIND_UNITS:
                promises["inventory_quantity"] = CAP_UNITS if units == UNLIMITED_UNITS else units
                promises["inventory_policy"] = SHOWN_WHEN_OUT if units == UNLIMITED_UNITS else HIDDEN_WHEN_OUT
            if band != Band.UNKNOWN:
                promises[f"{pool.word}_band"] = Band(band).word
            if units != BLIND_UNITS:
                promises[f"{pool.word}_units"] = "unlimited" if units == UNLIMITED_UNITS else units
        bits = int(np.array(code[-2:], np.int32).view(np.uint64)[0])
        names = [name for bit, name in enumerate(self.layout.place_names) if bits >> bit & 1]
        if names:
            promises["pickup_locations"] = ", ".join(names)
        return promises
