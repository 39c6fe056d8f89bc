"""Score a region and store its cells: scores in a thread block by block, cells in the database chunk by chunk.

While the chunks of one block are written, the next block is computed. A chunk has `WORKER_CHUNK_SIZE` cells and is
stored in one transaction with the checkpoint, so an interrupted job continues between two chunks.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.db.heatmaps import cells, regions
from app.db.heatmaps.cells import Cell
from app.db.heatmaps.pois import PoiDigest, RegionPois
from app.domain.heatmaps.grid import Grid
from workers.core.context import JobContext

if TYPE_CHECKING:
    from app.domain.heatmaps.cell_scores import PointArrays

BLOCK_CELLS = 16_384
"""Approximate number of cells computed at a time."""


@dataclass(frozen=True)
class Block:
    """Scored cells, starting at index `start` of the region and going row by row from the south-west."""

    start: int
    cells: list[Cell]


async def score_region(context: JobContext, grid: Grid, city_id: int | None, region_pois: RegionPois) -> None:
    """Score and store the cells that are left; with the last of them, record how the region was computed.

    A resumed job keeps the digest of the points it started with: if they have changed since, the region is stale.
    """
    chunk_size = context.resources.settings.worker_chunk_size
    state = context.checkpoint or {}
    next_index = int(state.get("lastProcessedIndex", -1)) + 1
    current = region_pois.digest
    digest = PoiDigest(state.get("pois", current.count), int(state.get("poisDigest", current.digest)))
    async with context.step() as step:
        await regions.register(step.conn, grid, city_id, context.id)
        step.total = grid.cells
    if next_index == grid.cells:
        return  # the worker was lost between the last step and the outcome
    points = await asyncio.to_thread(_point_arrays, region_pois)
    pending = _start_block(grid, next_index, points)
    try:
        while next_index < grid.cells:
            block = await asyncio.shield(pending)
            block_end = block.start + len(block.cells)
            if block_end < grid.cells:
                pending = _start_block(grid, block_end, points)
            for offset in range(0, len(block.cells), chunk_size):
                chunk = block.cells[offset : offset + chunk_size]
                next_index = block.start + offset + len(chunk)
                async with context.step() as step:
                    await cells.upsert(step.conn, grid.step, city_id, chunk)
                    if next_index == grid.cells:
                        await regions.mark_computed(step.conn, grid, digest)
                    step.processed = len(chunk)
                    step.checkpoint = {
                        "lastProcessedIndex": next_index - 1,
                        "pois": digest.count,
                        "poisDigest": str(digest.digest),  # as text: many JSON readers keep only 53 bits of a number
                    }
    finally:
        await asyncio.gather(pending, return_exceptions=True)


def _point_arrays(region_pois: RegionPois) -> dict[str, PointArrays]:
    from app.domain.heatmaps.cell_scores import PointArrays  # imports numpy

    return {category: PointArrays.from_pairs(points) for category, points in region_pois.points.items()}


def _start_block(grid: Grid, start: int, points: dict[str, PointArrays]) -> asyncio.Task[Block]:
    return asyncio.create_task(asyncio.to_thread(score_block, grid, start, points))


def score_block(grid: Grid, start: int, points: dict[str, PointArrays]) -> Block:
    """Return about BLOCK_CELLS scored cells from index `start` on, ending at the end of a row."""
    from app.domain.heatmaps import cell_scores

    row, col = divmod(start, grid.cols)
    last = min(grid.rows, row + max(1, BLOCK_CELLS // grid.cols))
    scores = cell_scores.score_rows(grid, row, last, points).ravel().tolist()
    north, east = cell_scores.latitudes(grid, row, last).tolist(), cell_scores.longitudes(grid).tolist()
    centers = [(latitude, longitude) for latitude in north for longitude in east]
    scored = [(*center, score) for center, score in zip(centers, scores, strict=True)]
    return Block(start, scored[col:])
