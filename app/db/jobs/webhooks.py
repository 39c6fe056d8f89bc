"""Webhook endpoints that are notified when jobs finish. A trigger on `jobs` creates the delivery jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS

COLUMNS = "id, job_id, url, kinds, disabled_reason, created_at"


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    id: UUID
    job_id: UUID | None
    """The only job that it is for; None: all jobs of its user."""
    url: str
    kinds: list[str] | None
    """The only kinds that it is for."""
    disabled_reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """A finished job, and the endpoint to notify of it."""

    url: str
    secret: str
    id: UUID
    """The job's id; all fields that follow are the job's, too."""
    kind: str
    status: str
    error: str | None
    result: str | None
    """JSON text, like `data`."""
    data: str
    total_items: int | None
    processed_items: int
    failed_items: int
    created_at: datetime
    completed_at: datetime


async def insert(
    conn: Connection, user_id: UUID, job_id: UUID | None, url: str, secret: str, kinds: Sequence[str] | None
) -> WebhookEndpoint:
    """Insert an endpoint, for one job or for all jobs of the user, and return it."""
    row = await conn.fetchrow(
        f"""INSERT INTO webhook_endpoints (id, user_id, job_id, url, secret, kinds) VALUES ($1, $2, $3, $4, $5, $6)
            RETURNING {COLUMNS}""",
        uuid7(),
        user_id,
        job_id,
        url,
        secret,
        kinds,
    )
    assert row is not None
    return WebhookEndpoint(**row)


async def list_endpoints(conn: Connection, user_id: UUID) -> list[WebhookEndpoint]:
    """Return the user's endpoints, the oldest first."""
    rows = await conn.fetch(f"SELECT {COLUMNS} FROM webhook_endpoints WHERE user_id = $1 ORDER BY id", user_id)
    return [WebhookEndpoint(**row) for row in rows]


async def delete(conn: Connection, endpoint_id: UUID, user_id: UUID) -> bool:
    """Delete an endpoint of the user. Returns False if the user has no such endpoint."""
    done: str = await conn.execute("DELETE FROM webhook_endpoints WHERE id = $1 AND user_id = $2", endpoint_id, user_id)
    return done == "DELETE 1"


async def lock_and_count(conn: Connection, user_id: UUID, job_id: UUID | None) -> int:
    """Return how many endpoints the user has for a job, or for all jobs (None); locks them until the transaction ends.

    Until then, no other transaction that calls this for the same user goes on.
    """
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"webhooks of {user_id}")
    count: int = await conn.fetchval(
        "SELECT count(*) FROM webhook_endpoints WHERE user_id = $1 AND job_id IS NOT DISTINCT FROM $2", user_id, job_id
    )
    return count


async def find_delivery(conn: Connection, endpoint_id: UUID, job_id: UUID) -> WebhookDelivery | None:
    """Return what to deliver, or None if the endpoint or the job is gone or the endpoint or its user is disabled."""
    row = await conn.fetchrow(
        f"""SELECT e.url, e.secret, j.id, j.kind, j.status, j.error, j.result, j.data, j.total_items,
                  j.processed_items, j.failed_items, j.created_at, j.completed_at
           FROM webhook_endpoints AS e JOIN users AS u ON u.id = e.user_id
           JOIN {ALL_JOBS} AS j ON j.created_by = e.user_id
           WHERE e.id = $1 AND j.id = $2 AND e.disabled_reason IS NULL AND u.disabled_at IS NULL""",
        endpoint_id,
        job_id,
    )
    return WebhookDelivery(**row) if row else None


async def disable(conn: Connection, endpoint_id: UUID, reason: str) -> None:
    """Deliver nothing more to the endpoint; its user sees the reason."""
    await conn.execute("UPDATE webhook_endpoints SET disabled_reason = $2 WHERE id = $1", endpoint_id, reason)


async def get(conn: Connection, endpoint_id: UUID, user_id: UUID) -> WebhookEndpoint | None:
    """Return an endpoint of the user; None if the user has no such endpoint."""
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM webhook_endpoints WHERE id = $1 AND user_id = $2", endpoint_id, user_id
    )
    return WebhookEndpoint(**row) if row else None


async def enable(conn: Connection, endpoint_id: UUID) -> None:
    """Deliver to the endpoint again."""
    await conn.execute("UPDATE webhook_endpoints SET disabled_reason = NULL WHERE id = $1", endpoint_id)


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery job of an endpoint."""

    id: UUID
    status: str
    attempt: int
    error: str | None
    created_at: datetime
    completed_at: datetime | None
    reported_job_id: str
    event: str
    http_status: int | None
    """That the receiver answered with last; None if it did not answer, or was not asked yet."""


async def list_deliveries(conn: Connection, endpoint_id: UUID, user_id: UUID, limit: int) -> list[DeliveryRecord]:
    """Return the newest deliveries of the user's endpoint, at most `limit`."""
    rows = await conn.fetch(
        """SELECT id, status, attempt, error, created_at, completed_at, data->>'jobId' AS reported_job_id,
                  data->>'event' AS event,
                  coalesce((result->>'status')::int, substring(error FROM 'HTTP ([0-9]{3})')::int) AS http_status
           FROM jobs WHERE created_by = $2 AND kind = 'webhook_delivery' AND data->>'endpointId' = $1::text
           ORDER BY id DESC LIMIT $3""",
        str(endpoint_id),
        user_id,
        limit,
    )
    return [DeliveryRecord(**row) for row in rows]


async def list_failed(
    conn: Connection, endpoint_id: UUID, user_id: UUID, since: datetime | None, limit: int
) -> list[UUID]:
    """Return the oldest failed deliveries of the user's endpoint since a time, at most `limit`."""
    rows = await conn.fetch(
        """SELECT id FROM jobs WHERE created_by = $2 AND kind = 'webhook_delivery' AND status = 'failed'
               AND lease_until IS NULL AND data @> jsonb_build_object('endpointId', $1::text)
               AND ($3::timestamptz IS NULL OR created_at >= $3)
           ORDER BY id LIMIT $4""",
        str(endpoint_id),
        user_id,
        since,
        limit,
    )
    return [row["id"] for row in rows]
