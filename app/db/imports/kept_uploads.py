"""Uploads that were sent for a preview, and are kept for a while so that jobs can be made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pages import Page, Total
from app.db.core.pool import Connection

KEPT = timedelta(days=1)
"""How long an upload is kept after it was sent."""


@dataclass(frozen=True, slots=True)
class KeptUpload:
    id: UUID
    name: str
    size_bytes: int
    sha256: bytes
    content: dict[str, Any]
    """See `app.domain.imports.content`."""
    created_at: datetime
    kept_until: datetime


COLUMNS = "id, name, size_bytes, sha256, content, created_at, kept_until"


async def insert(
    conn: Connection, upload_id: UUID, name: str, size: int, sha256: bytes, content: Mapping[str, Any], user_id: UUID
) -> KeptUpload:
    """Insert an upload and return it; `size` is in bytes, those of a kept original included."""
    row = await conn.fetchrow(
        f"""INSERT INTO uploads (id, name, size_bytes, sha256, layout, content, kept_until, created_by)
            VALUES ($1, $2, $3, $4, '{{}}', $5, now() + $6::interval, $7) RETURNING {COLUMNS}""",
        upload_id,
        name,
        size,
        sha256,
        orjson.dumps(content).decode(),
        KEPT,
        user_id,
    )
    return _to_upload(row)


async def get(conn: Connection, upload_id: UUID, user_id: UUID, *, lock: bool = False) -> KeptUpload | None:
    """Return an upload of the user; None for any other id. `lock` makes other calls with `lock` wait."""
    row = await conn.fetchrow(
        f"""SELECT {COLUMNS} FROM uploads
            WHERE id = $1 AND created_by = $2 AND kept_until > now() AND removed_at IS NULL
            {"FOR UPDATE" if lock else ""}""",
        upload_id,
        user_id,
    )
    return _to_upload(row) if row else None


async def list_kept(
    conn: Connection, user_id: UUID, *, before: UUID | None = None, limit: int, offset: int = 0
) -> Page[KeptUpload]:
    """Return a page of the user's uploads, the newest first. `before` is the last upload of the page before."""
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM uploads
            WHERE created_by = $1 AND kept_until > now() AND removed_at IS NULL AND ($2::uuid IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3 OFFSET $4""",
        user_id,
        before,
        limit + 1,
        offset,
    )
    total = await count(conn, user_id)
    return Page.of([_to_upload(row) for row in rows], limit, Total(total, is_estimate=False))


async def count(conn: Connection, user_id: UUID) -> int:
    """Return how many uploads of the user are kept."""
    total: int = await conn.fetchval(
        "SELECT count(*) FROM uploads WHERE created_by = $1 AND kept_until > now() AND removed_at IS NULL", user_id
    )
    return total


async def update_content(
    conn: Connection, upload_id: UUID, user_id: UUID, size: int, content: Mapping[str, Any]
) -> None:
    """Set what the file is, after it was converted in another way."""
    await conn.execute(
        "UPDATE uploads SET size_bytes = $3, content = $4 WHERE id = $1 AND created_by = $2",
        upload_id,
        user_id,
        size,
        orjson.dumps(content).decode(),
    )


async def expire(conn: Connection, upload_id: UUID, user_id: UUID) -> bool:
    """End the time of an upload of the user, so that it is gone for them, and removed by the next cleanup.

    Returns whether there was one. Jobs made from it have a file of their own.
    """
    expired = await conn.fetchval(
        """UPDATE uploads SET kept_until = now() - interval '1 s'
           WHERE id = $1 AND created_by = $2 AND kept_until > now() AND removed_at IS NULL RETURNING true""",
        upload_id,
        user_id,
    )
    return bool(expired)


def _to_upload(row: Any) -> KeptUpload:
    return KeptUpload(
        row["id"],
        row["name"],
        row["size_bytes"],
        row["sha256"],
        orjson.loads(row["content"]),
        row["created_at"],
        row["kept_until"],
    )
