"""The audit log: who did what. An entry commits together with the change that it describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.core.conditions import Conditions
from app.db.core.notifications import PLATFORM
from app.db.core.pool import Connection
from app.domain.text.json_guard import load_stored_object


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: int
    at: datetime
    action: str
    job_id: UUID | None
    details: dict[str, Any]
    email: str | None
    """The user's, like `name`; None if the platform itself acted."""
    name: str | None


async def record(
    conn: Connection, action: str, details: Mapping[str, Any], *, user_id: UUID | None, job_id: UUID | None = None
) -> None:
    """Insert an entry and notify listeners of it on commit.

    `action` is in capitals, such as `USER_CREATED`. `user_id` is None if the platform itself acts.
    """
    await conn.execute(
        """WITH entry AS (INSERT INTO audit_log (user_id, action, job_id, details) VALUES ($1, $2, $3, $4))
           SELECT pg_notify($5, $2)""",
        user_id,
        action,
        job_id,
        orjson.dumps(details, default=str).decode(),
        PLATFORM,
    )


async def list_entries(
    conn: Connection, *, action: str | None = None, email: str | None = None, before: int | None = None, limit: int
) -> list[AuditEntry]:
    """Return entries, the newest first, of this action and this user; only those with an id below `before`."""
    where = Conditions()
    where.add_if_given("a.action = {}", action)
    where.add_if_given("u.email = {}", email)
    where.add_if_given("a.id < {}", before)
    rows = await conn.fetch(
        f"""SELECT a.id, a.at, a.action, a.job_id, a.details, u.email, u.name
            FROM audit_log AS a LEFT JOIN users AS u ON u.id = a.user_id
            WHERE {where} ORDER BY a.id DESC LIMIT {where.arg(limit)}""",
        *where.args,
    )
    return [AuditEntry(**{**row, "details": load_stored_object(row["details"])}) for row in rows]


async def list_actions(conn: Connection) -> list[str]:
    """Return the actions that occur in the log, in alphabetical order. Hops along their index: no full scan."""
    rows = await conn.fetch(
        """WITH RECURSIVE word AS (
               SELECT min(action) AS action FROM audit_log
               UNION ALL
               SELECT (SELECT min(action) FROM audit_log WHERE action > word.action) FROM word
               WHERE word.action IS NOT NULL
           )
           SELECT action FROM word WHERE action IS NOT NULL"""
    )
    return [row["action"] for row in rows]
