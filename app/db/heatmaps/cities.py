"""Cities: their slugs, names and bounds."""

from __future__ import annotations

import asyncpg

from app.db.core.pool import Connection
from app.domain.heatmaps.cities import City

COLUMNS = "id, slug, name, country, population, south, west, north, east, source, created_at, updated_at"


async def get(conn: Connection, slug: str) -> asyncpg.Record | None:
    return await conn.fetchrow(f"SELECT {COLUMNS} FROM cities WHERE slug = $1", slug)


async def select(conn: Connection, *, search: str, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    """A page of those whose slug or name has the words in it, by slug, and how many there are in all."""
    where = "$1 = '' OR strpos(slug, lower($1)) > 0 OR strpos(lower(name), lower($1)) > 0"
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM cities WHERE {where} ORDER BY slug LIMIT $2 OFFSET $3", search, limit, offset
    )
    total: int = await conn.fetchval(f"SELECT count(*) FROM cities WHERE {where}", search)
    return rows, total


UPSERT = f"""
INSERT INTO cities (slug, name, country, population, south, west, north, east, source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (slug) DO UPDATE SET name = excluded.name, country = excluded.country, population = excluded.population,
    south = excluded.south, west = excluded.west, north = excluded.north, east = excluded.east,
    source = excluded.source, updated_at = now()
RETURNING {COLUMNS}, xmax = 0 AS is_new
"""


async def upsert(conn: Connection, city: City) -> asyncpg.Record:
    """The city as it is kept now; `is_new` tells whether its slug was unknown."""
    bounds = city.bounds
    row = await conn.fetchrow(
        UPSERT,
        city.slug,
        city.name,
        city.country,
        city.population,
        bounds.south,
        bounds.west,
        bounds.north,
        bounds.east,
        city.source,
    )
    assert row is not None
    return row


async def delete(conn: Connection, slug: str) -> bool:
    """Its regions and cells stay, as nobody's. Answers whether there was one."""
    city_id = await conn.fetchval("DELETE FROM cities WHERE slug = $1 RETURNING id", slug)
    return city_id is not None
