"""How the jobs of businesses stand."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.db.pool import Connection


async def counts(conn: Connection, kinds: Sequence[str], owner: UUID | None) -> dict[tuple[str, str], int]:
    """Jobs by kind and state, of one user or of all."""
    rows = await conn.fetch(
        """SELECT kind, status, count(*) AS n FROM jobs
           WHERE kind = ANY($1) AND ($2::uuid IS NULL OR created_by = $2) GROUP BY kind, status""",
        kinds,
        owner,
    )
    return {(row["kind"], row["status"]): row["n"] for row in rows}


async def failures(conn: Connection, kinds: Sequence[str], owner: UUID | None, limit: int) -> list[asyncpg.Record]:
    """The latest that failed, with the names of their businesses."""
    return await conn.fetch(
        """SELECT j.id, j.kind, j.error, j.attempt, j.max_attempts, j.completed_at, b.id AS business_id,
                  b.name AS business_name
           FROM jobs AS j LEFT JOIN businesses AS b ON b.id = (j.data ->> 'businessId')::uuid
           WHERE j.kind = ANY($1) AND j.status = 'failed' AND ($2::uuid IS NULL OR j.created_by = $2)
           ORDER BY j.id DESC LIMIT $3""",
        kinds,
        owner,
        limit,
    )
