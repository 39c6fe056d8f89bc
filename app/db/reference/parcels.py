"""Imported parcels as reference data: those with an address and coordinates."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.core.pool import Connection


@dataclass(frozen=True, slots=True)
class ParcelAddress:
    """A parcel's address, as it was imported, and the centroid of its outline in degrees."""

    record_id: str
    address: str
    city: str
    state: str
    zip_code: str
    latitude: float
    longitude: float


async def list_addresses(conn: Connection, source: str, after: str, limit: int) -> list[ParcelAddress]:
    """Return the next parcels of a source that were not retired, by id."""
    rows = await conn.fetch(
        """SELECT record_id, address, coalesce(city, '') AS city, coalesce(state, '') AS state,
                  coalesce(zip_code, '') AS zip_code, latitude, longitude
           FROM parcels
           WHERE source = $1 AND record_id > $2 AND retired_at IS NULL AND address IS NOT NULL AND latitude IS NOT NULL
           ORDER BY record_id LIMIT $3""",
        source,
        after,
        limit,
    )
    return [ParcelAddress(**row) for row in rows]


async def list_not_indexed(conn: Connection) -> list[str]:
    """Return the sources of parcels that are no reference data yet."""
    rows = await conn.fetch(
        """SELECT DISTINCT r.source FROM import_runs AS r
           WHERE r.kind = 'parcel_import' AND r.completed_at IS NOT NULL AND r.undone_at IS NULL AND NOT EXISTS (
               SELECT FROM reference_sources AS s
               WHERE s.kind = 'parcels' AND s.status = 'ready' AND s.name = $1 || r.source
           )""",
        NAME_PREFIX,
    )
    return [row["source"] for row in rows]


NAME_PREFIX = "parcels of "
"""Of the names of such reference data, before the source of the parcels."""
