"""The transitions of a job, each one statement. Every write of a runner is fenced.

`fence` grows with each claim, and a runner's writes have `WHERE id = … AND fence = …`: a worker that was frozen, and
wakes up after its job was claimed elsewhere, writes nothing. Renewals and rescues skip locked rows, so that they never
wait for a step or for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app.db.core.notifications import CHANNEL, announce, announcing
from app.db.core.pool import Connection
from app.domain.jobs.attempts import MAX_CRASHES
from app.domain.jobs.outcomes import (
    Cancelled,
    Completed,
    Failed,
    HandOver,
    Interrupted,
    Outcome,
    Retry,
    Snooze,
    error_text,
)
from app.domain.text.storable import storable
from app.domain.text.truncation import object_text, truncate


@dataclass(frozen=True)
class Claimed:
    """A job that a worker has claimed, with what it needs to run it."""

    id: UUID
    kind: str
    queue: str
    fence: int
    attempt: int
    max_attempts: int
    seconds_left: float
    """Until the open attempt times out, by the server's clock."""
    data: str
    checkpoint: dict[str, Any] | None
    total_items: int | None
    processed_items: int
    failed_items: int
    request_id: str | None = None
    """The id of the request that created the job."""
    waited_seconds: float | None = None
    """From the creation of the job to this claim; None if it has run before."""


SECONDS_LEFT = "least(timeout_seconds, 2 * timeout_seconds - spent_seconds)"
"""How long the open attempt may run from a claim on. Runs that the platform ended (a deploy, a lost server) are charged
to `spent_seconds`, but up to one timeout of them is forgiven: what they did after the last checkpoint has to be done
again. A run that a crash ended is not charged at all; MAX_CRASHES bounds those."""

CLAIM = f"""
WITH claimed AS (
    UPDATE jobs
    SET status = 'processing', fence = fence + 1, worker_id = $2, lease_until = now() + make_interval(secs => $3),
        dispatch_id = NULL, attempt = attempt + CASE WHEN attempt_open THEN 0 ELSE 1 END, attempt_open = true,
        deadline = now() + make_interval(secs => {SECONDS_LEFT}),
        started_at = coalesce(started_at, now()), updated_at = clock_timestamp()
    WHERE id = ANY($1) AND status = 'pending' AND {{condition}}
    RETURNING id, kind, queue, fence, attempt, max_attempts, data, checkpoint, priority,
              extract(epoch FROM deadline - now())::float8 AS seconds_left,
              total_items, processed_items, failed_items, request_id,
              CASE WHEN fence = 1 THEN extract(epoch FROM now() - created_at)::float8 END AS waited_seconds
), event AS (
    INSERT INTO job_events (job_id, event, attempt, fence, worker_id)
    SELECT id, 'claimed', attempt, fence, $2 FROM claimed
)
SELECT *, {announcing("claimed")} FROM claimed ORDER BY priority, id
"""
CLAIM_ADMITTED = CLAIM.format(condition="lease_until IS NOT NULL AND dispatch_id = $4")
# Here and in admission, coalesce() keeps the planner from using the index of ready jobs: it would read all of it.
CLAIM_READY = CLAIM.format(condition="coalesce(lease_until, run_at) IS NULL")


def _claimed(row: Any) -> Claimed:
    return Claimed(
        id=row["id"],
        kind=row["kind"],
        queue=row["queue"],
        fence=row["fence"],
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        seconds_left=row["seconds_left"],
        data=row["data"],
        checkpoint=orjson.loads(row["checkpoint"]) if row["checkpoint"] else None,
        total_items=row["total_items"],
        processed_items=row["processed_items"],
        failed_items=row["failed_items"],
        request_id=row["request_id"],
        waited_seconds=row["waited_seconds"],
    )


async def claim(
    conn: Connection, ids: Sequence[UUID], worker_id: UUID, lease: float, *, dispatch_id: UUID
) -> list[Claimed]:
    """Claim the jobs of a dispatch for `lease` seconds. Jobs that have changed since are left out."""
    return [_claimed(row) for row in await conn.fetch(CLAIM_ADMITTED, ids, worker_id, lease, dispatch_id)]


