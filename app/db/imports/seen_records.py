"""Records that a run of an import has seen but not written: repeats of them in the file are duplicates.

They are kept with a run that is over where nothing else tells that it had them, so that no earlier run is undone with
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports import changes, uploads


async def insert_unseen(conn: Connection, run: UUID, records: Sequence[str]) -> set[str]:
    """Store the records that this run has not seen before, and return them."""
    rows = await conn.fetch(
        "INSERT INTO import_seen (run, record) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING RETURNING record",
        run,
        records,
    )
    return {row["record"] for row in rows}


async def delete_run(conn: Connection, run: UUID) -> None:
    """Delete the records of a run that is over."""
    await conn.execute("DELETE FROM import_seen WHERE run = $1", run)


async def delete_old(conn: Connection) -> None:
    """Delete the records of runs before which nothing can be undone any more."""
    await conn.execute("DELETE FROM import_seen WHERE run < $1", uploads.oldest_id(changes.KEPT.days))
