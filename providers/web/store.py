"""What all fetchers know together: pages that were read, and whose turn it is at which host."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from providers.web.pages import Page

#: Seconds that a turn holds unless it is renewed, and between renewals: a fetcher that dies blocks no host for long.
TURN_SECONDS, RENEW_SECONDS = 6.0, 2.0


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send one request to a host, until it is given back; `held` is the page as it was known before."""

    host: str
    token: int
    held: Page | None = field(default=None, compare=False)


class Store(Protocol):
    """Pages and turns, shared by every fetcher on it."""

    async def turn(self, url: str, host: str, since: datetime) -> Page | Turn | float:
        """The answer to one request (a hop, its redirects not followed) if one is known that holds since then.

        Else the host's turn; or the seconds after which to ask again, where someone has it or the gap is not over.
        """
        ...

    async def renew(self, turn: Turn) -> None:
        """Hold the turn for another TURN_SECONDS."""
        ...

    async def give_back(self, turn: Turn, pause: float, page: Page | None = None) -> None:
        """End the turn, nobody's next before `pause` seconds from now, and keep what came of it, both or neither."""
        ...


class MemoryStore:
    """For one process: a single use, and tests."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._turns: dict[str, tuple[int, float]] = {}  # the last token, and when the next may be given
        self._open: set[Turn] = set()

    async def turn(self, url: str, host: str, since: datetime) -> Page | Turn | float:
        """See Store."""
        await asyncio.sleep(0)
        known = self._pages.get(url)
        if known is not None and known.holds(since):
            return known
        token, free_at = self._turns.get(host, (0, 0.0))
        now = time.monotonic()
        if free_at > now:
            return min(free_at - now, 0.05) if Turn(host, token) in self._open else free_at - now
        turn = Turn(host, token + 1, known)
        self._open.add(turn)
        self._turns[host] = turn.token, now + TURN_SECONDS
        return turn

    async def renew(self, turn: Turn) -> None:
        """See Store."""
        if turn in self._open:
            self._turns[turn.host] = turn.token, time.monotonic() + TURN_SECONDS

    async def give_back(self, turn: Turn, pause: float, page: Page | None = None) -> None:
        """See Store."""
        if page is not None:
            self._pages[page.url] = page
        if turn in self._open:
            self._open.remove(turn)
            self._turns[turn.host] = turn.token, time.monotonic() + pause
