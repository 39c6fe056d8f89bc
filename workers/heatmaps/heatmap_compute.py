"""heatmap_compute: the scores of a region's cells."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from app.db.core.pool import connection
from app.db.heatmaps import cities, pois
from app.db.heatmaps import regions as heatmaps
from app.domain.heatmaps import packaged_cities, scoring
from app.domain.heatmaps.bounds import Bounds, InvalidRegion
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.kinds import HeatmapComputeArgs
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from app.domain.jobs.spec import JobSpec, QueueSpec
from workers.core.context import JobContext
from workers.heatmaps import poi_tiles
from workers.heatmaps.region_scoring import compute

SPEC = JobSpec(
    kind="heatmap_compute",
    queue=QueueSpec("heatmap", concurrency=1),
    args=HeatmapComputeArgs,
    timeout=timedelta(hours=24),
    max_attempts=3,
    aliases=("heatmap",),
    dedupe_key=HeatmapComputeArgs.key,
)


async def run(context: JobContext, args: HeatmapComputeArgs) -> dict[str, Any] | Outcome:
    """Compute every cell, from where the job stands. What is wrong with the region is an outcome."""
    try:
        grid, city_id = await region(context, args)
        grid.check_size()
    except InvalidRegion as error:
        return Failed(str(error))
    more: dict[str, Any] = {}
    if (provider := context.resources.places) is not None:
        refreshed = await poi_tiles.refresh(context, provider, grid.bounds.expanded(scoring.CUTOFF_KM))
        if isinstance(refreshed, Snooze | Failed):
            return refreshed
        more = {"attribution": provider.attribution, "tilesFetched": refreshed[0], "warnings": refreshed[1]}
    async with connection(context.resources.pool) as conn:
        known = await heatmaps.region(conn, grid)
        loaded = await pois.load(conn, grid)
    about = {
        "gridStep": grid.step,
        "bounds": grid.bounds.as_dict(),
        "cells": grid.cells,
        "method": scoring.METHOD,
        "pois": loaded.count,
        **more,
    }
    begun = context.checkpoint is not None and "lastProcessedIndex" in context.checkpoint
    now = (loaded.count, loaded.digest)
    if not (begun or args.force) and known and known["computed_at"] and not heatmaps.is_stale(known, now):
        return about | {"upToDate": True, "computedAt": known["computed_at"]}
    await compute(context, grid, city_id, loaded)
    return about


async def region(context: JobContext, args: HeatmapComputeArgs) -> tuple[Grid, int | None]:
    """The cells that are asked for, and whose city they are. Raises InvalidRegion."""
    if args.bounds is not None:
        return Grid.covering(args.bounds.bounds(), args.grid_step), None
    assert args.city_slug is not None
    async with connection(context.resources.pool) as conn:
        row = await cities.get(conn, args.city_slug)
        if row is None:
            city = await asyncio.to_thread(packaged_cities.find, args.city_slug)
            if city is None:
                raise InvalidRegion(f"there is no city {args.city_slug!r}")
            row = await cities.upsert(conn, city)
    return Grid.covering(Bounds(row["south"], row["west"], row["north"], row["east"]), args.grid_step), row["id"]
