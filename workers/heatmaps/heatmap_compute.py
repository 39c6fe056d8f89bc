"""heatmap_compute: compute the scores of a region's cells."""

from __future__ import annotations

import asyncio
from typing import Any

from app.db.core.pool import connection
from app.db.heatmaps import cities, pois, regions
from app.domain.heatmaps import kinds, packaged_cities, scoring
from app.domain.heatmaps.bounds import InvalidRegion
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.kinds import HeatmapComputeArgs
from app.domain.heatmaps.packaged_cities import AmbiguousName
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from workers.core.context import JobContext
from workers.heatmaps import poi_tiles
from workers.heatmaps.region_scoring import score_region

SPEC = kinds.HEATMAP_COMPUTE


async def run(context: JobContext, args: HeatmapComputeArgs) -> dict[str, Any] | Outcome:
    """Compute every cell, starting at the checkpoint. An invalid region fails the job."""
    try:
        grid, city_id = await resolve_region(context, args)
        grid.check_size()
    except InvalidRegion as error:
        return Failed(str(error))
    provider_facts: dict[str, Any] = {}
    if (provider := context.resources.places) is not None:
        refreshed = await poi_tiles.refresh(context, provider, grid.bounds.expanded(scoring.CUTOFF_KM))
        if isinstance(refreshed, Snooze | Failed):
            return refreshed
        provider_facts = {
            "attribution": provider.attribution,
            "tilesFetched": refreshed.fetched,
            "warnings": refreshed.warnings,
        }
    async with connection(context.resources.pool) as conn:
        region = await regions.find(conn, grid)
        region_pois = await pois.load(conn, grid)
    result = {
        "gridStep": grid.step,
        "bounds": grid.bounds.as_dict(),
        "cells": grid.cells,
        "method": scoring.METHOD,
        "pois": region_pois.digest.count,
        **provider_facts,
    }
    resumed = context.checkpoint is not None and "lastProcessedIndex" in context.checkpoint
    if not (resumed or args.force) and region and region.computed_at and not region.is_stale(region_pois.digest):
        return result | {"upToDate": True, "computedAt": region.computed_at}
    await score_region(context, grid, city_id, region_pois)
    return result


async def resolve_region(context: JobContext, args: HeatmapComputeArgs) -> tuple[Grid, int | None]:
    """Return the requested cells and the id of their city, if they were requested by city. Raises InvalidRegion."""
    if args.bounds is not None:
        return Grid.covering(args.bounds.bounds(), args.grid_step), None
    assert args.city_slug is not None
    async with connection(context.resources.pool) as conn:
        city = await cities.get(conn, args.city_slug)
        if city is None:
            try:
                packaged = await asyncio.to_thread(packaged_cities.find, args.city_slug)
            except AmbiguousName as ambiguous:
                raise InvalidRegion(str(ambiguous)) from None
            if packaged is None:
                raise InvalidRegion(f"city {args.city_slug!r} not found")
            city = await cities.upsert(conn, packaged)
    return Grid.covering(city.bounds, args.grid_step), city.id
