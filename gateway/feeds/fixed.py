"""The fixed parts of a page's items, kept on this host's disk: facts change seldom, promises often.

A cache and nothing else: what is missing or of other facts is written anew from the catalogue.
"""

import struct
from pathlib import Path
from types import EllipsisType
from typing import Any

import numpy as np
import numpy.typing as npt

from gateway.store.feed_parts import Place

Text = bytes | None | EllipsisType
"""A fixed part; None: the variant is left out; ...: not known here."""
LEFT_OUT = -1


class FixedParts:
    """One form's fixed parts of one filling of the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def load(self, place: Place, facts: npt.NDArray[np.uint32]) -> list[Any]:
        """Return each variant's text; `facts` counts the changes of its facts, another count is not known here."""
        texts: list[Text] = [...] * len(facts)
        try:
            raw = self._path(place).read_bytes()
        except OSError:
            return texts
        if len(raw) < 2 or len(raw) < 2 + 8 * struct.unpack_from("<H", raw)[0]:  # noqa: PLR2004
            return texts
        count = struct.unpack_from("<H", raw)[0]
        counters = np.frombuffer(raw, "<u4", count, 2)
        lengths = np.frombuffer(raw, "<i4", count, 2 + 4 * count).tolist()
        if len(raw) != 2 + 8 * count + sum(length for length in lengths if length > 0):
            return texts  # torn
        start, same = 2 + 8 * count, counters[: len(facts)] == facts[:count]
        for index, length in enumerate(lengths[: len(facts)]):
            if same[index]:
                texts[index] = None if length == LEFT_OUT else raw[start : start + length]
            start += max(length, 0)
        return texts

    def keep(self, place: Place, facts: npt.NDArray[np.uint32], texts: list[Any]) -> None:
        """Keep a page's texts."""
        lengths = np.array([LEFT_OUT if text is None else len(text) for text in texts], "<i4")
        body = b"".join(text for text in texts if text is not None)
        packed = struct.pack("<H", len(texts)) + facts.astype("<u4").tobytes() + lengths.tobytes() + body
        draft = self._path(place).with_suffix(".tmp")
        draft.write_bytes(packed)
        draft.replace(self._path(place))

    def _path(self, place: Place) -> Path:
        return self._folder / f"{place[0]:02d}-{place[1]}.fixed"
