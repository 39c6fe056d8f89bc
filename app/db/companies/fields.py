"""Facts about companies, each as one source states it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pool import Connection
from app.domain.companies.kinds import ENRICHMENT_SOURCES
from app.domain.text.json_guard import load_stored
from app.domain.text.storable import storable


@dataclass(frozen=True, slots=True)
class CompanyField:
    """A fact about a company from one source."""

    company_id: UUID
    field: str
    source: str
    value: Any
    """Any JSON value."""
    url: str | None
    """Where the source states it."""
    fetched_at: datetime


async def replace_fields(
    conn: Connection, company_id: UUID, source: str, fields: Mapping[str, Any], url: str | None, fetched_at: datetime
) -> None:
    """Replace all fields of a company from one source."""
    await conn.execute("DELETE FROM company_fields WHERE company_id = $1 AND source = $2", company_id, source)
    await conn.execute(
        """INSERT INTO company_fields (company_id, field, source, value, url, fetched_at)
           SELECT $1, field, $2, value, $5, $6 FROM unnest($3::text[], $4::jsonb[]) AS new (field, value)""",
        company_id,
        source,
        list(fields),
        [storable(orjson.dumps(value, default=str).decode().replace(r"\u0000", "")) for value in fields.values()],
        url,
        fetched_at,
    )


async def list_fields(conn: Connection, company_ids: Sequence[UUID]) -> dict[UUID, list[CompanyField]]:
    """Return all fields by company id, sorted by field; of each field the most trusted source comes first."""
    rows = await conn.fetch(
        """SELECT company_id, field, source, value, url, fetched_at FROM company_fields WHERE company_id = ANY($1)
           ORDER BY company_id, field, coalesce(array_position($2::text[], source), 99), source""",
        company_ids,
        list(ENRICHMENT_SOURCES),
    )
    fields: dict[UUID, list[CompanyField]] = {}
    for row in rows:
        field = CompanyField(**{**row, "value": load_stored(row["value"])})
        fields.setdefault(field.company_id, []).append(field)
    return fields
