"""Creating the jobs of schedules: once per due time, however many workers tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.records import Inserted
from app.db.jobs.schedules import Schedule
from app.domain.jobs.outcomes import error_text
from app.domain.jobs.schedules import Cron, Missed, Overlap, new_scheduled_job, ticks_to_run
from app.domain.jobs.spec import JobSpec, NewJob

log = structlog.get_logger(__name__)

MAX_PER_TICK = 100
UNKNOWN_KIND_GRACE = timedelta(minutes=10)
"""How long a schedule whose kind the ticking worker does not know is left alone: a rolling deploy may be under way."""


@dataclass(frozen=True, slots=True)
class DueSchedule:
    id: UUID
    name: str
    cron: str
    timezone: str
    kind: str
    data: str
    priority: int
    missed: str
    overlap: str
    next_at: datetime
    """The first time that is due."""
    created_by: UUID
    creator_is_disabled: bool
    now: datetime
    """The time of this tick."""


# READ COMMITTED evaluates the condition again once the row is locked: what another worker just ticked is not due.
DUE = f"""
SELECT s.id, s.name, s.cron, s.timezone, s.kind, s.data, s.priority, s.missed, s.overlap, s.next_at, s.created_by,
       u.disabled_at IS NOT NULL AS creator_is_disabled, coalesce($2, now()) AS now
FROM schedules AS s JOIN users AS u ON u.id = s.created_by
WHERE s.enabled AND s.next_at <= coalesce($2, now())
AND (s.kind = ANY($1) OR s.next_at <= coalesce($2, now()) - $3::interval)
ORDER BY s.next_at LIMIT {MAX_PER_TICK} FOR NO KEY UPDATE OF s SKIP LOCKED
"""


async def tick(conn: Connection, specs: Mapping[str, JobSpec], now: datetime | None = None) -> list[UUID]:
    """Create the jobs of up to MAX_PER_TICK due schedules and set their next times. Run it in a transaction.

    A schedule that fails is disabled with the reason and does not stop the others. `now` is the server's time if None.
    Returns the ids of the new jobs.
    """
    created: list[UUID] = []
    for row in await conn.fetch(DUE, list(specs), now, UNKNOWN_KIND_GRACE):
        created += await _tick(conn, specs, DueSchedule(**row))
    return created


async def run_now(conn: Connection, schedule: Schedule, job: NewJob, creator: Creator) -> Inserted:
    """Create the job of a schedule outside its times, unless it must not overlap with one that is still active.

    `creator` is the schedule's. Raises LimitReached.
    """
    (inserted,) = await _insert_jobs(conn, schedule, [job], ["by hand"], creator)
    await conn.execute("UPDATE schedules SET last_job_id = $2 WHERE id = $1", schedule.id, inserted.id)
    return inserted


async def _tick(conn: Connection, specs: Mapping[str, JobSpec], schedule: DueSchedule) -> list[UUID]:
    spec = specs.get(schedule.kind)
    if spec is None:
        return await _disable(conn, schedule, f"there is no job type {schedule.kind!r} any more")
    if spec.is_internal:
        return await _disable(conn, schedule, f"jobs of type {schedule.kind} are created by the platform itself")
    if schedule.creator_is_disabled:
        return await _disable(conn, schedule, "the user who created it is disabled")
    try:
        cron = Cron(schedule.cron, schedule.timezone)
        ticks = ticks_to_run(cron, Missed(schedule.missed), schedule.next_at, schedule.now)
        next_at = next(cron.after(schedule.now))
        job = new_scheduled_job(spec, schedule.id, schedule.data, schedule.priority, Overlap(schedule.overlap))
    except Exception as error:  # a kind's own code runs here, and may raise anything
        return await _disable(conn, schedule, f"{type(error).__name__}: {error}")
    reasons = [f"due {at:%Y-%m-%dT%H:%M:%SZ}" for at in ticks]
    try:
        async with conn.transaction():
            inserted = await _insert_jobs(conn, schedule, [job] * len(ticks), reasons, Creator(schedule.created_by))
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        return await _disable(conn, schedule, f"{type(error).__name__}: {error}")
    await conn.execute(
        """UPDATE schedules SET next_at = $2, last_at = coalesce($3, last_at), last_job_id = coalesce($4, last_job_id)
           WHERE id = $1""",
        schedule.id,
        next_at,
        ticks[-1] if ticks else None,
        inserted[-1].id if inserted else None,
    )
    return [entry.id for entry in inserted if entry.is_new]


async def _insert_jobs(
    conn: Connection,
    schedule: Schedule | DueSchedule,
    new: Sequence[NewJob],
    reasons: Sequence[str],
    creator: Creator,
) -> list[Inserted]:
    """Insert jobs in the name of the schedule's creator; the timeline of each names the schedule and the reason."""
    inserted = await jobs.insert(conn, new, creator)
    events = [(entry.id, reason) for entry, reason in zip(inserted, reasons, strict=True) if entry.is_new]
    await conn.execute(
        """INSERT INTO job_events (job_id, event, attempt, fence, detail)
           SELECT job_id, 'scheduled', 0, 0, detail FROM unnest($1::uuid[], $2::text[]) AS e (job_id, detail)""",
        [job_id for job_id, _ in events],
        [f"{schedule.name}: {reason}" for _, reason in events],
    )
    return inserted


async def _disable(conn: Connection, schedule: DueSchedule, error: str) -> list[UUID]:
    log.warning("schedule_disabled", schedule=schedule.name, error=error)
    await conn.execute(
        "UPDATE schedules SET enabled = false, next_at = NULL, error = $2, updated_at = now() WHERE id = $1",
        schedule.id,
        error_text(error),
    )
    details = {"scheduleId": schedule.id, "name": schedule.name, "error": error_text(error)}
    await audit.record(conn, "SCHEDULE_DISABLED", details, user_id=None)
    return []
