"""Slots for deliveries per endpoint, user and host, shared by all workers, and a circuit breaker.

A slot is held by a running job under its fence, so that the slots of a lost worker come back with its lease. After some
failures in a row an endpoint, or a host for one user, is paused: one delivery at a time probes it, and the others wait
as deferred jobs, which occupy no slot. Deliveries to an endpoint are in no particular order.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import Connection

MAX_PER_ENDPOINT = 2
MAX_PER_USER = 5
MAX_PER_HOST = 8
"""More than MAX_PER_USER, so that one user cannot take a whole host."""

ENDPOINT_FAILURES = 3
"""Failures in a row that pause an endpoint."""
HOST_FAILURES = 6
"""Connections in a row that failed or timed out and pause a host for one user, whatever the endpoint."""
FIRST_PAUSE_SECONDS = 10.0
"""The pause doubles with each failure."""
MAX_PAUSE_SECONDS = 900.0
MAX_WAIT_SECONDS = 3600.0

TIMEOUT_SECONDS = 15.0
FAILING_TIMEOUT_SECONDS = 5.0
"""Timeout of an endpoint that has been failing, unless its last success took longer than half of this."""

FAILING_DAYS = 1
RETRY_PRIORITY = 7
"""At most this priority for retries: new messages come first."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The permission to send one message."""

    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Wait:
    """No message may be sent now."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint (a webhook or a channel of a team), its host, and the user whose message it is."""

    endpoint_id: UUID
    host: str
    user_id: UUID

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of the endpoint and of its host in `delivery_targets`."""
        return f"endpoint:{self.endpoint_id}", f"host:{self.user_id}:{self.host}"


async def list_paused(conn: Connection, targets: Sequence[Target]) -> dict[UUID, datetime | None]:
    """Return those of these endpoints that are paused, by themselves or by their host, with the end of the pause.

    It is None if the pause has ended, and the next delivery probes the endpoint.
    """
    rows = await conn.fetch(
        """SELECT t.endpoint_id, max(d.paused_until) FILTER (WHERE d.paused_until > now()) AS until
           FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t (endpoint_id, endpoint, host)
           JOIN delivery_targets AS d ON d.key = t.endpoint AND d.failures >= $4 OR d.key = t.host AND d.failures >= $5
           GROUP BY t.endpoint_id""",
        [target.endpoint_id for target in targets],
        [target.keys[0] for target in targets],
        [target.keys[1] for target in targets],
        ENDPOINT_FAILURES,
        HOST_FAILURES,
    )
    return {row["endpoint_id"]: row["until"] for row in rows}


async def find_owner(conn: Connection, job_id: UUID) -> UUID | None:
    """Return the user who created a job; None if it is gone."""
    owner: UUID | None = await conn.fetchval("SELECT created_by FROM jobs WHERE id = $1", job_id)
    return owner


async def acquire(conn: Connection, job_id: UUID, fence: int, target: Target) -> Slot | Wait:
    """Take a slot for a running job, or say how long it has to wait. Locks the user and the host until the commit."""
    for key in (f"delivery user {target.user_id}", f"delivery host {target.host}"):
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
    held = await conn.fetchrow(
        """SELECT count(*) FILTER (WHERE s.endpoint_id = $1) AS endpoint,
                  count(*) FILTER (WHERE s.user_id = $2) AS owner,
                  count(*) FILTER (WHERE s.host = $3) AS host,
                  count(*) FILTER (WHERE s.host = $3 AND s.user_id = $2) AS host_of_user
           FROM delivery_slots AS s JOIN jobs AS j ON j.id = s.job_id AND j.fence = s.fence
           WHERE (s.user_id = $2 OR s.host = $3) AND NOT s.is_waiting AND j.status = 'processing' AND s.job_id <> $4""",
        target.endpoint_id,
        target.user_id,
        target.host,
        job_id,
    )
    assert held is not None
    endpoint_key, host_key = target.keys
    rows = await conn.fetch(
        """SELECT key, failures, seconds,
                  greatest(0, extract(epoch FROM paused_until - now()))::float8 AS paused_seconds
           FROM delivery_targets WHERE key = ANY($1)""",
        [endpoint_key, host_key],
    )
    state = {row["key"]: row for row in rows}
    endpoint = state.get(endpoint_key)
    limits = [("the webhook", held["endpoint"], MAX_PER_ENDPOINT, endpoint_key)]
    limits.append(("the user", held["owner"], MAX_PER_USER, host_key))
    limits.append(("the host", held["host"], MAX_PER_HOST, host_key))
    for key, running, threshold in (
        (endpoint_key, held["endpoint"], ENDPOINT_FAILURES),
        (host_key, held["host_of_user"], HOST_FAILURES),
    ):
        row = state.get(key)
        if row is not None and row["failures"] >= threshold and (row["paused_seconds"] > 0 or running):
            pause = pause_seconds(row["failures"], threshold)
            return await _put_off(
                conn,
                job_id,
                fence,
                target,
                key,
                row["paused_seconds"],
                pause,
                f"{key.partition(':')[0]} failed {row['failures']} times in a row; waiting before the next try",
            )
    for name, running, limit, key in limits:
        if running >= limit:
            row = state.get(key)
            typical = row["seconds"] if row is not None and row["seconds"] is not None else 1.0
            reason = f"{limit} messages of {name} are being sent"
            return await _put_off(conn, job_id, fence, target, key, 0.0, max(typical, 0.02) / limit, reason)
    await _set_slot(conn, job_id, fence, target, is_waiting=False)
    if endpoint is None or endpoint["failures"] < ENDPOINT_FAILURES:
        return Slot(TIMEOUT_SECONDS)
    return Slot(min(TIMEOUT_SECONDS, max(FAILING_TIMEOUT_SECONDS, 2 * (endpoint["seconds"] or 0.0))))


def pause_seconds(failures: int, threshold: int) -> float:
    """Return how long an endpoint or host is paused after this number of failures in a row."""
    return float(min(FIRST_PAUSE_SECONDS * 2 ** min(failures - threshold, 20), MAX_PAUSE_SECONDS))


async def _put_off(
    conn: Connection, job_id: UUID, fence: int, target: Target, key: str, earliest: float, spacing: float, reason: str
) -> Wait:
    """Give the job the next free time of the target, so that those that wait come one after the other."""
    seconds = await conn.fetchval(
        """INSERT INTO delivery_targets AS t (key, next_at)
           VALUES ($1, now() + make_interval(secs => $2::float8 + $3::float8))
           ON CONFLICT (key) DO UPDATE
           SET next_at = least(greatest(t.next_at, now() + make_interval(secs => $2)) + make_interval(secs => $3),
                               now() + make_interval(secs => $4))
           RETURNING extract(epoch FROM next_at - now())::float8""",
        key,
        earliest,
        spacing,
        MAX_WAIT_SECONDS,
    )
    await _set_slot(conn, job_id, fence, target, is_waiting=True)
    return Wait(max(0.2, seconds * random.uniform(1.0, 1.1)), reason)


async def _set_slot(conn: Connection, job_id: UUID, fence: int, target: Target, *, is_waiting: bool) -> None:
    await conn.execute(
        """INSERT INTO delivery_slots (job_id, fence, user_id, endpoint_id, host, is_waiting)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (job_id) DO UPDATE SET fence = excluded.fence, is_waiting = excluded.is_waiting""",
        job_id,
        fence,
        target.user_id,
        target.endpoint_id,
        target.host,
        is_waiting,
    )


async def record_success(conn: Connection, job_id: UUID, target: Target, seconds: float) -> None:
    """Give the slot back and end the pauses of the target; deliveries that waited for it are due at once."""
    await conn.execute("DELETE FROM delivery_slots WHERE job_id = $1", job_id)
    paused = await conn.fetchval(
        """WITH before AS (
                    SELECT bool_or(paused_until IS NOT NULL) AS paused FROM delivery_targets WHERE key = ANY($1)),
                answered AS (
                    INSERT INTO delivery_targets (key, seconds) SELECT key, $2::float8 FROM unnest($1::text[]) AS key
                    ORDER BY key
                    ON CONFLICT (key) DO UPDATE SET failures = 0, failing_since = NULL, paused_until = NULL,
                        seconds = excluded.seconds,
                        next_at = CASE WHEN delivery_targets.paused_until IS NULL THEN delivery_targets.next_at END)
           SELECT paused FROM before""",
        list(target.keys),
        seconds,
    )
    if paused:
        await resume(conn, target.endpoint_id)


async def resume(conn: Connection, endpoint_id: UUID) -> None:
    """Make the deliveries due that wait for an endpoint."""
    await conn.execute(
        """UPDATE jobs AS j SET run_at = now() FROM delivery_slots AS s
           WHERE s.endpoint_id = $1 AND s.is_waiting AND j.id = s.job_id AND j.status = 'pending'
             AND j.run_at > now()""",
        endpoint_id,
    )


async def record_failure(
    conn: Connection, job_id: UUID, fence: int, target: Target, *, is_host_failure: bool
) -> str | None:
    """Give the slot back, and pause the target if it has failed often. Returns why it should be disabled, or None.

    `is_host_failure`: the host did not answer at all. The job's next attempt comes after new messages.
    """
    await conn.execute("DELETE FROM delivery_slots WHERE job_id = $1", job_id)
    await conn.execute(
        "UPDATE jobs SET priority = greatest(priority, $3) WHERE id = $1 AND fence = $2 AND status = 'processing'",
        job_id,
        fence,
        RETRY_PRIORITY,
    )
    endpoint_key, host_key = target.keys
    thresholds = [(endpoint_key, ENDPOINT_FAILURES)] + [(host_key, HOST_FAILURES)] * is_host_failure
    disable = None
    for key, threshold in thresholds:
        row = await conn.fetchrow(
            """INSERT INTO delivery_targets AS t (key, failures, failing_since) VALUES ($1, 1, now())
               ON CONFLICT (key) DO UPDATE
               SET failures = t.failures + 1, failing_since = coalesce(t.failing_since, now())
               RETURNING failures, failing_since < now() - make_interval(days => $2) AS is_dead""",
            key,
            FAILING_DAYS,
        )
        assert row is not None
        if row["failures"] >= threshold:
            await conn.execute(
                "UPDATE delivery_targets SET paused_until = now() + make_interval(secs => $2) WHERE key = $1",
                key,
                pause_seconds(row["failures"], threshold),
            )
        if key == endpoint_key and row["is_dead"] and row["failures"] >= ENDPOINT_FAILURES:
            disable = f"every delivery has failed for {FAILING_DAYS} day, {row['failures']} in a row"
    return disable


async def forget(conn: Connection, endpoint_id: UUID, user_id: UUID, host: str) -> None:
    """Forget how an endpoint and its host have answered, and make the deliveries due that wait for it."""
    target = Target(endpoint_id, host, user_id)
    await conn.execute("DELETE FROM delivery_targets WHERE key = ANY($1)", list(target.keys))
    await resume(conn, endpoint_id)
