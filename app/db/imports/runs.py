"""Runs of imports: which file brought the records of a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS

_COLUMNS = """run, job_id, kind, source, place, columns, file_name, created_by, started_at, inserted, updated,
completed_at, undone_at, forgotten_at"""


@dataclass(frozen=True, slots=True)
class ImportRunRecord:
    """One reading of a file. See `ImportRunTable`."""

    run: UUID
    job_id: UUID | None
    kind: str
    source: str
    place: str | None
    columns: list[str]
    file_name: str
    created_by: UUID
    started_at: datetime
    inserted: int
    updated: int
    completed_at: datetime | None
    undone_at: datetime | None
    forgotten_at: datetime | None


@dataclass(frozen=True, slots=True)
class LaterRun:
    run: UUID
    place: str | None
    columns: list[str]
    created_by: UUID
    is_complete: bool
    """Whether it read a whole file to its end. False if its job was deleted: then nobody knows."""


async def insert(
    conn: Connection, run: UUID, job_id: UUID, *, place: str | None, columns: Sequence[str], file_name: str
) -> None:
    """Insert the run of a job unless it is there already."""
    await conn.execute(
        """INSERT INTO import_runs (run, job_id, kind, source, place, columns, file_name, created_by)
           SELECT $1, id, kind, coalesce(data ->> 'source', ''), $3, $4, $5, created_by FROM jobs WHERE id = $2
           ON CONFLICT DO NOTHING""",
        run,
        job_id,
        place,
        columns,
        file_name,
    )


async def get(conn: Connection, run: UUID) -> ImportRunRecord:
    """Return the run. Raises LookupError."""
    row = await conn.fetchrow(f"SELECT {_COLUMNS} FROM import_runs WHERE run = $1", run)
    if row is None:
        raise LookupError(str(run))
    return ImportRunRecord(**row)


async def list_of_source(conn: Connection, kind: str, source: str) -> list[ImportRunRecord]:
    """Return the runs that wrote records of this source and were not undone, the newest first."""
    rows = await conn.fetch(
        f"""SELECT {_COLUMNS} FROM import_runs
            WHERE kind = $1 AND source = $2 AND undone_at IS NULL AND inserted + updated > 0 ORDER BY run DESC""",
        kind,
        source,
    )
    return [ImportRunRecord(**row) for row in rows]


async def list_later(conn: Connection, run: UUID) -> list[LaterRun]:
    """Return the runs of the same kind and source that began after this one and were not undone."""
    rows = await conn.fetch(
        f"""SELECT l.run, l.place, l.columns, l.created_by,
                  l.completed_at IS NOT NULL AND j.data -> 'part' IS NOT DISTINCT FROM 'null' AS is_complete
           FROM import_runs AS r JOIN import_runs AS l ON l.kind = r.kind AND l.source = r.source
           LEFT JOIN {ALL_JOBS} AS j ON j.id = l.job_id
           WHERE r.run = $1 AND l.run <> r.run AND l.started_at > r.started_at AND l.undone_at IS NULL""",
        run,
    )
    return [LaterRun(**row) for row in rows]


async def list_sources(conn: Connection, kind: str) -> list[str]:
    """Return the sources of which this kind of import has records, the last used first."""
    rows = await conn.fetch(
        """SELECT source FROM import_runs WHERE kind = $1 AND undone_at IS NULL AND inserted + updated > 0
           GROUP BY source ORDER BY max(started_at) DESC""",
        kind,
    )
    return [row["source"] for row in rows]


async def list_of_job(conn: Connection, job_id: UUID) -> list[ImportRunRecord]:
    """Return the runs of a job, the newest first."""
    rows = await conn.fetch(f"SELECT {_COLUMNS} FROM import_runs WHERE job_id = $1 ORDER BY run DESC", job_id)
    return [ImportRunRecord(**row) for row in rows]


async def add_counts(conn: Connection, run: UUID, *, inserted: int, updated: int) -> None:
    """Add to the counts of records that the run wrote."""
    await conn.execute(
        "UPDATE import_runs SET inserted = inserted + $2, updated = updated + $3 WHERE run = $1",
        run,
        inserted,
        updated,
    )


async def mark_completed(conn: Connection, run: UUID) -> None:
    """Note that the run has read the whole file."""
    await conn.execute("UPDATE import_runs SET completed_at = now() WHERE run = $1", run)


async def mark_undone(conn: Connection, run: UUID) -> None:
    """Note that what the run wrote is being reverted: a retry of its job begins another run."""
    await conn.execute("UPDATE import_runs SET undone_at = coalesce(undone_at, now()) WHERE run = $1", run)


async def is_undone(conn: Connection, run: UUID) -> bool:
    """Whether what the run wrote was reverted."""
    return bool(await conn.fetchval("SELECT undone_at IS NOT NULL FROM import_runs WHERE run = $1", run))


@dataclass(frozen=True, slots=True)
class UndoJob:
    """The job that undoes an import."""

    id: UUID
    status: str
    result: dict[str, Any] | None


async def find_undo_job(conn: Connection, import_job_id: UUID) -> UndoJob | None:
    """Return the newest job that undoes this import, which the caller has locked."""
    row = await conn.fetchrow(
        f"""SELECT id, status, result FROM {ALL_JOBS} AS j
           WHERE kind = 'import_undo' AND data @> jsonb_build_object('importJobId', $1::text)
           ORDER BY id DESC LIMIT 1""",
        str(import_job_id),
    )
    return UndoJob(row["id"], row["status"], row["result"] and orjson.loads(row["result"])) if row else None
