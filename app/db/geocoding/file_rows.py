"""The rows of files that were geocoded, in their order: what the output of such a job is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record

from app.db.core.pool import Connection, Pool
from app.domain.geocoding.model import Place
from app.domain.text.storable import storable

PAGE = 2000


@dataclass(frozen=True, slots=True)
class GeocodedRow:
    """A row that got a place, or an error instead."""

    row: int
    line: str
    beyond: str | None
    place: Place | None
    error: str | None


async def insert(conn: Connection, job_id: UUID, rows: Sequence[GeocodedRow]) -> None:
    places = [one.place for one in rows]
    await conn.execute(
        """INSERT INTO geocoded_rows (job_id, row, line, beyond, latitude, longitude, accuracy, confidence, provider,
                                      matched_address, error)
           SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::text[],
                                    $8::float8[], $9::text[], $10::text[], $11::text[])""",
        job_id,
        [one.row for one in rows],
        [storable(one.line) for one in rows],
        [one.beyond and storable(one.beyond) for one in rows],
        [place and place.latitude for place in places],
        [place and place.longitude for place in places],
        [place and place.accuracy for place in places],
        [place and place.confidence for place in places],
        [place and place.provider for place in places],
        [place and storable(place.matched_address) for place in places],
        [one.error and storable(one.error) for one in rows],
    )


async def clear(conn: Connection, job_id: UUID) -> None:
    """A job that begins anew begins with none."""
    await conn.execute("DELETE FROM geocoded_rows WHERE job_id = $1", job_id)


async def pages(pool: Pool, job_id: UUID) -> AsyncIterator[list[Record]]:
    """All rows of a job. No connection is held while somebody downloads slowly."""
    after = 0
    while True:
        async with pool.acquire() as conn:
            rows = await conn.fetch(
                """SELECT row, line, beyond, latitude, longitude, accuracy, confidence, provider, matched_address, error
                   FROM geocoded_rows WHERE job_id = $1 AND row > $2 ORDER BY row LIMIT $3""",
                job_id,
                after,
                PAGE,
            )
        if not rows:
            return
        yield rows
        after = rows[-1]["row"]
