"""A cache of valid API keys and sessions, so that a client that polls costs no query for its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from starlette.applications import Starlette

from app.db.accounts.users import User

CACHE_SECONDS = 5.0
MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class _Entry:
    user: User
    expires_at: float
    """In seconds, on the cache's clock."""


class KeyCache:
    """Users by the hash of a valid key or session. Invalid keys are not cached: they could fill it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._entries: dict[bytes, _Entry] = {}

    def find(self, key_hash: bytes) -> User | None:
        entry = self._entries.get(key_hash)
        return entry.user if entry is not None and entry.expires_at > self._clock() else None

    def insert(self, key_hash: bytes, user: User) -> None:
        if len(self._entries) >= MAX_ENTRIES:
            self._entries.clear()
        self._entries[key_hash] = _Entry(user, self._clock() + CACHE_SECONDS)

    def clear(self) -> None:
        self._entries.clear()


def key_cache(app: Starlette) -> KeyCache:
    """Return the application's cache, created on first use."""
    if not hasattr(app.state, "key_cache"):
        app.state.key_cache = KeyCache()
    cache: KeyCache = app.state.key_cache
    return cache
