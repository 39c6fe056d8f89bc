"""Responses stored under a client's Idempotency-Key, for RETENTION_HOURS."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import named_lock
from app.db.core.pool import Connection

RETENTION_HOURS = 24
MAX_PURGED = 100
"""Expired responses deleted with each new one: far more than arrive, and never a long statement."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    fingerprint: bytes
    """Hash of the request."""
    status: int
    body: bytes
    location: str | None


async def try_lock(conn: Connection, user_id: UUID, key: str) -> bool:
    """Hold the user's key until the transaction ends, unless another transaction holds it. Returns whether it did."""
    return await locks.try_acquire(conn, named_lock("idempotency key", str(user_id), key))


async def find(conn: Connection, user_id: UUID, key: str) -> StoredResponse | None:
    """Return the unexpired response stored under the user's key, or None."""
    row = await conn.fetchrow(
        f"""SELECT fingerprint, status, body, location FROM idempotency_keys
            WHERE user_id = $1 AND key = $2 AND created_at > now() - interval '{RETENTION_HOURS} hours'""",
        user_id,
        key,
    )
    return StoredResponse(**row) if row else None


async def upsert(conn: Connection, user_id: UUID, key: str, response: StoredResponse) -> None:
    """Store a response in place of an expired one, and delete some other expired ones."""
    await conn.execute(
        f"""DELETE FROM idempotency_keys WHERE (user_id, key) IN (
                SELECT user_id, key FROM idempotency_keys
                WHERE created_at <= now() - interval '{RETENTION_HOURS} hours'
                LIMIT {MAX_PURGED} FOR UPDATE SKIP LOCKED)"""
    )
    await conn.execute(
        """INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body, location)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
               body = excluded.body, location = excluded.location, created_at = now()""",
        user_id,
        key,
        response.fingerprint,
        response.status,
        response.body,
        response.location,
    )
