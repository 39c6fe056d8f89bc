"""Schedules, and the tick that makes their jobs: once a due time, however many workers tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog
from uuid_utils.compat import uuid7

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.records import Inserted
from app.domain.jobs.outcomes import error_text
from app.domain.jobs.schedules import Cron, Missed, Overlap, job_of, to_run
from app.domain.jobs.spec import JobSpec, NewJob

log = structlog.get_logger(__name__)

MOST_A_TICK = 100
GONE_AFTER = timedelta(minutes=10)
"""A kind that no ticking worker knew for so long is gone; until then a rolling deploy may be under way."""

COLUMNS = """
s.id, s.name, s.cron, s.timezone, s.kind, s.data, s.priority, s.missed, s.overlap, s.enabled, s.error, s.next_at,
s.last_at, s.last_job_id, s.created_at, s.updated_at, s.created_by, u.email AS creator_email, u.name AS creator_name,
now() AS now
"""
SELECT = f"SELECT {COLUMNS} FROM schedules AS s JOIN users AS u ON u.id = s.created_by"
MAY_SEE = "($1::uuid IS NULL OR s.created_by = $1)"


@dataclass(frozen=True)
class Definition:
    """What a person says of a schedule; `data` is the validated arguments as JSON text."""

    name: str
    cron: str
    timezone: str
    kind: str
    data: str
    priority: int
    missed: Missed
    overlap: Overlap
    enabled: bool


async def select(
    conn: Connection, reader: UUID | None, *, name: str | None, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """A page of schedules by name, and how many there are in all. `reader` None is an admin, who sees everybody's."""
    where = f"{MAY_SEE} AND ($2::text IS NULL OR s.name = $2)"
    rows = await conn.fetch(f"{SELECT} WHERE {where} ORDER BY s.name LIMIT $3 OFFSET $4", reader, name, limit, offset)
    total: int = await conn.fetchval(f"SELECT count(*) FROM schedules AS s WHERE {where}", reader, name)
    return rows, total


async def get(conn: Connection, schedule_id: UUID, reader: UUID | None, *, lock: bool = False) -> asyncpg.Record | None:
    """One schedule, on demand locked until the transaction ends; None where the reader may not see it."""
    locking = "FOR UPDATE OF s" if lock else ""
    return await conn.fetchrow(f"{SELECT} WHERE {MAY_SEE} AND s.id = $2 {locking}", reader, schedule_id)


async def get_time(conn: Connection) -> datetime:
    """Return the server's time at the beginning of the transaction, by which schedules are due."""
    now: datetime = await conn.fetchval("SELECT now()")
    return now


