"""The cache of valid keys: how long it keeps them, and how many."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from app.db.accounts.sessions import Caller
from app.db.accounts.users import User
from app.web.accounts.key_cache import CACHE_SECONDS, MAX_ENTRIES, KeyCache

CALLER = Caller(
    User(UUID(int=1), "ann@example.com", "Ann", "user", datetime(2026, 1, 1, tzinfo=UTC), None), UUID(int=2)
)


def test_a_key_is_cached_for_some_seconds() -> None:
    now = 100.0
    cache = KeyCache(clock=lambda: now)
    cache.insert(b"key", CALLER, 0)
    now += CACHE_SECONDS - 0.01
    assert cache.find(b"key") == CALLER
    assert cache.find(b"other") is None
    now += 0.02
    assert cache.find(b"key") is None


def test_the_cache_is_bounded() -> None:
    cache = KeyCache(clock=lambda: 0.0)
    keys = [number.to_bytes(4) for number in range(2 * MAX_ENTRIES + 1)]
    for key in keys:
        cache.insert(key, CALLER, 0)
    assert sum(cache.find(key) is not None for key in keys) <= MAX_ENTRIES
    assert cache.find(keys[-1]) == CALLER


def test_clearing() -> None:
    cache = KeyCache()
    cache.insert(b"key", CALLER, 0)
    cache.clear()
    assert cache.find(b"key") is None


def test_a_key_read_before_a_change_is_not_cached() -> None:
    cache = KeyCache()
    generation = cache.generation
    cache.clear()
    cache.insert(b"key", CALLER, generation)
    assert cache.find(b"key") is None
