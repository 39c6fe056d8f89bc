"""Records of uploaded files. The files themselves are in `app.storage.uploads`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pool import Connection

KEPT_DAYS = 7
"""How long the file of a failed or cancelled job is kept for a retry."""
MAX_STALE_PER_CLEANUP = 100


@dataclass(frozen=True, slots=True)
class StoredUpload:
    id: UUID
    name: str
    layout: dict[str, Any]
    """See `app.domain.imports.layout`."""


async def insert(
    conn: Connection, upload_id: UUID, name: str, size: int, sha256: bytes, layout: Mapping[str, Any], user_id: UUID
) -> None:
    """Insert an upload; `size` is in bytes, decompressed."""
    await conn.execute(
        "INSERT INTO uploads (id, name, size_bytes, sha256, layout, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
        upload_id,
        name,
        size,
        sha256,
        orjson.dumps(layout).decode(),
        user_id,
    )


async def find_for_job(conn: Connection, upload_id: UUID, job_id: UUID) -> StoredUpload | None:
    """Return the upload; None if it does not exist, or the user who created the job did not upload it."""
    row = await conn.fetchrow(
        """SELECT u.id, u.name, u.layout FROM uploads AS u JOIN jobs AS j USING (created_by)
           WHERE u.id = $1 AND j.id = $2""",
        upload_id,
        job_id,
    )
    return StoredUpload(row["id"], row["name"], orjson.loads(row["layout"])) if row else None


async def is_needed_by_others(conn: Connection, upload_id: UUID, job_id: UUID) -> bool:
    """Whether a job other than this one still needs the file."""
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT FROM jobs AS j JOIN uploads AS u ON u.id = $1 AND j.created_by = u.created_by
                              WHERE j.id <> $2 AND j.id >= u.id AND j.status <> 'completed'
                                AND j.data ->> 'uploadId' = $1::text)""",
            upload_id,
            job_id,
        )
    )


async def mark_removed(conn: Connection, upload_id: UUID) -> None:
    """Note that the file is no longer in the storage."""
    await conn.execute("UPDATE uploads SET removed_at = now() WHERE id = $1", upload_id)


async def list_stale(conn: Connection) -> list[UUID]:
    """Return uploads older than KEPT_DAYS that no active job needs, at most MAX_STALE_PER_CLEANUP."""
    rows = await conn.fetch(
        """SELECT id FROM uploads AS u
           WHERE removed_at IS NULL AND created_at < now() - make_interval(days => $1)
             AND NOT EXISTS (SELECT FROM jobs AS j
                             WHERE j.created_by = u.created_by AND j.id >= u.id
                               AND j.status IN ('pending', 'processing') AND j.data ->> 'uploadId' = u.id::text)
           LIMIT $2""",
        KEPT_DAYS,
        MAX_STALE_PER_CLEANUP,
    )
    return [row["id"] for row in rows]


async def select_orphaned(conn: Connection, file_ids: Sequence[UUID]) -> list[UUID]:
    """Return the stored files older than KEPT_DAYS without an upload: their request died before it was done."""
    known = {row["id"] for row in await conn.fetch("SELECT id FROM uploads WHERE id = ANY($1)", file_ids)}
    oldest = oldest_kept_id()
    return [file_id for file_id in file_ids if file_id not in known and file_id < oldest]


def oldest_kept_id() -> UUID:
    """Return the least UUIDv7 of KEPT_DAYS ago: the id begins with its milliseconds."""
    return UUID(int=(time.time_ns() // 1_000_000 - KEPT_DAYS * 86_400_000) << 80)


async def delete(conn: Connection, upload_id: UUID) -> None:
    """Delete an upload of which no job was created."""
    await conn.execute("DELETE FROM uploads WHERE id = $1", upload_id)
