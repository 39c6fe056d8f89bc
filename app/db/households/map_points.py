"""Points in a window of the map: single points, or clusters if there are too many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.core.pool import Connection
from app.db.households.filters import conditions
from app.domain.households.filters import HouseholdFilters

MAX_POINTS = 1000
CLUSTERS_ACROSS = 48


@dataclass(frozen=True, slots=True)
class MapWindow:
    """The visible part of the map in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def cluster_degrees(self) -> float:
        """Side of a cluster's cell."""
        return max((self.east - self.west) / CLUSTERS_ACROSS, 1e-6)


@dataclass(frozen=True, slots=True)
class Layer:
    """A table with points, as SQL fragments."""

    table: str
    label: str
    """Expression for the name of a point."""
    sort: str
    """Expression for the value that decides its colour."""
    of_job: str
    """Condition on the points of one job; $1 is the job's id, or that of its import run."""


ADDRESS = "concat_ws(', ', address, city, concat_ws(' ', state, zip_code))"
LAYERS = {
    "households": Layer("households", ADDRESS, "accuracy", ""),
    "rows": Layer("geocoded_rows", "coalesce(matched_address, line)", "accuracy", "job_id = $1"),
    "businesses": Layer("businesses", "concat_ws(', ', name, category)", "coalesce(website_status, 'not checked')", ""),
    "pois": Layer("pois", "concat_ws(', ', name, category)", "category", "run = $1"),
    "parcels": Layer("parcels", "coalesce(address, record_id)", "'parcel'::text", "run = $1"),
}


WITH_RETIRED = ("households", "pois", "parcels")
"""Layers of which imports retire points; these are not shown."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Some points of a layer: the condition `where` with its arguments from $1 on."""

    layer: Layer
    where: str
    args: tuple[Any, ...]


def select_all(layer: str) -> Selection:
    """Select all points of a layer."""
    shown = " AND retired_at IS NULL" if layer in WITH_RETIRED else ""
    return Selection(LAYERS[layer], f"latitude IS NOT NULL{shown}", ())


def select_of_job(layer: str, job_or_run_id: UUID) -> Selection:
    """Select the points of one job or import run."""
    return Selection(LAYERS[layer], f"{LAYERS[layer].of_job} AND latitude IS NOT NULL", (job_or_run_id,))


def select_geocoded_between(filters: HouseholdFilters, since: datetime, until: datetime | None) -> Selection:
    """Select the households that a geocoding job found, except those that a later job geocoded again."""
    where = conditions(filters)
    where.add("latitude IS NOT NULL")
    where.add("geocoded_at >= {}", since)
    where.add("geocoded_at <= coalesce({}, now())", until)
    return Selection(LAYERS["households"], str(where), tuple(where.args))


async def get_extent(conn: Connection, selection: Selection) -> MapWindow | None:
    """Return the smallest window that contains the whole selection, None if it is empty."""
    row = await conn.fetchrow(
        f"""SELECT min(longitude), min(latitude), max(longitude), max(latitude)
            FROM {selection.layer.table} WHERE {selection.where}""",
        *selection.args,
    )
    return None if row is None or row[0] is None else MapWindow(*row)


@dataclass(frozen=True, slots=True)
class MapPoint:
    longitude: float
    latitude: float
    sort: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class MapCluster:
    """The points of one cell: the middle of their places, their number, and their most frequent `sort`."""

    longitude: float
    latitude: float
    sort: str | None
    count: int


async def list_points(conn: Connection, selection: Selection, window: MapWindow) -> list[MapPoint]:
    """Return the points in the window; one more than MAX_POINTS if there are too many to show."""
    layer, n = selection.layer, len(selection.args)
    rows = await conn.fetch(
        f"""SELECT longitude, latitude, {layer.sort} AS sort, {layer.label} AS label FROM {layer.table}
            WHERE {selection.where}
            AND latitude BETWEEN ${n + 1} AND ${n + 2} AND longitude BETWEEN ${n + 3} AND ${n + 4}
            LIMIT {MAX_POINTS + 1}""",
        *selection.args,
        window.south,
        window.north,
        window.west,
        window.east,
    )
    return [MapPoint(**row) for row in rows]


async def list_clusters(conn: Connection, selection: Selection, window: MapWindow) -> list[MapCluster]:
    """Return the points in the window, clustered by the cells of a grid."""
    layer, n = selection.layer, len(selection.args)
    rows = await conn.fetch(
        f"""SELECT avg(longitude) AS longitude, avg(latitude) AS latitude, count(*) AS count,
                   mode() WITHIN GROUP (ORDER BY {layer.sort}) AS sort
            FROM {layer.table}
            WHERE {selection.where}
            AND latitude BETWEEN ${n + 1} AND ${n + 2} AND longitude BETWEEN ${n + 3} AND ${n + 4}
            GROUP BY floor(longitude / ${n + 5}), floor(latitude / ${n + 5})""",
        *selection.args,
        window.south,
        window.north,
        window.west,
        window.east,
        window.cluster_degrees,
    )
    return [MapCluster(**row) for row in rows]
