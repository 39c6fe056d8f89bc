"""Records of uploaded files. The files themselves are in `app.storage.uploads`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS

KEPT_DAYS = 7
"""How long the file of a failed or cancelled job is kept for a retry."""
KEPT_WITHOUT_JOB = timedelta(minutes=10)
"""How long a file is kept whose jobs are completed or deleted. Its request may not have created them yet."""
MAX_STALE_PER_CLEANUP = 100


@dataclass(frozen=True, slots=True)
class StoredUpload:
    id: UUID
    name: str
    layout: dict[str, Any]
    """See `app.domain.imports.layout`."""


async def insert(
    conn: Connection,
    upload_id: UUID,
    name: str,
    size: int,
    sha256: bytes,
    layout: Mapping[str, Any],
    user_id: UUID,
    source_id: UUID | None = None,
) -> None:
    """Insert an upload; `size` is in bytes, decompressed. `source_id` is the upload whose file it shares."""
    await conn.execute(
        """INSERT INTO uploads (id, name, size_bytes, sha256, layout, created_by, source_id)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        upload_id,
        name,
        size,
        sha256,
        orjson.dumps(layout).decode(),
        user_id,
        source_id,
    )


FIRST_JOB_ID = """
(lpad(to_hex(floor(extract(epoch FROM u.created_at - interval '1 h') * 1000)::bigint), 12, '0')
 || repeat('0', 20))::uuid
"""
"""A bound for the index: jobs of upload `u` are younger. Both times are the server's; the id of an upload has that
of an API host. The hour is for jobs of earlier versions, whose ids had that as well."""


async def find_for_job(conn: Connection, upload_id: UUID, job_id: UUID) -> StoredUpload | None:
    """Return the upload; None if it does not exist, or the user who created the job did not upload it."""
    row = await conn.fetchrow(
        f"""SELECT u.id, u.name, u.layout FROM uploads AS u JOIN {ALL_JOBS} AS j USING (created_by)
           WHERE u.id = $1 AND j.id = $2""",
        upload_id,
        job_id,
    )
    return StoredUpload(row["id"], row["name"], orjson.loads(row["layout"])) if row else None


async def is_needed_by_others(conn: Connection, upload_id: UUID, job_id: UUID) -> bool:
    """Whether a job other than this one still needs the file."""
    return bool(
        await conn.fetchval(
            f"""SELECT EXISTS (SELECT FROM jobs AS j JOIN uploads AS u ON u.id = $1 AND j.created_by = u.created_by
                              WHERE j.id <> $2 AND j.id >= {FIRST_JOB_ID} AND j.status <> 'completed'
                                AND j.data ->> 'uploadId' = $1::text)""",
            upload_id,
            job_id,
        )
    )


async def mark_removed(conn: Connection, upload_id: UUID) -> None:
    """Note that the file is no longer in the storage."""
    await conn.execute("UPDATE uploads SET removed_at = now() WHERE id = $1", upload_id)


async def lock_stored(conn: Connection, upload_id: UUID) -> bool:
    """Lock an upload whose file is in the storage. Returns False for one without it, or that is locked already."""
    query = "SELECT true FROM uploads WHERE id = $1 AND removed_at IS NULL FOR UPDATE SKIP LOCKED"
    return bool(await conn.fetchval(query, upload_id))


async def forget(conn: Connection, upload_id: UUID) -> None:
    """Note that the file is no longer in the storage. Of one that was sent for a preview nothing is kept: its jobs
    have uploads of their own."""
    await conn.execute("DELETE FROM uploads WHERE id = $1 AND kept_until IS NOT NULL", upload_id)
    await mark_removed(conn, upload_id)


async def list_stale(conn: Connection, user_id: UUID | None = None) -> list[UUID]:
    """Return uploads that no active job needs, at most MAX_STALE_PER_CLEANUP, of one user or of all.

    Files of failed and cancelled jobs are kept for KEPT_DAYS, so that the jobs can be retried. Those of which no job is
    left are stale after KEPT_WITHOUT_JOB, and those that were sent for a preview when their time is over.
    """
    rows = await conn.fetch(
        f"""SELECT u.id FROM uploads AS u CROSS JOIN LATERAL (
               SELECT bool_or(j.status IN ('pending', 'processing')) AS active,
                      bool_or(j.status IN ('failed', 'cancelled')) AS retryable
               FROM jobs AS j WHERE j.created_by = u.created_by AND j.id >= {FIRST_JOB_ID}
                                    AND j.data ->> 'uploadId' = u.id::text
           ) AS needed
           WHERE u.removed_at IS NULL AND ($1::uuid IS NULL OR u.created_by = $1) AND needed.active IS NOT TRUE
             AND CASE WHEN u.kept_until IS NOT NULL THEN u.kept_until < now()
                      WHEN needed.retryable THEN u.created_at < now() - make_interval(days => $2)
                      ELSE u.created_at < now() - $3::interval END
           LIMIT $4""",
        user_id,
        KEPT_DAYS,
        KEPT_WITHOUT_JOB,
        MAX_STALE_PER_CLEANUP,
    )
    return [row["id"] for row in rows]


async def lock_user(conn: Connection, user_id: UUID) -> None:
    """Until the transaction ends, others that call this for the user wait."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"uploads of {user_id}")


async def count_stored_bytes(conn: Connection, user_id: UUID) -> int:
    """Return how many bytes the stored uploads of the user take, unpacked. Those that share a file count once."""
    total: int = await conn.fetchval(
        """SELECT coalesce(sum(bytes), 0)::bigint FROM (
               SELECT max(size_bytes) AS bytes FROM uploads WHERE created_by = $1 AND removed_at IS NULL
               GROUP BY coalesce(source_id, id)
           ) AS files""",
        user_id,
    )
    return total


async def select_orphaned(conn: Connection, file_ids: Sequence[UUID]) -> list[UUID]:
    """Return the stored files older than KEPT_DAYS without an upload: their request died before it was done."""
    known = {row["id"] for row in await conn.fetch("SELECT id FROM uploads WHERE id = ANY($1)", file_ids)}
    oldest = oldest_id(KEPT_DAYS)
    return [file_id for file_id in file_ids if file_id not in known and file_id < oldest]


def oldest_id(days: float) -> UUID:
    """Return the least UUIDv7 of this many days ago: the id begins with its milliseconds.

    The ids of files have the time of an API host, and this is the worker's. Clocks would have to differ by days for a
    file to be taken for an old one while its request is in progress.
    """
    return UUID(int=(time.time_ns() // 1_000_000 - round(days * 86_400_000)) << 80)


async def delete(conn: Connection, upload_id: UUID) -> None:
    """Delete an upload of which no job was created."""
    await conn.execute("DELETE FROM uploads WHERE id = $1", upload_id)
