"""Webhook endpoints that are notified when jobs finish. A trigger on `jobs` creates the delivery jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection

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


async def find_delivery(conn: Connection, endpoint_id: UUID, job_id: UUID) -> WebhookDelivery | None:
    """Return what to deliver, or None if the endpoint or the job is gone or the endpoint is disabled."""
    row = await conn.fetchrow(
        """SELECT e.url, e.secret, j.id, j.kind, j.status, j.error, j.result, j.data, j.total_items,
                  j.processed_items, j.failed_items, j.created_at, j.completed_at
           FROM webhook_endpoints AS e CROSS JOIN jobs AS j
           WHERE e.id = $1 AND j.id = $2 AND e.disabled_reason IS NULL""",
        endpoint_id,
        job_id,
    )
    return WebhookDelivery(**row) if row else None


async def disable(conn: Connection, endpoint_id: UUID, reason: str) -> None:
    """Deliver nothing more to the endpoint; its user sees the reason."""
    await conn.execute("UPDATE webhook_endpoints SET disabled_reason = $2 WHERE id = $1", endpoint_id, reason)
