"""Tiles of the map whose points of interest were fetched from a provider, and the points fetched with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.db.core import locks
from app.db.core.pool import Connection, Pool, connection
from app.domain.heatmaps.bounds import Bounds

Tile = tuple[int, int]
"""Row and column."""
SLOT_POLL_SECONDS = 0.5


@asynccontextmanager
async def query_slot(pool: Pool) -> AsyncIterator[None]:
    """Wait for the right to query Overpass: one query at a time over all workers.

    A worker that dies with the slot loses it together with its connection.
    """
    async with connection(pool) as conn:
        while not await locks.try_acquire_for_session(conn, locks.Lock.OVERPASS):  # noqa: ASYNC110 - held elsewhere
            await asyncio.sleep(SLOT_POLL_SECONDS)
        try:
            yield
        finally:
            # the pool drops a connection whose query was cancelled, and the lock goes with it
            if not conn.is_closed():
                await locks.release_from_session(conn, locks.Lock.OVERPASS)


async def list_fresh(conn: Connection, provider: str, max_age: timedelta) -> set[Tile]:
    """Return the tiles that were fetched within `max_age`."""
    rows = await conn.fetch(
        "SELECT row, col FROM poi_tiles WHERE provider = $1 AND fetched_at > now() - $2::interval", provider, max_age
    )
    return {(row["row"], row["col"]) for row in rows}


async def was_fetched(conn: Connection, provider: str, tile: Tile) -> bool:
    """Return whether a tile was ever fetched, however long ago."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM poi_tiles WHERE provider = $1 AND row = $2 AND col = $3)", provider, *tile
        )
    )


@dataclass(frozen=True, slots=True)
class FetchedPoi:
    """A point of interest from a provider; `tags` is JSON text."""

    record_id: str
    name: str | None
    category: str
    latitude: float
    longitude: float
    tags: str


UPSERT = """
INSERT INTO pois AS p (source, record_id, name, category, latitude, longitude, extra, row_hash, run)
SELECT $1, record_id, name, category, latitude, longitude, extra, md5(i::text)::uuid, $2
FROM unnest($3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::jsonb[])
    AS i (record_id, name, category, latitude, longitude, extra)
ON CONFLICT (source, record_id) DO UPDATE
    SET name = excluded.name, category = excluded.category, latitude = excluded.latitude,
        longitude = excluded.longitude, extra = excluded.extra, row_hash = excluded.row_hash, run = excluded.run,
        updated_at = CASE WHEN p.row_hash = excluded.row_hash THEN p.updated_at ELSE now() END
"""


async def replace(
    conn: Connection, provider: str, tile: Tile, bounds: Bounds, run: UUID, pois: Sequence[FetchedPoi]
) -> None:
    """Replace the provider's points inside a tile by `pois`, and note the time. Must run in a transaction.

    `run` identifies this fetch: points of the provider in the tile with another one are deleted.
    """
    await conn.execute(
        UPSERT,
        provider,
        run,
        [poi.record_id for poi in pois],
        [poi.name for poi in pois],
        [poi.category for poi in pois],
        [poi.latitude for poi in pois],
        [poi.longitude for poi in pois],
        [poi.tags for poi in pois],
    )
    await conn.execute(
        """DELETE FROM pois WHERE source = $1 AND run <> $2
           AND latitude >= $3 AND latitude < $4 AND longitude >= $5 AND longitude < $6""",
        provider,
        run,
        bounds.south,
        bounds.north,
        bounds.west,
        bounds.east,
    )
    await conn.execute(
        """INSERT INTO poi_tiles (provider, row, col, pois) VALUES ($1, $2, $3, $4)
           ON CONFLICT (provider, row, col) DO UPDATE SET pois = excluded.pois, fetched_at = now()""",
        provider,
        *tile,
        len(pois),
    )
