"""Archiving and deleting what is older than its period, in batches that hold no lock for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection, Pool
from app.db.jobs import archive
from app.db.jobs.actions import DELETE_PARTS
from app.db.jobs.filters import uuid7_at
from app.domain.jobs.retention import RETENTIONS, Retention, period_of

ARCHIVE_BATCH = 500
DELETE_BATCH = 5_000
PAUSE_SECONDS = 0.02
"""Between two batches, so that jobs come first."""
COUNT_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True)
class Rule:
    """The rows of a table that are older than a moment."""

    table: str
    condition: str
    """On `t`; $1 is the moment, and $2 the lowest UUIDv7 of that moment."""

    @property
    def delete(self) -> str:
        """Return the statement that deletes at most $3 of these rows."""
        return f"""DELETE FROM {self.table} WHERE ctid = ANY (ARRAY(
            SELECT t.ctid FROM {self.table} AS t WHERE {self._typed} LIMIT $3))"""

    @property
    def count(self) -> str:
        """Return the statement that counts these rows."""
        return f"SELECT count(*) FROM {self.table} AS t WHERE {self._typed}"

    @property
    def _typed(self) -> str:
        return f"{self.condition} AND $1::timestamptz IS NOT NULL AND $2::uuid IS NOT NULL"


def _part_of_job(table: str) -> Rule:
    """Rows of jobs that ended before the moment. Ids ascend with time, so only the old end of the table is read."""
    return Rule(
        table,
        """t.job_id < $2 AND NOT EXISTS (
            SELECT FROM jobs AS j WHERE j.id = t.job_id AND (j.completed_at IS NULL OR j.completed_at >= $1))
        AND NOT EXISTS (SELECT FROM archived_jobs AS a WHERE a.id = t.job_id AND a.completed_at >= $1)""",
    )


RULES: Mapping[str, Rule] = {
    "events": _part_of_job("job_events"),
    "item_errors": _part_of_job("job_errors"),
    "rejected_rows": _part_of_job("import_rejects"),
    "geocoded_rows": _part_of_job("geocoded_rows"),
    "page_cache": Rule("web_pages", "t.fetched_at < $1"),
    "website_checks": Rule(
        "website_checks",
        """t.at < $1 AND EXISTS (
            SELECT FROM website_checks AS later WHERE later.business_id = t.business_id AND later.id > t.id)""",
    ),
    "page_versions": Rule(
        "page_versions",
        """t.fetched_at < $1 AND EXISTS (
            SELECT FROM page_versions AS later
            WHERE later.company_id = t.company_id AND later.url = t.url AND later.id > t.id)""",
    ),
    "llm_calls": Rule("llm_calls", "t.at < $1"),
    "audit": Rule("audit_log", "t.at < $1 AND t.action <> 'PERSON_ERASED'"),
}
TABLES = {"jobs": "jobs", "archived_jobs": "archived_jobs"} | {name: rule.table for name, rule in RULES.items()}

DELETE_ARCHIVED = f"""
WITH gone AS (
    DELETE FROM archived_jobs WHERE id = ANY (ARRAY(
        SELECT id FROM archived_jobs WHERE completed_at < $1 ORDER BY completed_at LIMIT $2)) RETURNING id
){DELETE_PARTS}
SELECT count(*) FROM gone
"""
COUNT_ARCHIVED = "SELECT count(*) FROM archived_jobs WHERE completed_at < $1"


async def apply(
    pool: Pool, periods: Mapping[str, float], say: Callable[[Retention, int], None] = lambda retention, rows: None
) -> dict[str, int]:
    """Archive and delete what is due. Returns the rows by kind of data; `say` is called for each kind with any.

    If another process does this already, nothing is left to do. A kind that fails does not keep the others from their
    turn; the first error is raised at the end.
    """
    done: dict[str, int] = {}
    failures: list[Exception] = []
    for retention in RETENTIONS:
        if (days := period_of(retention, periods)) == 0:
            continue
        try:
            rows = await _apply_one(pool, retention, timedelta(days=days))
        except Exception as error:
            failures.append(error)
            continue
        if rows:
            done[retention.name] = rows
            say(retention, rows)
    if failures:
        raise failures[0]
    return done


async def _apply_one(pool: Pool, retention: Retention, age: timedelta) -> int:
    async with pool.acquire() as conn:
        before = await _moment(conn, age)
        queues = await archive.list_queues(conn) if retention.name == "jobs" else [""]
    total = 0
    for queue in queues:
        while rows := await _batch(pool, retention.name, queue, before):
            total += rows
            await asyncio.sleep(PAUSE_SECONDS)
    return total


async def _batch(pool: Pool, name: str, queue: str, before: datetime) -> int:
    async with pool.acquire() as conn, conn.transaction():
        if not await locks.try_acquire(conn, Lock.RETENTION):
            return 0
        if name == "jobs":
            return await archive.archive(conn, queue, before, ARCHIVE_BATCH)
        if name == "archived_jobs":
            deleted: int = await conn.fetchval(DELETE_ARCHIVED, before, ARCHIVE_BATCH)
            return deleted
        done: str = await conn.execute(RULES[name].delete, before, _lowest_id(before), DELETE_BATCH)
        return int(done.rpartition(" ")[2])


@dataclass(frozen=True)
class Holding:
    """What there is of a kind of data."""

    retention: Retention
    days: float
    """0: for ever."""
    due: int | None
    """Rows older than the period; None if they are kept for ever."""
    rows: int
    """Estimate of all rows."""
    size: int
    """Bytes of the table with its indexes."""


async def list_holdings(conn: Connection, periods: Mapping[str, float]) -> list[Holding]:
    """Return what there is of each kind of data, and what is due."""
    found = []
    for retention in RETENTIONS:
        days = period_of(retention, periods)
        due = None if days == 0 else await _count_due(conn, retention.name, await _moment(conn, timedelta(days=days)))
        row = await conn.fetchrow(
            """SELECT greatest(reltuples, 0)::bigint AS rows, pg_total_relation_size(oid) AS size
               FROM pg_class WHERE oid = $1::text::regclass""",
            TABLES[retention.name],
        )
        assert row is not None
        found.append(Holding(retention, days, due, row["rows"], row["size"]))
    return found


async def _count_due(conn: Connection, name: str, before: datetime) -> int:
    count: int
    if name == "jobs":
        count = await conn.fetchval(archive.COUNT_DUE, before, timeout=COUNT_TIMEOUT_SECONDS)
    elif name == "archived_jobs":
        count = await conn.fetchval(COUNT_ARCHIVED, before, timeout=COUNT_TIMEOUT_SECONDS)
    else:
        count = await conn.fetchval(
            RULES[name].count, before, _lowest_id(before), timeout=COUNT_TIMEOUT_SECONDS
        )  # fmt: skip
    return count


async def _moment(conn: Connection, age: timedelta) -> datetime:
    """Return the moment before which data are older than `age`, by the server's clock."""
    moment: datetime = await conn.fetchval("SELECT now() - $1::interval", age)
    return moment


def _lowest_id(moment: datetime) -> UUID:
    return uuid7_at(moment)
