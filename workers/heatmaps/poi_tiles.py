"""Points of interest of a region: those that a provider has, fetched by tiles of the map, at most once a day each."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
import structlog
from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Pool, connection
from app.db.heatmaps import pois
from app.db.heatmaps.pois import Fetched
from app.domain.heatmaps.bounds import Bounds
from app.domain.imports.pois import LONGEST, category
from app.domain.jobs.outcomes import Failed, Snooze
from app.domain.text.storable import storable
from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited
from providers.pois.overpass import BUSY_SECONDS, Element, Overpass
from workers.core.context import JobContext

log = structlog.get_logger("trigpoint.worker")

TILE = 0.25
"""Degrees: a query's box, some 28 by 20 km."""
FRESH = timedelta(days=1)
WANTED = {
    "shop": ("supermarket", "grocery", "greengrocer", "wholesale", "convenience", "bakery", "butcher", "deli"),
    "amenity": ("marketplace",),
}
"""OpenStreetMap's words for what `scoring.WEIGHTS` counts."""
SLOT_POLL = 0.5
"""Seconds."""
QUOTA_SECONDS = 3600.0


def tiles(bounds: Bounds) -> Iterator[tuple[tuple[int, int], Bounds]]:
    """Row and column of each tile that meets the bounds, and its edges."""
    for west, east in bounds.spans():
        for row in range(math.floor(bounds.south / TILE), math.ceil(bounds.north / TILE)):
            for col in range(math.floor(west / TILE), math.ceil(east / TILE)):
                yield (row, col), Bounds(row * TILE, col * TILE, (row + 1) * TILE, (col + 1) * TILE)


async def refresh(context: JobContext, provider: Overpass, bounds: Bounds) -> tuple[int, list[str]] | Snooze | Failed:
    """Fetch the tiles that nobody fetched within a day, each in a step of its own.

    Answers how many were fetched, and what is wrong with those that are older now. Where a tile was never fetched and
    can not be: the outcome of the job, or ProviderError, which costs an attempt.
    """
    async with connection(context.resources.pool) as conn:
        fresh = await pois.fresh_tiles(conn, provider.name, FRESH)
    fetched, wrong = 0, []
    for tile, box in tiles(bounds):
        if tile in fresh:
            continue
        try:
            async with one_slot(context.resources.pool):
                elements = await provider.within((box.south, box.west, box.north, box.east), WANTED)
        except ProviderError as error:
            if (outcome := await _without(context, provider, tile, error)) is not None:
                return outcome
            wrong.append(f"{provider.name}: {error}; used what is known of tile {tile[0]},{tile[1]}")
            continue
        places = await asyncio.to_thread(_places, elements)
        async with context.step() as step:
            await pois.keep_tile(step.conn, provider.name, tile, box, uuid7(), places)
        fetched += 1
    return fetched, wrong


async def _without(
    context: JobContext, provider: Overpass, tile: tuple[int, int], error: ProviderError
) -> Snooze | Failed | None:
    """What follows where a tile can not be fetched; None: go on with what is known of it. Raises the error itself."""
    async with connection(context.resources.pool) as conn:
        known = await pois.known_tile(conn, provider.name, *tile)
    if known is not None:
        log.warning("points of interest are older than a day", provider=provider.name, error=str(error))
        return None
    match error:
        case RateLimited():
            return Snooze(error.retry_after or BUSY_SECONDS, f"{provider.name}: {error}")
        case QuotaExceeded():
            return Snooze(QUOTA_SECONDS, f"{provider.name}: {error}")
        case BadRequest() | Misconfigured():
            return Failed(f"{provider.name}: {error}")
    raise error


@asynccontextmanager
async def one_slot(pool: Pool) -> AsyncIterator[None]:
    """One query at a time over all workers. Who dies with the slot loses it with its connection."""
    async with connection(pool) as conn:
        while not await locks.try_acquire_for_session(conn, Lock.OVERPASS):  # noqa: ASYNC110  (others hold it)
            await asyncio.sleep(SLOT_POLL)
        try:
            yield
        finally:
            # a connection that was cancelled is dropped by the pool, and the lock with it
            if not conn.is_closed():
                await locks.release_from_session(conn, Lock.OVERPASS)


def _places(elements: list[Element]) -> list[Fetched]:
    found: list[Fetched] = []
    for element in elements:
        tags: dict[str, Any] = dict(element.tags)
        what = category(tags)
        if what is None or len(what) > LONGEST["category"]:
            continue
        name = storable(tags.get("name") or tags.get("brand") or "")[: LONGEST["name"]] or None
        text = storable(orjson.dumps(tags).decode().replace(r"\u0000", r"\ufffd"))
        found.append(Fetched(element.id, name, what, element.latitude, element.longitude, text))
    return found
