"""Previous values of records that imports changed: kept for a while, so that an import can be undone."""

from __future__ import annotations

from datetime import timedelta

from app.db.core.pool import Connection

KEPT = timedelta(days=30)
"""How long an import can be undone that changed records; one that only inserted some can be undone at any time."""


async def delete_old(conn: Connection) -> None:
    """Delete the previous values that runs older than KEPT replaced, and note that with the runs."""
    await conn.execute(
        """WITH old AS (
               UPDATE import_runs SET forgotten_at = now()
               WHERE started_at < now() - $1::interval AND forgotten_at IS NULL RETURNING run
           )
           DELETE FROM import_changes WHERE run IN (SELECT run FROM old)""",
        KEPT,
    )
