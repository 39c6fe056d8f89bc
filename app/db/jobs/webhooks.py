"""Where users want to be told of the ends of jobs. A trigger on `jobs` makes the deliveries (migration 0007)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection

COLUMNS = "id, job_id, url, kinds, disabled_reason, created_at"


async def insert(
    conn: Connection, user_id: UUID, job_id: UUID | None, url: str, secret: str, kinds: Sequence[str] | None
) -> asyncpg.Record:
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
    return row


async def of_user(conn: Connection, user_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(f"SELECT {COLUMNS} FROM webhook_endpoints WHERE user_id = $1 ORDER BY id", user_id)


async def delete(conn: Connection, endpoint_id: UUID, user_id: UUID) -> bool:
    done: str = await conn.execute("DELETE FROM webhook_endpoints WHERE id = $1 AND user_id = $2", endpoint_id, user_id)
    return done == "DELETE 1"


async def to_deliver(conn: Connection, endpoint_id: UUID, job_id: UUID) -> asyncpg.Record | None:
    """The endpoint, unless it is gone or disabled, and the job that ended."""
    return await conn.fetchrow(
        """SELECT e.url, e.secret, j.id, j.kind, j.status, j.error, j.result, j.data, j.total_items,
                  j.processed_items, j.failed_items, j.created_at, j.completed_at
           FROM webhook_endpoints AS e CROSS JOIN jobs AS j
           WHERE e.id = $1 AND j.id = $2 AND e.disabled_reason IS NULL""",
        endpoint_id,
        job_id,
    )


async def disable(conn: Connection, endpoint_id: UUID, reason: str) -> None:
    await conn.execute("UPDATE webhook_endpoints SET disabled_reason = $2 WHERE id = $1", endpoint_id, reason)
