"""Records that a run of an import has seen but not written: repeats of them in the file are duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.db.core.pool import Connection
from app.db.imports import uploads


async def insert_unseen(conn: Connection, run: UUID, records: Sequence[str]) -> set[str]:
    """Store the records that this run has not seen before, and return them."""
    rows = await conn.fetch(
        "INSERT INTO import_seen (run, record) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING RETURNING record",
        run,
        records,
    )
    return {row["record"] for row in rows}


async def delete_run(conn: Connection, run: UUID) -> None:
    """Delete the records of a run that is over, and those of runs whose files are no longer kept."""
    await conn.execute("DELETE FROM import_seen WHERE run = $1 OR run < $2", run, uploads.oldest_kept_id())
