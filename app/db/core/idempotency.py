"""Responses stored under a client's Idempotency-Key, for RETENTION_HOURS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import named_lock
from app.db.core.pool import Connection, Pool

RETENTION_HOURS = 24
MAX_PURGED = 100
"""Expired responses deleted with each new one: far more than arrive, and never a long statement."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An Idempotency-Key, and the request that came with it."""

    user_id: UUID
    key: str
    fingerprint: bytes
    """Hash of the request."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    fingerprint: bytes
    status: int
    body: bytes
    location: str | None


async def lock_each(conn: Connection, keys: Sequence[RequestKey]) -> list[bool]:
    """Hold each user's key until the transaction ends, unless another transaction holds it. Returns which are held."""
    return await locks.try_acquire_each(
        conn, [named_lock("idempotency key", str(key.user_id), key.key) for key in keys]
    )


async def find_each(conn: Connection, keys: Sequence[RequestKey]) -> list[StoredResponse | None]:
    """Return the unexpired response stored under each user's key, whatever its request was, or None; in order."""
    rows = await conn.fetch(
        f"""SELECT place, fingerprint, status, body, location
            FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (user_id, key, place)
            JOIN idempotency_keys AS stored USING (user_id, key)
            WHERE created_at > now() - interval '{RETENTION_HOURS} hours'""",
        [key.user_id for key in keys],
        [key.key for key in keys],
    )
    found: list[StoredResponse | None] = [None] * len(keys)
    for place, *columns in rows:
        found[place - 1] = StoredResponse(*columns)
    return found


async def count_stored(source: Pool | Connection, user_id: UUID, maximum: int) -> int:
    """Return how many unexpired responses of the user are stored; counting stops at `maximum`."""
    count: int = await source.fetchval(
        f"""SELECT count(*) FROM (
                SELECT FROM idempotency_keys
                WHERE user_id = $1 AND created_at > now() - interval '{RETENTION_HOURS} hours' LIMIT $2) AS stored""",
        user_id,
        maximum,
    )
    return count


async def is_stored(source: Pool | Connection, user_id: UUID, key: str) -> bool:
    """Return whether an unexpired response is stored under the user's key."""
    stored: bool = await source.fetchval(
        f"""SELECT EXISTS (
                SELECT FROM idempotency_keys
                WHERE user_id = $1 AND key = $2 AND created_at > now() - interval '{RETENTION_HOURS} hours')""",
        user_id,
        key,
    )
    return stored


async def upsert_each(conn: Connection, responses: Sequence[tuple[RequestKey, StoredResponse]]) -> None:
    """Store responses in place of expired ones, and delete some other expired ones."""
    await conn.execute(
        f"""DELETE FROM idempotency_keys WHERE (user_id, key) IN (
                SELECT user_id, key FROM idempotency_keys
                WHERE created_at <= now() - interval '{RETENTION_HOURS} hours'
                LIMIT {MAX_PURGED} FOR UPDATE SKIP LOCKED)"""
    )
    await conn.execute(
        """INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body, location)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::smallint[], $5::bytea[], $6::text[])
           ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
               body = excluded.body, location = excluded.location, created_at = now()""",
        [key.user_id for key, _ in responses],
        [key.key for key, _ in responses],
        [response.fingerprint for _, response in responses],
        [response.status for _, response in responses],
        [response.body for _, response in responses],
        [response.location for _, response in responses],
    )
