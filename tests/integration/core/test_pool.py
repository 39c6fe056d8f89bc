"""Connections of the pool where they differ from asyncpg's."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from app.db.core import asyncpg_overrides
from app.db.core.pool import Pool


async def test_array_types_are_looked_up_once_a_process(db_pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    look_up = asyncpg.Connection._introspect_types  # type: ignore[attr-defined]

    async def counted(self: Any, typeoids: Any, timeout: Any) -> Any:
        asked.append(list(typeoids))
        return await look_up(self, typeoids, timeout)

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", counted)
    monkeypatch.setattr(asyncpg_overrides, "_known_types", {})
    async with db_pool.acquire() as one, db_pool.acquire() as other:
        for conn in (one, other):
            assert await conn.fetchval("SELECT $1::jsonb[]", ["1", "[2]"]) == ["1", "[2]"]
            assert await conn.fetchval("SELECT $1::bytea[]", [b"a", None]) == [b"a", None]
        assert len(asked) == 2
        await one.execute("CREATE TYPE pg_temp.pair AS (a int, b text)")
        assert await one.fetchval("SELECT row(1, 'x')::pg_temp.pair") == (1, "x")
    assert all(max(types) <= asyncpg_overrides.MAX_FIXED_OID for types in asyncpg_overrides._known_types)
