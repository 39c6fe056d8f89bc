"""Cities: their slugs, names and bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.db.core.conditions import Conditions
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.cities import City

COLUMNS = "id, slug, name, country, population, south, west, north, east, source, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class StoredCity:
    """A row of `cities`. `country` is ISO 3166-1 alpha-2 in upper case."""

    id: int
    slug: str
    name: str
    country: str | None
    population: int | None
    south: float
    west: float
    north: float
    east: float
    source: str
    created_at: datetime
    updated_at: datetime
    is_new: bool = False
    """Whether an upsert inserted it."""

    @property
    def bounds(self) -> Bounds:
        """The bounding box of the city."""
        return Bounds(self.south, self.west, self.north, self.east)


async def get(conn: Connection, slug: str) -> StoredCity | None:
    """Return the city with that slug, None if it is not stored."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM cities WHERE slug = $1", slug)
    return StoredCity(**row) if row else None


async def list_page(
    conn: Connection, *, search: str | None = None, after: str | None = None, limit: int, offset: int = 0
) -> Page[StoredCity]:
    """Return a page of the cities whose slug or name contains `search`, ordered by slug, starting after a slug."""
    where = Conditions()
    if search:
        where.add("strpos(slug, lower({0})) > 0 OR strpos(lower(name), lower({0})) > 0", search)
    total = await count_or_estimate(conn, f"SELECT FROM cities WHERE {where}", where.args)
    where.add_if_given("slug > {}::text", after)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM cities WHERE {where}
            ORDER BY slug LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return Page.of([StoredCity(**row) for row in rows], limit, total)


UPSERT = f"""
INSERT INTO cities (slug, name, country, population, south, west, north, east, source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (slug) DO UPDATE SET name = excluded.name, country = excluded.country, population = excluded.population,
    south = excluded.south, west = excluded.west, north = excluded.north, east = excluded.east,
    source = excluded.source, updated_at = now()
RETURNING {COLUMNS}, xmax = 0 AS is_new
"""


async def upsert(conn: Connection, city: City) -> StoredCity:
    """Store a city, replacing the one with the same slug, and return its row; `is_new` if it was inserted."""
    row: asyncpg.Record | None = await conn.fetchrow(
        UPSERT,
        city.slug,
        city.name,
        city.country,
        city.population,
        city.bounds.south,
        city.bounds.west,
        city.bounds.north,
        city.bounds.east,
        city.source,
    )
    assert row is not None
    return StoredCity(**row)


async def delete(conn: Connection, slug: str) -> bool:
    """Delete a city and return whether it was stored. Its regions and cells stay, without a city."""
    city_id = await conn.fetchval("DELETE FROM cities WHERE slug = $1 RETURNING id", slug)
    return city_id is not None