async def claim_ready(conn: Connection, ids: Sequence[UUID], worker_id: UUID, lease: float) -> list[Claimed]:
    """Claim jobs that admission chose in the same transaction, without a dispatch, for `lease` seconds."""
    return [_claimed(row) for row in await conn.fetch(CLAIM_READY, ids, worker_id, lease)]


@dataclass(frozen=True)
class Ended:
    id: UUID
    fence: int
    outcome: Outcome


LEFT_BEHIND = (
    "CASE WHEN jsonb_typeof(j.checkpoint -> 'partialResult') = 'object' THEN j.checkpoint -> 'partialResult' END"
)
"""What a job that fails or is cancelled has done: its handler may keep it in the checkpoint as `partialResult`."""

FINISH = f"""
WITH ended AS (
    SELECT *, event IN ('completed', 'failed', 'cancelled') AS final, (event = 'interrupted')::int AS crash
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::text[], $6::float8[])
        AS o (id, fence, event, result, error, delay)
), moved AS (
    UPDATE jobs AS j
    SET status = CASE WHEN o.final THEN o.event
                      WHEN j.cancel_requested_at IS NOT NULL THEN 'cancelled'
                      WHEN j.crashes + o.crash >= {MAX_CRASHES} THEN 'failed'
                      ELSE 'pending' END,
        completed_at = CASE WHEN o.final OR j.cancel_requested_at IS NOT NULL OR j.crashes + o.crash >= {MAX_CRASHES}
                            THEN clock_timestamp() END,
        run_at = CASE WHEN NOT (o.final OR j.cancel_requested_at IS NOT NULL OR j.crashes + o.crash >= {MAX_CRASHES})
                           AND o.delay > 0
                      THEN now() + make_interval(secs => o.delay * CASE o.crash WHEN 1 THEN 2 ^ j.crashes ELSE 1 END)
                 END,
        error = CASE WHEN o.event = 'completed' THEN NULL
                     WHEN j.crashes + o.crash >= {MAX_CRASHES} AND NOT o.final
                     THEN j.kind || ': interrupted {MAX_CRASHES} times without getting any further; last: ' || o.error
                     WHEN o.event = 'interrupted' THEN j.kind || ': ' || o.error
                     ELSE coalesce(o.error, j.error) END,
        result = coalesce(o.result, CASE WHEN o.event <> 'completed' AND (o.final OR j.cancel_requested_at IS NOT NULL
                                              OR j.crashes + o.crash >= {MAX_CRASHES})
                                         THEN {LEFT_BEHIND} END, j.result),
        attempt_open = NOT o.final AND o.event <> 'retried',
        deadline = NULL,
        spent_seconds = CASE WHEN o.event IN ('handed_over', 'interrupted')
                             THEN spent_seconds + greatest(0, {SECONDS_LEFT} - extract(epoch FROM deadline - now()))
                             ELSE 0 END,
        crashes = j.crashes + o.crash,
        lease_until = NULL, worker_id = NULL, cancel_requested_at = NULL, updated_at = clock_timestamp()
    FROM ended AS o
    WHERE j.id = o.id AND j.fence = o.fence AND j.status = 'processing'
    RETURNING j.id, j.attempt, j.fence, j.status, o.event, o.error
), event AS (
    INSERT INTO job_events (job_id, event, attempt, fence, detail)
    SELECT id, CASE WHEN status = 'pending' THEN event ELSE status END, attempt, fence, error FROM moved
)
SELECT array(SELECT id FROM moved) AS accepted, {announcing("moved")} AS announced
"""


def _columns(outcome: Outcome) -> tuple[str, str | None, str | None, float]:
    """Return the outcome as (event, result as JSON text, error, delay in seconds)."""
    match outcome:
        case Completed(result):
            return "completed", result, None, 0.0
        case Failed(error):
            return "failed", None, error_text(error), 0.0
        case Retry(error, delay):
            return "retried", None, error_text(error), delay
        case Snooze(delay, reason):
            return "snoozed", None, error_text(reason) or None, delay
        case HandOver():
            return "handed_over", None, None, 0.0
        case Interrupted(error, delay):
            return "interrupted", None, error_text(error), delay
        case Cancelled():
            return "cancelled", None, None, 0.0


