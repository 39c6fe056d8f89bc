"""Pages of lists that may be long: totals that cost little, and whether there is a next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import orjson

from app.db.core.pool import Connection

MAX_COUNTED = 100_000
"""Rows that are counted exactly. A higher total is an estimate."""
COUNT_BUDGET_MS = 80

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Total:
    """The number of rows on all pages."""

    count: int
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class NamePlace:
    """The place of a row in a list in the order of names."""

    name: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list, and what is known of the others."""

    rows: Sequence[Row]
    total: Total
    has_more: bool
    """Whether rows follow behind this page."""

    @classmethod
    def of(cls, rows: Sequence[Row], limit: int, total: Total) -> Page[Row]:
        """Return the page from up to `limit + 1` rows, of which the last only tells that there are more."""
        return cls(rows[:limit], total, len(rows) > limit)


async def count_or_estimate(conn: Connection, sql: str, args: Sequence[Any]) -> Total:
    """Count the rows of a SELECT, or return the planner's estimate for more than MAX_COUNTED or a slow query."""
    counted = f"SELECT count(*) AS rows FROM ({sql} LIMIT {MAX_COUNTED + 1}) AS found"
    rows = await fetch_within(conn, COUNT_BUDGET_MS, counted, args)
    if rows is not None and rows[0]["rows"] <= MAX_COUNTED:
        return Total(rows[0]["rows"], is_estimate=False)
    plan: str = await conn.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *args)
    estimate = int(orjson.loads(plan)[0]["Plan"]["Plan Rows"])
    return Total(max(estimate, MAX_COUNTED + 1) if rows is not None else estimate, is_estimate=True)


async def fetch_within(
    conn: Connection, budget_ms: int, sql: str, args: Sequence[Any], **settings: str
) -> list[asyncpg.Record] | None:
    """Run the statement, planned for these arguments; None if it was cancelled because it exceeded the budget."""
    settings |= {"statement_timeout": str(budget_ms), "plan_cache_mode": "force_custom_plan"}
    try:
        async with conn.transaction(readonly=True):
            await conn.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items()))
            return list(await conn.fetch(sql, *args))
    except asyncpg.QueryCanceledError:
        return None
