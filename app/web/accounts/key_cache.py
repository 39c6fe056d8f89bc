"""A cache of valid API keys and sessions, so that a client that polls costs no query for its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from starlette.applications import Starlette

from app.db.accounts.sessions import Caller

CACHE_SECONDS = 2.5
MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class _Entry:
    caller: Caller
    expires_at: float
    """In seconds, on the cache's clock."""


class KeyCache:
    """Callers by the hash of a valid key or session. Invalid keys are not cached: they could fill it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._entries: dict[bytes, _Entry] = {}
        self.generation = 0
        """Grows with each `clear`. Callers remember it before they read the database, and pass it to `insert`."""

    def find(self, key_hash: bytes) -> Caller | None:
        entry = self._entries.get(key_hash)
        return entry.caller if entry is not None and entry.expires_at > self._clock() else None

    def insert(self, key_hash: bytes, caller: Caller, generation: int) -> None:
        """Insert what was read, unless something has changed since `generation`."""
        if generation != self.generation:
            return
        if len(self._entries) >= MAX_ENTRIES:
            self._entries.clear()
        self._entries[key_hash] = _Entry(caller, self._clock() + CACHE_SECONDS)

    def clear(self) -> None:
        self._entries.clear()
        self.generation += 1


def key_cache(app: Starlette) -> KeyCache:
    """Return the application's cache, created on first use."""
    if not hasattr(app.state, "key_cache"):
        app.state.key_cache = KeyCache()
    cache: KeyCache = app.state.key_cache
    return cache
