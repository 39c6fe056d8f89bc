"""The store that fetchers share: fetched pages, and the turns of hosts."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from providers.web.pages import Page

TURN_SECONDS = 6.0
"""Time until a turn expires unless it is renewed: a fetcher that dies does not block the host for long."""
RENEW_SECONDS = 2.0
"""Interval between renewals."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send one request to a host, until it is released."""

    host: str
    token: int
    cached: Page | None = field(default=None, compare=False)
    """The page as it was fetched before, for a conditional request."""


class Store(Protocol):
    """Pages and turns, shared by every fetcher that uses the store."""

    async def acquire(self, url: str, host: str, since: datetime) -> Page | Turn | float:
        """Return the page at `url` if it was fetched at `since` or later, or else acquire the turn of the host.

        The page is the response to a single request, its redirects not followed. If the turn is not free, return the
        seconds to wait before the next call.
        """
        ...

    async def renew(self, turn: Turn) -> None:
        """Keep the turn for TURN_SECONDS from now, unless it has expired."""
        ...

    async def release(self, turn: Turn, pause: float, page: Page | None = None) -> None:
        """Store the page, if there is one, and release the turn; the host gets no request for `pause` seconds."""
        ...


class MemoryStore:
    """A store for a single process: for one-off use and for tests."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._turns: dict[str, tuple[int, float]] = {}
        """By host: the last token, and the monotonic time at which the next turn may be acquired."""
        self._held: set[Turn] = set()

    async def acquire(self, url: str, host: str, since: datetime) -> Page | Turn | float:
        """See Store."""
        await asyncio.sleep(0)
        page = self._pages.get(url)
        if page is not None and page.is_fresh(since):
            return page
        token, free_at = self._turns.get(host, (0, 0.0))
        now = time.monotonic()
        if free_at > now:
            return min(free_at - now, 0.05) if Turn(host, token) in self._held else free_at - now
        turn = Turn(host, token + 1, page)
        self._held.add(turn)
        self._turns[host] = turn.token, now + TURN_SECONDS
        return turn

    async def renew(self, turn: Turn) -> None:
        """See Store."""
        if turn in self._held:
            self._turns[turn.host] = turn.token, time.monotonic() + TURN_SECONDS

    async def release(self, turn: Turn, pause: float, page: Page | None = None) -> None:
        """See Store."""
        if page is not None:
            self._pages[page.url] = page
        if turn in self._held:
            self._held.remove(turn)
            self._turns[turn.host] = turn.token, time.monotonic() + pause
