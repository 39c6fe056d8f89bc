"""The audit log: who did what. An entry commits or vanishes with what it tells of, and is announced with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.db.core.notifications import PLATFORM
from app.db.core.pool import Connection


async def record(
    conn: Connection, action: str, details: Mapping[str, Any], *, user_id: UUID | None, job_id: UUID | None = None
) -> None:
    """`action` in capitals, such as `USER_CREATED`; `user_id` is null for the platform itself."""
    await conn.execute(
        """WITH entry AS (INSERT INTO audit_log (user_id, action, job_id, details) VALUES ($1, $2, $3, $4))
           SELECT pg_notify($5, $2)""",
        user_id,
        action,
        job_id,
        orjson.dumps(details, default=str).decode(),
        PLATFORM,
    )


async def select(
    conn: Connection, *, action: str | None = None, email: str | None = None, before: int | None = None, limit: int
) -> list[asyncpg.Record]:
    """The newest entries first, with who did it; `before` is the id of the last one of the page before."""
    return await conn.fetch(
        """SELECT a.id, a.at, a.action, a.job_id, a.details, u.email, u.name
           FROM audit_log AS a LEFT JOIN users AS u ON u.id = a.user_id
           WHERE ($1::text IS NULL OR a.action = $1) AND ($2::text IS NULL OR u.email = $2)
           AND ($3::bigint IS NULL OR a.id < $3)
           ORDER BY a.id DESC LIMIT $4""",
        action,
        email,
        before,
        limit,
    )


async def actions(conn: Connection) -> list[str]:
    """The words there are, found by hopping along their index."""
    rows = await conn.fetch(
        """WITH RECURSIVE word AS (
               SELECT min(action) AS action FROM audit_log
               UNION ALL
               SELECT (SELECT min(action) FROM audit_log WHERE action > word.action) FROM word
               WHERE word.action IS NOT NULL
           )
           SELECT action FROM word WHERE action IS NOT NULL"""
    )
    return [row["action"] for row in rows]
