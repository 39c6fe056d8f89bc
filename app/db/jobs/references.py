"""Which of the records that jobs name exist."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType
from uuid import UUID

from app.db.core.pool import Connection
from app.domain.jobs.spec import RecordType

_QUERIES = MappingProxyType(
    {
        RecordType.BUSINESS: "SELECT id::text FROM businesses WHERE id = ANY($1::text[]::uuid[])",
        RecordType.CITY: "SELECT slug FROM cities WHERE slug = ANY($1)",
        RecordType.COMPANY: "SELECT id::text FROM companies WHERE id = ANY($1::text[]::uuid[])",
    }
)
"""These records are common to all users."""


async def find_existing(conn: Connection, type_: RecordType, ids: Collection[str], user_id: UUID) -> set[str]:
    """Return those of the ids of which there is a record that the user may use."""
    if type_ is RecordType.UPLOAD:
        query = """SELECT id::text FROM uploads
                   WHERE id = ANY($1::text[]::uuid[]) AND created_by = $2 AND kept_until IS NULL"""
        rows = await conn.fetch(query, list(ids), user_id)
    else:
        rows = await conn.fetch(_QUERIES[type_], list(ids))
    return {row[0] for row in rows}
