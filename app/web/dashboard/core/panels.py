"""Pieces of pages that all administrators see alike, each made once for everybody who looks at it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

SHARE = 20
"""A board that is slow to make is made less often: at most a twentieth of the time is spent on it."""


@dataclass(frozen=True)
class Board:
    make: Callable[[], Awaitable[str]]
    """Its HTML, or JSON for a script."""
    every: float
    """Seconds after which it is made again in any case, while somebody looks."""
    concerns: tuple[str, ...] = ()
    """Beginnings of the announcements after which it is made again."""
    with_jobs: bool = False
    """Whether a change of a job concerns it."""
    pause: float = 1.0
    """Seconds between two makings at least."""


@dataclass
class Made:
    content: str
    at_ms: int
    """Unix milliseconds before it was made: it shows all that happened until then."""
    at: float
    took: float


@dataclass
class Boards:
    boards: Mapping[str, Board]
    _made: dict[str, Made] = field(default_factory=dict)
    _dirty: set[str] = field(default_factory=set)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    def jobs_changed(self) -> None:
        self._dirty.update(name for name, board in self.boards.items() if board.with_jobs)

    def announced(self, what: str) -> None:
        self._dirty.update(name for name, board in self.boards.items() if what.startswith(board.concerns))

    def every(self, name: str) -> float:
        return self.boards[name].pause if name in self._dirty else self.boards[name].every

    async def content(self, name: str) -> Made:
        """The board as it is now, or was a moment ago."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            made = self._made.get(name)
            if made is not None and time.monotonic() - made.at < max(self.every(name), SHARE * made.took):
                return made
            self._dirty.discard(name)
            at_ms, began = int(time.time() * 1000), time.monotonic()
            content = await self.boards[name].make()
            ended = time.monotonic()
            self._made[name] = Made(content, at_ms, ended, ended - began)
            return self._made[name]
