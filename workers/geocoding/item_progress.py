"""Which items of a job are done: the part of its checkpoint that says where to continue."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any, Generic, TypeVar

Id = TypeVar("Id")


class ItemProgress(Generic[Id]):
    """Tracks items that are read in the order of their ids and finished in any order.

    The checkpoint holds the highest finished id and the unfinished ids before it: as many as are in progress at a time,
    however many items the job has and however long one of them takes.
    """

    def __init__(self, reached: Id | None, unfinished: Iterable[Id]) -> None:
        self.reached = reached
        """The highest finished id."""
        self.unfinished = sorted(unfinished)  # type: ignore[type-var]  # ids are UUIDs or numbers
        """Ids before it that were not finished when the job was interrupted; they are read first."""
        self._open: dict[Id, None] = dict.fromkeys(self.unfinished)

    def start(self, ids: Iterable[Id]) -> None:
        """Mark items as in progress."""
        self._open.update(dict.fromkeys(ids))

    def drop(self, ids: Iterable[Id]) -> None:
        """Forget items that no longer exist."""
        for item_id in ids:
            self._open.pop(item_id, None)

    def finish(self, ids: Iterable[Id]) -> None:
        """Mark items as finished."""
        for item_id in ids:
            del self._open[item_id]
            if self.reached is None or item_id > self.reached:  # type: ignore[operator]
                self.reached = item_id

    def to_checkpoint(self) -> dict[str, Any]:
        """Return the fields of the checkpoint."""
        reached = self.reached
        if reached is None:
            return {"reached": None, "open": []}
        return {"reached": reached, "open": list(takewhile(lambda item_id: item_id < reached, self._open))}  # type: ignore[operator]