async def insert(conn: Connection, new: Definition, next_at: datetime | None, user_id: UUID) -> UUID | None:
    """The new schedule's id; None where the name is taken. `next_at` is its first tick, None for a disabled one."""
    schedule_id: UUID | None = await conn.fetchval(
        """INSERT INTO schedules (id, name, cron, timezone, kind, data, priority, missed, overlap, enabled, next_at,
                                  created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (name) DO NOTHING RETURNING id""",
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


async def update(conn: Connection, schedule_id: UUID, new: Definition, next_at: datetime | None) -> None:
    """Write all of it. Raises asyncpg.UniqueViolationError where another schedule has the name."""
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
    """The jobs that it made stay."""
    await conn.execute("DELETE FROM schedules WHERE id = $1", schedule_id)


async def run(conn: Connection, schedule: asyncpg.Record, new: NewJob) -> Inserted:
    """Make its job now, outside its time; while an earlier one is active and they may not overlap, that one."""
    (inserted,) = await _make(conn, schedule, [new], ["by hand"])
    await conn.execute("UPDATE schedules SET last_job_id = $2 WHERE id = $1", schedule["id"], inserted.id)
    return inserted


async def _make(
    conn: Connection, schedule: asyncpg.Record, new: Sequence[NewJob], reasons: Sequence[str]
) -> list[Inserted]:
    """Insert jobs in the name of the schedule's maker; the timeline of each says where it comes from."""
    inserted = await jobs.insert(conn, new, schedule["created_by"])
    told = [(one.id, reason) for one, reason in zip(inserted, reasons, strict=True) if one.is_new]
    await conn.execute(
        """INSERT INTO job_events (job_id, event, attempt, fence, detail)
           SELECT job_id, 'scheduled', 0, 0, detail FROM unnest($1::uuid[], $2::text[]) AS e (job_id, detail)""",
        [job_id for job_id, _ in told],
        [f"{schedule['name']}: {reason}" for _, reason in told],
    )
    return inserted


# Read committed looks at a row again once it is locked: what another ticker just moved on is no longer due.
DUE = f"""
SELECT s.id, s.name, s.cron, s.timezone, s.kind, s.data, s.priority, s.missed, s.overlap, s.next_at, s.created_by,
       u.disabled_at IS NOT NULL AS orphaned, coalesce($2, now()) AS now
FROM schedules AS s JOIN users AS u ON u.id = s.created_by
WHERE s.enabled AND s.next_at <= coalesce($2, now())
AND (s.kind = ANY($1) OR s.next_at <= coalesce($2, now()) - $3::interval)
ORDER BY s.next_at LIMIT {MOST_A_TICK} FOR NO KEY UPDATE OF s SKIP LOCKED
"""


async def tick(conn: Connection, specs: Mapping[str, JobSpec], now: datetime | None = None) -> list[UUID]:
    """Make the jobs of all schedules that are due, and move those on; answers the new jobs. In a transaction.

    A schedule that can not be run is disabled, says why, and does not stop the others. `now` is the server's time.
    """
    made: list[UUID] = []
    for schedule in await conn.fetch(DUE, list(specs), now, GONE_AFTER):
        made += await _tick_one(conn, specs, schedule)
    return made


async def _tick_one(conn: Connection, specs: Mapping[str, JobSpec], schedule: asyncpg.Record) -> list[UUID]:
    spec, now = specs.get(schedule["kind"]), schedule["now"]
    if spec is None:
        return await _disable(conn, schedule, f"there is no kind {schedule['kind']!r} any more")
    if schedule["orphaned"]:
        return await _disable(conn, schedule, "its maker is a disabled user")
    try:
        cron = Cron(schedule["cron"], schedule["timezone"])
        ticks = to_run(cron, Missed(schedule["missed"]), schedule["next_at"], now)
        next_at = next(cron.after(now))
        new = job_of(spec, schedule["id"], schedule["data"], schedule["priority"], Overlap(schedule["overlap"]))
    except Exception as error:  # a kind's own code runs here, and may raise anything
        return await _disable(conn, schedule, f"{type(error).__name__}: {error}")
    try:
        async with conn.transaction():
            inserted = await _make(conn, schedule, [new] * len(ticks), [f"due {at:%Y-%m-%dT%H:%M:%SZ}" for at in ticks])
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        return await _disable(conn, schedule, f"{type(error).__name__}: {error}")
    await conn.execute(
        """UPDATE schedules SET next_at = $2, last_at = coalesce($3, last_at), last_job_id = coalesce($4, last_job_id)
           WHERE id = $1""",
        schedule["id"],
        next_at,
        ticks[-1] if ticks else None,
        inserted[-1].id if inserted else None,
    )
    return [one.id for one in inserted if one.is_new]


async def _disable(conn: Connection, schedule: asyncpg.Record, error: str) -> list[UUID]:
    log.warning("schedule_disabled", schedule=schedule["name"], error=error)
    await conn.execute(
        "UPDATE schedules SET enabled = false, next_at = NULL, error = $2, updated_at = now() WHERE id = $1",
        schedule["id"],
        error_text(error),
    )
    details = {"scheduleId": schedule["id"], "name": schedule["name"], "error": error_text(error)}
    await audit.record(conn, "SCHEDULE_DISABLED", details, user_id=None)
    return []
