"""How many responses are stored under the Idempotency-Keys of a user.

Each API process counts them now and then, and adds the requests with a key in between. Repeated and failed requests
count too, until the next time.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from app.db.accounts.users import User
from app.db.core import idempotency
from app.db.core.pool import Pool
from app.errors import LimitReached

COUNTED_FOR_SECONDS = 60.0
RECOUNTED_AFTER_SECONDS = 1.0
"""Before a request is refused, a count older than this is renewed."""
MAX_USERS = 10_000


@dataclass(slots=True)
class _Count:
    number: int = 0
    counted_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class StoredResponses:
    """The counts of one API process."""

    def __init__(self, maximum: int) -> None:
        """0 means no limit."""
        self._maximum = maximum
        self._counts: dict[UUID, _Count] = {}

    async def reserve(self, pool: Pool, user: User, key: str) -> None:
        """Count a request with a key. Raises LimitReached for a new key beyond the limit; administrators have none."""
        if not self._maximum or user.is_admin:
            return
        if user.id not in self._counts and len(self._counts) >= MAX_USERS:
            self._counts.clear()
        count = self._counts.setdefault(user.id, _Count())
        if self._is_old(count):
            async with count.lock:
                if self._is_old(count):
                    count.number = await idempotency.count_stored(pool, user.id, self._maximum)
                    count.counted_at = time.monotonic()
        if count.number >= self._maximum:
            if await idempotency.is_stored(pool, user.id, key):
                return
            raise LimitReached(
                f"You have used {count.number:,} different Idempotency-Keys within"
                f" {idempotency.RETENTION_HOURS} hours, which is the limit. Send the request without the header, or try"
                " again when the first of them have expired. A list of jobs in one request needs a single key.",
                limit="idempotencyKeys",
                maximum=self._maximum,
                current=count.number,
            )
        count.number += 1

    def _is_old(self, count: _Count) -> bool:
        age = RECOUNTED_AFTER_SECONDS if count.number >= self._maximum else COUNTED_FOR_SECONDS
        return time.monotonic() - count.counted_at > age
