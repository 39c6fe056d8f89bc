"""Mappings of columns that users have saved, each under a name of its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection

COLUMNS = "id, name, kind, mapping::text, date_order, columns, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class SavedMapping:
    id: UUID
    name: str
    kind: str
    """The kind of job, or `households` or `companies`, for whose files it is."""
    mapping: dict[str, Any]
    """As requests send it."""
    date_order: str | None
    columns: list[str]
    """Canonical names of the columns of the files that it fits, sorted."""
    created_at: datetime
    updated_at: datetime


async def upsert(
    conn: Connection,
    user_id: UUID,
    name: str,
    kind: str,
    mapping: dict[str, Any],
    date_order: str | None,
    columns: Sequence[str],
) -> tuple[SavedMapping, bool]:
    """Insert the mapping, or replace the user's of this name. Returns it, and whether it is new."""
    row = await conn.fetchrow(
        f"""INSERT INTO column_mappings (id, user_id, name, kind, mapping, date_order, columns)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (user_id, name) DO UPDATE SET kind = excluded.kind, mapping = excluded.mapping,
                date_order = excluded.date_order, columns = excluded.columns, updated_at = now()
            RETURNING {COLUMNS}, xmax = 0 AS is_new""",
        uuid7(),
        user_id,
        name,
        kind,
        orjson.dumps(mapping).decode(),
        date_order,
        sorted(columns),
    )
    assert row is not None
    values = dict(row)
    is_new: bool = values.pop("is_new")
    return _saved(values), is_new


async def list_mappings(conn: Connection, user_id: UUID, kind: str | None = None) -> list[SavedMapping]:
    """Return the user's mappings for a kind of file, or all of them (None), those that were saved last first."""
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM column_mappings WHERE user_id = $1 AND ($2::text IS NULL OR kind = $2)
            ORDER BY updated_at DESC, id DESC""",
        user_id,
        kind,
    )
    return [_saved(dict(row)) for row in rows]


async def find(conn: Connection, user_id: UUID, name: str) -> SavedMapping | None:
    """Return the user's mapping of this name."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM column_mappings WHERE user_id = $1 AND name = $2", user_id, name)
    return None if row is None else _saved(dict(row))


async def delete(conn: Connection, mapping_id: UUID, user_id: UUID) -> bool:
    """Delete a mapping of the user. Returns False if the user has no such mapping."""
    done: str = await conn.execute("DELETE FROM column_mappings WHERE id = $1 AND user_id = $2", mapping_id, user_id)
    return done == "DELETE 1"


async def lock_and_count(conn: Connection, user_id: UUID) -> int:
    """Return how many mappings the user has, and let no other transaction count them until this one ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"mappings of {user_id}")
    count: int = await conn.fetchval("SELECT count(*) FROM column_mappings WHERE user_id = $1", user_id)
    return count


def _saved(values: dict[str, Any]) -> SavedMapping:
    return SavedMapping(**{**values, "mapping": orjson.loads(values["mapping"])})
