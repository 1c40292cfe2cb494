"""Keeping decisions: state, wake-up, outbox and journal in one step, only if the inputs have not moved since."""

import numpy as np
import numpy.typing as npt

from gateway.store.columns import DecisionBatch
from gateway.store.connection import Call, Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PAGE_ROWS, Keys
from gateway.store.pages import states_widened
from policies.columns import POOL_STATE, to_us

COMMITTED, NARROW = 1, 2


class Decisions:
    """The write side of deciding."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows, pools: Names) -> None:
        self._connection, self._keys, self._rows, self._pools = connection, keys, rows, pools

    def commit(self, batch: DecisionBatch) -> npt.NDArray[np.bool_]:
        """Keep the decisions whose inputs have not moved; tell which were kept."""
        count = batch.pools.shape[1]
        head = [("row", "<u4"), ("revision", "<u4"), ("sequence", "<u4"), ("changed", "u1"), ("pad", "u1", (3,))]
        encoded = np.zeros(
            len(batch.rows.variants),
            np.dtype([*head, ("token", "<f8"), ("wake", "<f8"), ("pools", POOL_STATE, (count,))]),
        )
        places = self._rows.find(batch.rows.variants)
        tokens = dict(zip(batch.claims.variants, batch.claims.tokens, strict=True))
        encoded["row"] = [places[variant][1] if variant in places else 0 for variant in batch.rows.variants]
        encoded["revision"], encoded["sequence"] = batch.rows.revisions, batch.rows.sequences
        encoded["changed"], encoded["wake"] = batch.changed, batch.due_us
        encoded["token"] = [tokens.get(variant, 0) for variant in batch.rows.variants]
        encoded["pools"] = batch.pools
        lanes = np.array([np.asarray(lane, np.int8) for lane in batch.tell.values()], np.int8)
        lanes = lanes.reshape(len(batch.tell), len(encoded)).T
        committed = np.zeros(len(encoded), np.bool_)
        parts: dict[int, list[int]] = {}
        for index, variant in enumerate(batch.rows.variants):
            if variant in places:
                parts.setdefault(places[variant][0], []).append(index)
        while parts:
            calls = [self._call(batch, p, indexes, encoded, lanes, count) for p, indexes in parts.items()]
            again: dict[int, list[int]] = {}
            for (partition, indexes), answer in zip(parts.items(), self._connection.scripts(calls), strict=True):
                results = np.frombuffer(answer, np.uint8)
                members = np.array(indexes)
                committed[members] = results == COMMITTED
                if narrow := members[results == NARROW].tolist():
                    self._widen(partition, {int(encoded["row"][index]) // PAGE_ROWS for index in narrow}, count)
                    again[partition] = narrow
            parts = again
        return committed

    def _call(
        self,
        batch: DecisionBatch,
        partition: int,
        indexes: list[int],
        encoded: npt.NDArray[np.void],
        lanes: npt.NDArray[np.int8],
        pools: int,
    ) -> Call:
        keys = [self._keys.of(partition, "due"), self._keys.of(partition, "journal")]
        for destination in batch.tell:
            keys += [
                self._keys.of(partition, f"outbox:{destination}"),
                self._keys.of(partition, f"entries:{destination}"),
            ]
        chosen = np.array(indexes)
        arguments = [self._keys.of(partition, ""), to_us(batch.at), batch.policy_version, pools]
        blobs = [encoded[chosen].tobytes(), lanes[chosen].tobytes()]
        return "commit", keys, [*arguments, *blobs, *(batch.rows.variants[index] for index in indexes)]

    def _widen(self, partition: int, pages: set[int], pools: int) -> None:
        if pools < len(self._pools.names()):
            raise ValueError(f"Decisions cover {pools} pools, the store knows {len(self._pools.names())}.")
        for page in pages:
            key = self._keys.of(partition, f"states:{page}")
            old = self._connection.command("GET", key) or b""
            self._connection.script("swap", [key], [old, states_widened(old, pools)])
