"""Which items of a job are done: the part of its checkpoint that says where to go on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any, Generic, TypeVar

Id = TypeVar("Id")


class Progress(Generic[Id]):
    """Items are read in the order of their ids and done in any order.

    So the checkpoint is the highest id that is done, and those before it that are not: as many as are under way,
    however many there are in all, and however long one of them takes.
    """

    def __init__(self, reached: Id | None, left_open: Iterable[Id]) -> None:
        self.reached = reached
        """The highest id that is done."""
        self.left_open = sorted(left_open)  # type: ignore[type-var]  # ids are UUIDs or numbers
        """Those before it that were not done when the job was interrupted: to be read first."""
        self._open: dict[Id, None] = dict.fromkeys(self.left_open)

    def read(self, ids: Iterable[Id]) -> None:
        """These are under way."""
        self._open.update(dict.fromkeys(ids))

    def gone(self, ids: Iterable[Id]) -> None:
        """These are no longer there to be done."""
        for one in ids:
            self._open.pop(one, None)

    def done(self, ids: Iterable[Id]) -> None:
        for one in ids:
            del self._open[one]
            if self.reached is None or one > self.reached:  # type: ignore[operator]
                self.reached = one

    def state(self) -> dict[str, Any]:
        """For the checkpoint."""
        reached = self.reached
        before = [] if reached is None else list(takewhile(lambda one: one < reached, self._open))  # type: ignore[operator]
        return {"reached": reached, "open": before}