async def finish(conn: Connection, ended: Sequence[Ended]) -> set[UUID]:
    """Record how runs ended. Returns the ids of the jobs whose outcome was accepted; the others are fenced off."""
    events, results, errors, delays = zip(*(_columns(e.outcome) for e in ended), strict=True)
    ids, fences = [e.id for e in ended], [e.fence for e in ended]
    return set(await conn.fetchval(FINISH, ids, fences, events, results, errors, delays))


MAX_ITEM_CHARACTERS, MAX_DETAIL_CHARACTERS = 500, 4_000
"""Maximum characters of an item's id or address, and of the JSON of its detail. Longer ones are cut, and say so."""


@dataclass(frozen=True)
class ItemError:
    """An item that failed. `address` is the text by which people recognise it."""

    item_id: str | None
    address: str | None
    error: str
    detail: dict[str, Any] | None = None
    """Further members of the error as the kind shows it."""


CHECKPOINT = f"""
UPDATE jobs
SET checkpoint = coalesce($3::jsonb, checkpoint), processed_items = processed_items + $4,
    failed_items = failed_items + $5, total_items = coalesce($6, total_items), crashes = 0,
    lease_until = now() + make_interval(secs => $7), updated_at = clock_timestamp()
WHERE id = $1 AND fence = $2 AND status = 'processing'
RETURNING cancel_requested_at IS NOT NULL AS cancel_requested, pg_notify('{CHANNEL}', id::text)
"""


def _item_text(text: str) -> str:
    return storable(truncate(text, MAX_ITEM_CHARACTERS))


def _detail_text(detail: dict[str, Any]) -> str:
    try:
        return object_text(detail, MAX_DETAIL_CHARACTERS)
    except TypeError as error:  # a note on an item must not fail the job
        return object_text({"notShown": f"JSON cannot express it: {error}"}, MAX_DETAIL_CHARACTERS)


MAX_CHECKPOINT_CHARACTERS = 10_000_000
"""Maximum characters of its JSON. Each step writes the whole checkpoint; other jobs wait while it is prepared."""


class CheckpointTooLarge(ValueError):
    """A handler set a checkpoint of more than MAX_CHECKPOINT_CHARACTERS."""

    permanent = True


async def checkpoint(
    conn: Connection,
    job_id: UUID,
    fence: int,
    *,
    state: dict[str, Any] | None,
    processed: int,
    failed: int,
    total: int | None,
    errors: Sequence[ItemError],
    lease: float,
) -> bool | None:
    """Commit a step's counters and checkpoint with the rows of its transaction, and renew the lease.

    Returns whether a user wants the job cancelled; None if the runner is fenced off and must roll back.
    Raises CheckpointTooLarge.
    """
    text = None if state is None else orjson.dumps(state, default=str).decode()
    if text is not None and len(text) > MAX_CHECKPOINT_CHARACTERS:
        raise CheckpointTooLarge(
            f"the checkpoint has {len(text):,} characters of JSON; at most {MAX_CHECKPOINT_CHARACTERS:,}"
        )
    cancel_requested = await conn.fetchval(CHECKPOINT, job_id, fence, text, processed, failed, total, lease)
    if cancel_requested is None:
        return None
    if errors:
        await conn.execute(
            """INSERT INTO job_errors (job_id, item_id, address, error, detail)
               SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::jsonb[])""",
            job_id,
            [e.item_id and _item_text(e.item_id) for e in errors],
            [e.address and _item_text(e.address) for e in errors],
            [error_text(e.error) for e in errors],
            [e.detail and _detail_text(e.detail) for e in errors],
        )
    return bool(cancel_requested)


