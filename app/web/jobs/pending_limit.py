"""The limit of unfinished jobs per user.

Every job that a request creates or retries passes `LimitedCreator.reserve`: the functions of `app.db.jobs` that make
jobs unfinished take a creator. What a request has reserved is given back when it fails.

Each API process counts a user's jobs at most twice a second, and adds what it accepts in between. Several processes may
therefore exceed the limit by what they accept within ten seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from app.db.accounts.users import User
from app.db.core.pool import Connection, Pool
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.errors import LimitReached

COUNTED_FOR_SECONDS = 10.0
RECOUNTED_AFTER_SECONDS = 0.5
"""Before a request is refused, a count older than this is renewed."""
MAX_USERS = 10_000


@dataclass(slots=True)
class Count:
    """The unfinished jobs of a user."""

    unfinished: int = 0
    """Found in the database, and accepted since."""
    reserved: int = 0
    """By requests in progress."""
    counted_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_old(self, *, full: bool) -> bool:
        return time.monotonic() - self.counted_at > (RECOUNTED_AFTER_SECONDS if full else COUNTED_FOR_SECONDS)


class LimitedCreator(Creator):
    """The user of a request."""

    def __init__(self, user_id: UUID, count: Count, maximum: int) -> None:
        super().__init__(user_id)
        self._count = count
        self._maximum = maximum
        self.reserved = 0

    async def reserve(self, source: Pool | Connection, number: int) -> None:
        count = self._count
        if count.is_old(full=self._is_full(number)):
            async with count.lock:
                if count.is_old(full=self._is_full(number)):
                    before = count.unfinished
                    found = await jobs.count_unfinished(source, self.id, self._maximum)
                    count.unfinished = found + max(0, count.unfinished - before)
                    count.counted_at = time.monotonic()
        if self._is_full(number):
            current = min(count.unfinished + count.reserved, self._maximum)
            raise LimitReached(
                f"You have {current:,} unfinished jobs; with {number:,} more they would exceed the limit of"
                f" {self._maximum:,}. Wait until some have finished, or cancel some. A list of items in one job counts"
                " as one.",
                limit="pendingJobs",
                maximum=self._maximum,
                current=current,
            )
        count.reserved += number
        self.reserved += number

    def give_back(self, number: int) -> None:
        self._count.reserved -= number
        self.reserved -= number

    def _is_full(self, number: int) -> bool:
        return self._count.unfinished + self._count.reserved + number > self._maximum


class PendingLimit:
    """The counts of one API process."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        """0 means no limit."""
        self._counts: dict[UUID, Count] = {}

    @asynccontextmanager
    async def creator(self, user: User) -> AsyncIterator[Creator]:
        """Yield the user of a request, around its transaction. Administrators are not limited."""
        if not self._maximum or user.is_admin:
            yield Creator(user.id)
            return
        if user.id not in self._counts and len(self._counts) >= MAX_USERS:
            self._counts.clear()
        count = self._counts.setdefault(user.id, Count())
        creator = LimitedCreator(user.id, count, self._maximum)
        created = 0
        try:
            yield creator
            created = creator.reserved
        finally:
            count.reserved -= creator.reserved
            count.unfinished += created
