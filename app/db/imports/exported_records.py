"""Pages of parcels and points of interest, for downloads of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.db.core.pool import Connection

RecordTable = Literal["parcels", "pois"]
Key = tuple[str, str]
"""Source and record id."""


@dataclass(frozen=True, slots=True)
class RecordFilter:
    source: str | None
    """Only records of this source; None for all."""
    retired: bool
    """Whether retired records are included."""


async def list_records(
    conn: Connection, table: RecordTable, columns: Sequence[str], chosen: RecordFilter, after: Key | None, limit: int
) -> list[tuple[Any, ...]]:
    """Return the next records in the order of source and id, as the values of the columns."""
    source, record_id = after or ("", "")
    rows = await conn.fetch(
        f"""SELECT {", ".join(columns)} FROM {table}
            WHERE (source, record_id) > ($1, $2) AND ($3::text IS NULL OR source = $3)
              AND ($4 OR retired_at IS NULL)
            ORDER BY source, record_id LIMIT $5""",
        source,
        record_id,
        chosen.source,
        chosen.retired,
        limit,
    )
    return [tuple(row) for row in rows]