async def renew(conn: Connection, held: Sequence[tuple[UUID, int]], lease: float) -> set[tuple[UUID, int]]:
    """Renew the leases of (job id, fence) pairs for `lease` seconds. Returns the pairs that are no longer held.

    A locked row is skipped: it is in a step, which renews the lease itself.
    """
    ids, fences = [job_id for job_id, _ in held], [fence for _, fence in held]
    await conn.execute(
        """WITH mine AS (
               SELECT j.id FROM jobs AS j JOIN unnest($1::uuid[], $2::bigint[]) AS h (id, fence) USING (id, fence)
               WHERE j.status = 'processing' FOR NO KEY UPDATE OF j SKIP LOCKED
           )
           UPDATE jobs SET lease_until = now() + make_interval(secs => $3) FROM mine WHERE jobs.id = mine.id""",
        ids,
        fences,
        lease,
    )
    rows = await conn.fetch(
        """SELECT h.id, h.fence FROM unnest($1::uuid[], $2::bigint[]) AS h (id, fence)
           WHERE NOT EXISTS (SELECT FROM jobs AS j
                             WHERE j.id = h.id AND j.fence = h.fence AND j.status = 'processing')""",
        ids,
        fences,
    )
    return {(row["id"], row["fence"]) for row in rows}


async def cancel_requests(conn: Connection, worker_id: UUID) -> set[UUID]:
    """Return the ids of the jobs that this worker runs and somebody wants to cancel."""
    rows = await conn.fetch(
        """SELECT id FROM jobs
           WHERE lease_until IS NOT NULL AND worker_id = $1 AND cancel_requested_at IS NOT NULL""",
        worker_id,
    )
    return {row["id"] for row in rows}


RESCUE = f"""
WITH lost AS (
    SELECT id, status AS was, worker_id,
           crashes + CASE status WHEN 'processing' THEN 1 ELSE 0 END AS crashes,
           CASE WHEN status = 'pending' THEN 'pending'
                WHEN cancel_requested_at IS NOT NULL THEN 'cancelled'
                WHEN crashes + 1 >= {MAX_CRASHES} THEN 'failed'
                ELSE 'pending' END AS becomes
    FROM jobs WHERE lease_until < now() ORDER BY id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE jobs AS j
    SET status = l.becomes, crashes = l.crashes, lease_until = NULL, worker_id = NULL, dispatch_id = NULL,
        deadline = NULL,
        attempt_open = j.attempt_open AND l.becomes = 'pending', cancel_requested_at = NULL,
        completed_at = CASE WHEN l.becomes <> 'pending' THEN clock_timestamp() END,
        error = CASE WHEN l.becomes = 'failed'
                     THEN j.kind || ': {MAX_CRASHES} workers were lost while they ran this job, and it got no further'
                     ELSE j.error END,
        result = CASE WHEN l.becomes <> 'pending' THEN coalesce({LEFT_BEHIND}, j.result) ELSE j.result END,
        updated_at = clock_timestamp()
    FROM lost AS l WHERE j.id = l.id
    RETURNING j.id, j.status, j.attempt, j.fence, l.was, l.worker_id
), event AS (
    INSERT INTO job_events (job_id, event, attempt, fence, worker_id)
    SELECT id, CASE WHEN status = 'pending' THEN 'rescued' ELSE status END, attempt, fence, worker_id
    FROM moved WHERE was = 'processing'
)
SELECT id, was FROM moved
"""


async def rescue(conn: Connection) -> tuple[int, int]:
    """Take back jobs whose lease expired. Returns how many (were lost by a worker, were dispatched and not claimed)."""
    rows = await conn.fetch(RESCUE)
    await announce(conn, [row["id"] for row in rows if row["was"] == "processing"])
    lost = sum(row["was"] == "processing" for row in rows)
    return lost, len(rows) - lost


async def wake_due(conn: Connection) -> int:
    """Make deferred jobs (retries, snoozes) ready that are due now. Returns their number."""
    rows = await conn.fetch(
        """WITH due AS (
               SELECT id FROM jobs WHERE run_at <= now() ORDER BY run_at LIMIT 10000 FOR NO KEY UPDATE SKIP LOCKED
           )
           UPDATE jobs SET run_at = NULL, updated_at = clock_timestamp() FROM due WHERE jobs.id = due.id
           RETURNING jobs.id"""
    )
    return len(rows)
