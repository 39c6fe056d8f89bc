"""The audit log: who did what. An entry commits or vanishes with what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from app.db.pool import Connection


async def record(
    conn: Connection, action: str, details: Mapping[str, Any], *, user_id: UUID | None, job_id: UUID | None = None
) -> None:
    """`action` in capitals, such as `USER_CREATED`; `user_id` is null for the platform itself."""
    await conn.execute(
        "INSERT INTO audit_log (user_id, action, job_id, details) VALUES ($1, $2, $3, $4)",
        user_id,
        action,
        job_id,
        orjson.dumps(details, default=str).decode(),
    )
