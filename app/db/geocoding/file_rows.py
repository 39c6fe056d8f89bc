"""The rows of geocoded files, in their order: the output of geocode_file jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.core.pool import Connection
from app.domain.text.storable import storable

COLUMNS = """row, line, beyond, latitude, longitude, accuracy, confidence, provider, matched_address,
expected_error_metres, error"""


@dataclass(frozen=True, slots=True)
class GeocodedRow:
    """A row of the file with its coordinates in degrees; `error` says why it has none, or what was left out of its
    address.
    """

    row: int
    """Number of the row in the file, from 1."""
    line: str
    """The cells under the header as CSV."""
    beyond: str | None
    """Cells beyond the header's columns as CSV."""
    latitude: float | None = None
    longitude: float | None = None
    accuracy: str | None = None
    confidence: float | None = None
    provider: str | None = None
    matched_address: str | None = None
    expected_error_metres: float | None = None
    error: str | None = None


async def insert(conn: Connection, job_id: UUID, rows: Sequence[GeocodedRow]) -> None:
    """Store rows of a job's output, each once."""
    await conn.execute(
        f"""INSERT INTO geocoded_rows (job_id, {COLUMNS})
            SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::text[],
                                     $8::float8[], $9::text[], $10::text[], $11::float8[], $12::text[])""",
        job_id,
        [row.row for row in rows],
        [storable(row.line) for row in rows],
        [row.beyond and storable(row.beyond) for row in rows],
        [row.latitude for row in rows],
        [row.longitude for row in rows],
        [row.accuracy for row in rows],
        [row.confidence for row in rows],
        [row.provider for row in rows],
        [row.matched_address and storable(row.matched_address) for row in rows],
        [row.expected_error_metres for row in rows],
        [row.error and storable(row.error) for row in rows],
    )


async def delete_all(conn: Connection, job_id: UUID) -> None:
    """Delete all rows of a job's output, before the job starts over."""
    await conn.execute("DELETE FROM geocoded_rows WHERE job_id = $1", job_id)


async def list_after(conn: Connection, job_id: UUID, row: int | None, limit: int) -> list[GeocodedRow]:
    """Return the next rows of a job's output after the given row number, None for the first ones."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM geocoded_rows WHERE job_id = $1 AND row > $2 ORDER BY row LIMIT $3",
        job_id,
        row or 0,
        limit,
    )
    return [GeocodedRow(**found) for found in rows]
