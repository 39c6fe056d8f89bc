"""Fetch a region's points of interest from the provider, tile by tile, each tile at most once a day."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import structlog
from uuid_utils.compat import uuid7

from app.db.core.pool import connection
from app.db.heatmaps import poi_tiles
from app.db.heatmaps.poi_tiles import FetchedPoi, Tile
from app.domain.heatmaps.bounds import Bounds
from app.domain.imports.pois import MAX_CHARACTERS, find_category
from app.domain.jobs.outcomes import Failed, Snooze
from app.domain.text.storable import storable
from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited
from providers.pois.overpass import BUSY_SECONDS, Element, Overpass
from workers.core.context import JobContext

log = structlog.get_logger(__name__)

TILE_DEGREES = 0.25
"""Side of a query's box, about 28 by 20 km."""
MAX_AGE = timedelta(days=1)
TAGS = {
    "shop": ("supermarket", "grocery", "greengrocer", "wholesale", "convenience", "bakery", "butcher", "deli"),
    "amenity": ("marketplace",),
}
"""OpenStreetMap tags of the categories in `scoring.WEIGHTS`."""
QUOTA_SECONDS = 3600.0
"""Wait after a used-up quota."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The number of tiles that were fetched, and a warning for each outdated tile that could not be."""

    fetched: int
    warnings: list[str]


def list_tiles(bounds: Bounds) -> Iterator[tuple[Tile, Bounds]]:
    """Yield each tile that overlaps the bounds, with its edges."""
    for west, east in bounds.spans():
        for row in range(math.floor(bounds.south / TILE_DEGREES), math.ceil(bounds.north / TILE_DEGREES)):
            for col in range(math.floor(west / TILE_DEGREES), math.ceil(east / TILE_DEGREES)):
                south, north = row * TILE_DEGREES, (row + 1) * TILE_DEGREES
                yield (row, col), Bounds(south, col * TILE_DEGREES, north, (col + 1) * TILE_DEGREES)


async def refresh(context: JobContext, provider: Overpass, bounds: Bounds) -> Refreshed | Snooze | Failed:
    """Fetch all tiles that were not fetched within a day, each in a step of its own.

    If a tile that was never fetched cannot be fetched now, returns the outcome of the job or raises ProviderError,
    which costs an attempt. Older tiles are used as they are.
    """
    async with connection(context.resources.pool) as conn:
        fresh = await poi_tiles.list_fresh(conn, provider.name, MAX_AGE)
    fetched, warnings = 0, []
    for tile, tile_bounds in list_tiles(bounds):
        if tile in fresh:
            continue
        edges = (tile_bounds.south, tile_bounds.west, tile_bounds.north, tile_bounds.east)
        try:
            async with poi_tiles.query_slot(context.resources.pool):
                elements = await provider.within(edges, TAGS)
        except ProviderError as error:
            if (outcome := await _outcome_without(context, provider, tile, error)) is not None:
                return outcome
            warnings.append(f"{provider.name}: {error}; used older data for tile {tile[0]},{tile[1]}")
            continue
        pois = await asyncio.to_thread(_to_pois, elements)
        async with context.step() as step:
            await poi_tiles.replace(step.conn, provider.name, tile, tile_bounds, uuid7(), pois)
        fetched += 1
    return Refreshed(fetched, warnings)


async def _outcome_without(
    context: JobContext, provider: Overpass, tile: Tile, error: ProviderError
) -> Snooze | Failed | None:
    """Return the job's outcome if a tile cannot be fetched, None to continue with an older version of the tile.

    Raises `error` itself if the job should be attempted again.
    """
    async with connection(context.resources.pool) as conn:
        was_fetched = await poi_tiles.was_fetched(conn, provider.name, tile)
    if was_fetched:
        log.warning("stale_pois_used", provider=provider.name, error=str(error))
        return None
    match error:
        case RateLimited():
            return Snooze(error.retry_after or BUSY_SECONDS, f"{provider.name}: {error}")
        case QuotaExceeded():
            return Snooze(QUOTA_SECONDS, f"{provider.name}: {error}")
        case BadRequest() | Misconfigured():
            return Failed(f"{provider.name}: {error}")
    raise error


def _to_pois(elements: list[Element]) -> list[FetchedPoi]:
    """Return the elements that have a category as points of interest."""
    pois: list[FetchedPoi] = []
    for element in elements:
        tags: dict[str, Any] = dict(element.tags)
        poi_category = find_category(tags)
        if poi_category is None or len(poi_category) > MAX_CHARACTERS["category"]:
            continue
        name = storable(tags.get("name") or tags.get("brand") or "")[: MAX_CHARACTERS["name"]] or None
        text = storable(orjson.dumps(tags).decode().replace(r"\u0000", r"\ufffd"))
        pois.append(FetchedPoi(element.id, name, poi_category, element.latitude, element.longitude, text))
    return pois
