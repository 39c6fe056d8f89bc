"""`filters.contains` repeats jsonb's `@>` in memory: both agree on generated values."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.jobs.filters import contains
from app.embedded.postgres import EmbeddedPostgres

NAMES = st.sampled_from("abc")
SCALARS = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.0, 1.0, 1.5, -0.0, "", "a", "1"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=3)


def part_of(draw: st.DrawFn, value: Any) -> Any:
    """Return a value that `value` contains, or nearly does."""
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    if isinstance(value, dict):
        return {name: part_of(draw, inner) for name, inner in value.items() if draw(st.booleans())}
    if isinstance(value, list):
        return [part_of(draw, inner) for inner in value if draw(st.booleans())]
    return draw(SCALARS) if draw(st.booleans()) else value


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    whole = draw(OBJECTS)
    part = part_of(draw, whole)
    return whole, part if isinstance(part, dict) else draw(OBJECTS)


@pytest.fixture(scope="module")
def server(postgres: EmbeddedPostgres) -> Iterator[tuple[asyncio.AbstractEventLoop, Any]]:
    loop = asyncio.new_event_loop()
    conn = loop.run_until_complete(asyncpg.connect(postgres.dsn))
    yield loop, conn
    loop.run_until_complete(conn.close())
    loop.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(pairs(), min_size=20, max_size=60))
def test_contains_agrees_with_postgres(
    server: tuple[asyncio.AbstractEventLoop, Any], examples: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    loop, conn = server
    texts = [(orjson.dumps(whole).decode(), orjson.dumps(part).decode()) for whole, part in examples]
    rows = loop.run_until_complete(
        conn.fetch(
            "SELECT whole @> part AS contained FROM unnest($1::jsonb[], $2::jsonb[]) AS pair (whole, part)",
            [whole for whole, _ in texts],
            [part for _, part in texts],
        )
    )
    assert [contains(whole, part) for whole, part in examples] == [row["contained"] for row in rows]
