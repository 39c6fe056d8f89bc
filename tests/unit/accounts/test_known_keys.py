"""For how long, and how many, keys are taken on trust."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from app.db.accounts.users import User
from app.web.accounts.auth import MOST_REMEMBERED, REMEMBERED_SECONDS, KnownKeys

USER = User(UUID(int=1), "ann@example.com", "Ann", "user", datetime(2026, 1, 1, tzinfo=UTC), None)


def test_a_key_is_known_for_some_seconds() -> None:
    now = 100.0
    known = KnownKeys(clock=lambda: now)
    known.remember(b"key", USER)
    now += REMEMBERED_SECONDS - 0.01
    assert known.find(b"key") == USER
    assert known.find(b"other") is None
    now += 0.02
    assert known.find(b"key") is None


def test_the_memory_is_bounded() -> None:
    known = KnownKeys(clock=lambda: 0.0)
    keys = [number.to_bytes(4) for number in range(2 * MOST_REMEMBERED + 1)]
    for key in keys:
        known.remember(key, USER)
    assert sum(known.find(key) is not None for key in keys) <= MOST_REMEMBERED
    assert known.find(keys[-1]) == USER


def test_forgetting() -> None:
    known = KnownKeys()
    known.remember(b"key", USER)
    known.forget()
    assert known.find(b"key") is None
