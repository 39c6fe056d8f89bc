"""What is known of uploaded files; the files themselves are in `app.storage.uploads`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pool import Connection

KEPT_DAYS = 7
"""A file whose jobs failed or were cancelled stays this long, for a retry."""


@dataclass(frozen=True)
class Upload:
    id: UUID
    name: str
    layout: dict[str, Any]


async def insert(
    conn: Connection, upload_id: UUID, name: str, size: int, sha256: bytes, layout: Mapping[str, Any], user_id: UUID
) -> None:
    await conn.execute(
        "INSERT INTO uploads (id, name, size_bytes, sha256, layout, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
        upload_id,
        name,
        size,
        sha256,
        orjson.dumps(layout).decode(),
        user_id,
    )


async def get(conn: Connection, upload_id: UUID, job_id: UUID) -> Upload | None:
    """The upload of a job; None where it is not of the job's own maker."""
    row = await conn.fetchrow(
        """SELECT u.id, u.name, u.layout FROM uploads AS u JOIN jobs AS j USING (created_by)
           WHERE u.id = $1 AND j.id = $2""",
        upload_id,
        job_id,
    )
    return Upload(row["id"], row["name"], orjson.loads(row["layout"])) if row else None


async def needed(conn: Connection, upload_id: UUID, job_id: UUID) -> bool:
    """Whether a job beside this one still wants the file."""
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT FROM jobs AS j JOIN uploads AS u ON u.id = $1 AND j.created_by = u.created_by
                              WHERE j.id <> $2 AND j.id >= u.id AND j.status <> 'completed'
                                AND j.data ->> 'uploadId' = $1::text)""",
            upload_id,
            job_id,
        )
    )


async def note_removed(conn: Connection, upload_id: UUID) -> None:
    await conn.execute("UPDATE uploads SET removed_at = now() WHERE id = $1", upload_id)


async def stale(conn: Connection) -> list[UUID]:
    """Files that nobody wants any more: of jobs that ended otherwise than well, days ago."""
    rows = await conn.fetch(
        """SELECT id FROM uploads AS u
           WHERE removed_at IS NULL AND created_at < now() - make_interval(days => $1)
             AND NOT EXISTS (SELECT FROM jobs AS j
                             WHERE j.created_by = u.created_by AND j.id >= u.id
                               AND j.status IN ('pending', 'processing') AND j.data ->> 'uploadId' = u.id::text)
           LIMIT 100""",
        KEPT_DAYS,
    )
    return [row["id"] for row in rows]


async def unknown(conn: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Files that were never noted, days old: of uploads whose process died before they were through."""
    known = {row["id"] for row in await conn.fetch("SELECT id FROM uploads WHERE id = ANY($1)", ids)}
    return [one for one in ids if one not in known and one < long_ago()]


def long_ago() -> UUID:
    """The least id of KEPT_DAYS ago: a UUIDv7 begins with its milliseconds."""
    return UUID(int=(time.time_ns() // 1_000_000 - KEPT_DAYS * 86_400_000) << 80)


async def delete(conn: Connection, upload_id: UUID) -> None:
    """Forget an upload that no job came of."""
    await conn.execute("DELETE FROM uploads WHERE id = $1", upload_id)
