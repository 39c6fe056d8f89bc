"""Answers kept under a client's Idempotency-Key, for a day."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import named_lock
from app.db.core.pool import Connection

KEPT_HOURS = 24
PURGED_AT_ONCE = 100
"""Expired answers removed with each new one: far more than come in, and never a long statement."""


@dataclass(frozen=True)
class Answer:
    fingerprint: bytes
    """Of the request that got it."""
    status: int
    body: bytes
    location: str | None


async def lock(conn: Connection, user_id: UUID, key: str) -> bool:
    """Hold the key until the transaction ends, whichever way; False while another transaction holds it."""
    return await locks.try_acquire(conn, named_lock("idempotency key", str(user_id), key))


async def find(conn: Connection, user_id: UUID, key: str) -> Answer | None:
    row = await conn.fetchrow(
        f"""SELECT fingerprint, status, body, location FROM idempotency_keys
            WHERE user_id = $1 AND key = $2 AND created_at > now() - interval '{KEPT_HOURS} hours'""",
        user_id,
        key,
    )
    return Answer(**row) if row else None


async def keep(conn: Connection, user_id: UUID, key: str, answer: Answer) -> None:
    await conn.execute(
        f"""DELETE FROM idempotency_keys WHERE (user_id, key) IN (
                SELECT user_id, key FROM idempotency_keys WHERE created_at <= now() - interval '{KEPT_HOURS} hours'
                LIMIT {PURGED_AT_ONCE} FOR UPDATE SKIP LOCKED)"""
    )
    await conn.execute(
        """INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body, location)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
               body = excluded.body, location = excluded.location, created_at = now()""",
        user_id,
        key,
        answer.fingerprint,
        answer.status,
        answer.body,
        answer.location,
    )
