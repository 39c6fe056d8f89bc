"""Looking up API keys, so that wrong ones cost little and never keep a right one out.

Keys have 256 random bits and cannot be guessed, so this only spares the database. Lookups that arrive together share a
query. Addresses with many failures, and everybody while failures are frequent, wait for a shared query that runs at
most some times a second: a right key still gets in, a wrong one gets a 429.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from time import monotonic

from starlette.applications import Starlette
from starlette.requests import Request

from app.db.accounts import keys
from app.db.accounts.keys import LiveKey
from app.db.core.coalesce import Coalescer
from app.db.core.pool import Pool
from app.errors import TooManyRequests, Unauthorized
from app.web.accounts.key_cache import key_cache
from app.web.platform import get_platform

MAX_FAILURES = 10
"""Of an address within the window."""
MAX_ALL_FAILURES = 200
"""Of all addresses within the window."""
WINDOW_SECONDS = 60.0
MAX_ADDRESSES = 10_000
MAX_WRONG_KEYS = 10_000
WRONG_SECONDS = 5.0
"""For how long a wrong key is known to be wrong without a query."""
THROTTLED_GAP_SECONDS = 0.1
MAX_KEYS_PER_QUERY = 500
UNKNOWN = "The API key is unknown, has expired or has been revoked."


class Failures:
    """Failed attempts within the window, by client address and in total."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=MAX_ALL_FAILURES)

    def are_many(self, address: str) -> bool:
        """Whether the next failure of this address is one too many."""
        own = self._by_address.get(address, deque())
        return self._is_full(own, MAX_FAILURES) or self._is_full(self._all, MAX_ALL_FAILURES)

    def record(self, address: str) -> None:
        """Count a failure. The addresses that have failed least recently are forgotten."""
        own = self._by_address.pop(address, None) or deque(maxlen=MAX_FAILURES)
        own.append(self._clock())
        self._all.append(self._clock())
        self._by_address[address] = own
        if len(self._by_address) > MAX_ADDRESSES:
            self._by_address.popitem(last=False)

    def _is_full(self, times: deque[float], limit: int) -> bool:
        return len(times) >= limit and times[0] > self._clock() - WINDOW_SECONDS


class KeyLookup:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._failures = Failures()
        self._wrong: OrderedDict[bytes, float] = OrderedDict()
        """Hashes of wrong keys, and until when they are taken for wrong, on the monotonic clock."""
        self._find = Coalescer(self._query, max_items=MAX_KEYS_PER_QUERY)
        self._find_throttled = Coalescer(self._query_after_gap, max_items=MAX_KEYS_PER_QUERY)

    def forget(self) -> None:
        """Forget which keys were wrong: a key has been created."""
        self._wrong.clear()

    async def get(self, text: str, address: str) -> LiveKey:
        """Return the live key. Raises Unauthorized, or TooManyRequests if the address has failed often."""
        key_hash = keys.hash_key(text)
        are_many = self._failures.are_many(address)
        key = None
        if self._wrong.get(key_hash, 0.0) <= monotonic():
            key = await (self._find_throttled if are_many else self._find)(key_hash)
        if key is not None:
            return key
        self._failures.record(address)
        self._wrong[key_hash] = monotonic() + WRONG_SECONDS
        self._wrong.move_to_end(key_hash)
        if len(self._wrong) > MAX_WRONG_KEYS:
            self._wrong.popitem(last=False)
        if are_many:
            detail = "Too many requests with wrong API keys. Wait a minute, or use a valid key."
            raise TooManyRequests(detail, retry_after=int(WINDOW_SECONDS))
        raise Unauthorized(UNKNOWN)

    async def _query(self, key_hashes: Sequence[bytes]) -> list[LiveKey | None]:
        async with self._pool.acquire() as conn:
            found = await keys.find_live_by_hash(conn, list(set(key_hashes)))
        return [found.get(key_hash) for key_hash in key_hashes]

    async def _query_after_gap(self, key_hashes: Sequence[bytes]) -> list[LiveKey | None]:
        found = await self._query(key_hashes)
        await asyncio.sleep(THROTTLED_GAP_SECONDS)  # what arrives meanwhile shares the next query
        return found


async def get_live_key(request: Request, text: str) -> LiveKey:
    """Return the live key that a request has sent. Raises as `KeyLookup.get`."""
    state = request.app.state
    if not hasattr(state, "key_lookup"):
        state.key_lookup = KeyLookup(get_platform(request).pool)
    lookup: KeyLookup = state.key_lookup
    return await lookup.get(text, request.client.host if request.client else "")


def forget_callers(app: Starlette) -> None:
    """Forget which keys and sessions were valid or wrong a moment ago."""
    key_cache(app).clear()
    if hasattr(app.state, "key_lookup"):
        app.state.key_lookup.forget()
