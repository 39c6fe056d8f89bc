"""What lies in a window of the map: single places, or where they are many how many in each cell of a grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.db.core.pool import Connection
from app.db.households.records import condition
from app.domain.households.input import HouseholdFilters

MOST_PLACES = 1000
CELLS_ACROSS = 48


@dataclass(frozen=True)
class Window:
    """In degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def cell(self) -> float:
        return max((self.east - self.west) / CELLS_ACROSS, 1e-6)


@dataclass(frozen=True)
class Layer:
    table: str
    label: str
    """An expression for what a place is called."""
    sort: str
    """An expression for what decides its colour."""
    of_job: str
    """Condition on one job's places; $1 is its id, or that of its run."""


ADDRESS = "concat_ws(', ', address, city, concat_ws(' ', state, zip_code))"
LAYERS = {
    "households": Layer("households", ADDRESS, "accuracy", ""),
    "rows": Layer("geocoded_rows", "coalesce(matched_address, line)", "accuracy", "job_id = $1"),
    "businesses": Layer("businesses", "concat_ws(', ', name, category)", "coalesce(website_status, 'not checked')", ""),
    "pois": Layer("pois", "concat_ws(', ', name, category)", "category", "run = $1"),
    "parcels": Layer("parcels", "coalesce(address, record_id)", "'parcel'::text", "run = $1"),
}


@dataclass(frozen=True)
class Part:
    """Which of a layer's places: `where` with its arguments from $1 on."""

    layer: Layer
    where: str
    args: tuple[Any, ...]


def whole(name: str) -> Part:
    return Part(LAYERS[name], "latitude IS NOT NULL", ())


def of_job(name: str, run: UUID) -> Part:
    return Part(LAYERS[name], f"{LAYERS[name].of_job} AND latitude IS NOT NULL", (run,))


def geocoded_between(filters: HouseholdFilters, since: datetime, until: datetime | None) -> Part:
    """The households that a geocoding job found; those that another has found again since are not among them."""
    where, args = condition(filters)
    n = len(args)
    return Part(
        LAYERS["households"],
        f"{where} AND latitude IS NOT NULL AND geocoded_at >= ${n + 1} AND geocoded_at <= coalesce(${n + 2}, now())",
        (*args, since, until),
    )


async def bounds(conn: Connection, part: Part) -> Window | None:
    """The smallest window with all of it; None where there is nothing."""
    row = await conn.fetchrow(
        f"""SELECT min(longitude), min(latitude), max(longitude), max(latitude)
            FROM {part.layer.table} WHERE {part.where}""",
        *part.args,
    )
    return None if row is None or row[0] is None else Window(*row)


async def places(conn: Connection, part: Part, window: Window) -> list[asyncpg.Record]:
    """(longitude, latitude, sort, label) of each; one more than MOST_PLACES where there are too many to show."""
    layer, n = part.layer, len(part.args)
    return await conn.fetch(
        f"""SELECT longitude, latitude, {layer.sort} AS sort, {layer.label} AS label FROM {layer.table}
            WHERE {part.where} AND latitude BETWEEN ${n + 1} AND ${n + 2} AND longitude BETWEEN ${n + 3} AND ${n + 4}
            LIMIT {MOST_PLACES + 1}""",
        *part.args,
        window.south,
        window.north,
        window.west,
        window.east,
    )


async def cells(conn: Connection, part: Part, window: Window) -> list[asyncpg.Record]:
    """(longitude, latitude, sort, count) of each cell that has any: the middle of its places, the sort of most."""
    layer, n = part.layer, len(part.args)
    return await conn.fetch(
        f"""SELECT avg(longitude) AS longitude, avg(latitude) AS latitude, count(*) AS count,
                   mode() WITHIN GROUP (ORDER BY {layer.sort}) AS sort
            FROM {layer.table}
            WHERE {part.where} AND latitude BETWEEN ${n + 1} AND ${n + 2} AND longitude BETWEEN ${n + 3} AND ${n + 4}
            GROUP BY floor(longitude / ${n + 5}), floor(latitude / ${n + 5})""",
        *part.args,
        window.south,
        window.north,
        window.west,
        window.east,
        window.cell,
    )
