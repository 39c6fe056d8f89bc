"""Schedules: definitions of jobs that are created at the times of a cron expression."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.core.conditions import Conditions
from app.db.core.pages import NamePlace, Page, Total
from app.db.core.pool import Connection
from app.domain.jobs.schedules import Missed, Overlap

SELECT = """
SELECT s.id, s.name, s.cron, s.timezone, s.kind, s.data, s.priority, s.missed, s.overlap, s.enabled, s.error,
       s.next_at, s.last_at, s.last_job_id, s.created_at, s.updated_at, s.created_by, u.email AS creator_email,
       u.name AS creator_name, now() AS now
FROM schedules AS s JOIN users AS u ON u.id = s.created_by
"""


@dataclass(frozen=True, slots=True)
class ScheduleDefinition:
    """The part of a schedule that users define."""

    name: str
    cron: str
    timezone: str
    kind: str
    data: str
    """The validated arguments as JSON text."""
    priority: int
    missed: Missed
    overlap: Overlap
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(ScheduleDefinition):
    id: UUID
    error: str | None
    """Why the platform disabled it."""
    next_at: datetime | None
    """When it is due next; None if it is disabled."""
    last_at: datetime | None
    last_job_id: UUID | None
    created_at: datetime
    updated_at: datetime
    created_by: UUID
    creator_email: str
    creator_name: str
    now: datetime
    """The server's time when the schedule was read."""


def _schedule(row: asyncpg.Record) -> Schedule:
    return Schedule(**{**row, "missed": Missed(row["missed"]), "overlap": Overlap(row["overlap"])})


async def list_schedules(
    conn: Connection,
    reader: UUID | None,
    *,
    name: str | None = None,
    after: NamePlace | None = None,
    limit: int,
    offset: int = 0,
) -> Page[Schedule]:
    """Return a page of schedules by name. `reader` None is an admin, who sees all."""
    where = Conditions()
    where.add_if_given("s.created_by = {}", reader)
    where.add_if_given("s.name = {}", name)
    total: int = await conn.fetchval(f"SELECT count(*) FROM schedules AS s WHERE {where}", *where.args)
    if after is not None:
        where.add("(s.name, s.id) > ({}, {})", after.name, after.id)
    rows = await conn.fetch(
        f"{SELECT} WHERE {where} ORDER BY s.name, s.id LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}",
        *where.args,
    )
    return Page.of([_schedule(row) for row in rows], limit, Total(total, is_estimate=False))


async def get(conn: Connection, schedule_id: UUID, reader: UUID | None, *, lock: bool = False) -> Schedule | None:
    """Return a schedule, or None if there is none that `reader` (None: an admin) may see.

    `lock` locks it until the transaction ends.
    """
    where = Conditions()
    where.add("s.id = {}", schedule_id)
    where.add_if_given("s.created_by = {}", reader)
    row = await conn.fetchrow(f"{SELECT} WHERE {where} {'FOR UPDATE OF s' if lock else ''}", *where.args)
    return _schedule(row) if row else None


async def lock_and_count(conn: Connection, user_id: UUID) -> int:
    """Return how many schedules the user has. Until the transaction ends, others that call this wait."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"schedules of {user_id}")
    count: int = await conn.fetchval("SELECT count(*) FROM schedules WHERE created_by = $1", user_id)
    return count


async def insert(conn: Connection, new: ScheduleDefinition, next_at: datetime | None, user_id: UUID) -> UUID | None:
    """Insert a schedule that is first due at `next_at`, None for a disabled one.

    Returns its id, or None if the name is taken.
    """
    schedule_id: UUID | None = await conn.fetchval(
        """INSERT INTO schedules (id, name, cron, timezone, kind, data, priority, missed, overlap, enabled, next_at,
                                  created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           ON CONFLICT (created_by, name) DO NOTHING RETURNING id""",
        uuid7(),
        new.name,
        new.cron,
        new.timezone,
        new.kind,
        new.data,
        new.priority,
        new.missed,
        new.overlap,
        new.enabled,
        next_at,
        user_id,
    )
    return schedule_id


async def update(conn: Connection, schedule_id: UUID, new: ScheduleDefinition, next_at: datetime | None) -> None:
    """Replace the definition. Raises asyncpg.UniqueViolationError if another schedule has the name."""
    await conn.execute(
        """UPDATE schedules
           SET name = $2, cron = $3, timezone = $4, kind = $5, data = $6, priority = $7, missed = $8, overlap = $9,
               enabled = $10, next_at = $11, error = CASE WHEN $10 THEN NULL ELSE error END, updated_at = now()
           WHERE id = $1""",
        schedule_id,
        new.name,
        new.cron,
        new.timezone,
        new.kind,
        new.data,
        new.priority,
        new.missed,
        new.overlap,
        new.enabled,
        next_at,
    )


async def delete(conn: Connection, schedule_id: UUID) -> None:
    """Delete a schedule. The jobs that it created stay."""
    await conn.execute("DELETE FROM schedules WHERE id = $1", schedule_id)


async def get_time(conn: Connection) -> datetime:
    """Return the time by which schedules are due: the database server's."""
    now: datetime = await conn.fetchval("SELECT now()")
    return now
