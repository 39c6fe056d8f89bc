"""From points of interest to stored cells: scores a block at a time in a thread, cells a chunk at a time in a step.

While a block's chunks are written the next block is computed. Blocks are as large as keeps a tile's calls worth their
while; chunks are as large as `WORKER_CHUNK_SIZE` says, and each is a transaction with the checkpoint: a job that is
killed, cancelled or handed over stands between two chunks.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.db.heatmaps import regions as heatmaps
from app.db.heatmaps.pois import Loaded
from app.domain.heatmaps.grid import Grid
from workers.core.context import JobContext

if TYPE_CHECKING:
    from app.domain.heatmaps.cell_scores import PointArrays

BLOCK = 16_384
"""Cells computed at a time, about."""

Cells = list[tuple[float, float, int]]


@dataclass(frozen=True)
class Block:
    """Scored cells from index `start` of the region on, row by row from the south-west."""

    start: int
    cells: Cells


async def compute(context: JobContext, grid: Grid, city_id: int | None, loaded: Loaded) -> None:
    """Score and keep the cells that are left, and at the end note how the region was computed.

    A job that goes on after its points of interest changed keeps the digest of the first ones: the region is stale.
    """
    chunk = context.resources.settings.worker_chunk_size
    state = context.checkpoint or {}
    first = int(state.get("lastProcessedIndex", -1)) + 1
    pois, digest = state.get("pois", loaded.count), int(state.get("poisDigest", loaded.digest))
    async with context.step() as step:
        await heatmaps.ask_for(step.conn, grid, city_id, context.id)
        step.total = grid.cells
    if first == grid.cells:
        return  # the worker died between the last step and the outcome
    places = await asyncio.to_thread(_places, loaded)
    coming = _soon(grid, first, places)
    try:
        while first < grid.cells:
            block = await asyncio.shield(coming)
            after = block.start + len(block.cells)
            if after < grid.cells:
                coming = _soon(grid, after, places)
            for offset in range(0, len(block.cells), chunk):
                cells = block.cells[offset : offset + chunk]
                first = block.start + offset + len(cells)
                async with context.step() as step:
                    await heatmaps.write(step.conn, grid.step, city_id, cells)
                    if first == grid.cells:
                        await heatmaps.computed(step.conn, grid, pois, digest)
                    step.processed = len(cells)
                    # as text: JSON's numbers hold 53 bits in most hands
                    step.checkpoint = {"lastProcessedIndex": first - 1, "pois": pois, "poisDigest": str(digest)}
    finally:
        await asyncio.gather(coming, return_exceptions=True)


def _places(loaded: Loaded) -> dict[str, PointArrays]:
    from app.domain.heatmaps.cell_scores import PointArrays  # and numpy

    return {category: PointArrays.from_pairs(points) for category, points in loaded.points.items()}


def _soon(grid: Grid, start: int, places: dict[str, PointArrays]) -> asyncio.Task[Block]:
    return asyncio.create_task(asyncio.to_thread(score_block, grid, start, places))


def score_block(grid: Grid, start: int, places: dict[str, PointArrays]) -> Block:
    """The cells from index `start` to the end of a row, some BLOCK of them."""
    from app.domain.heatmaps import cell_scores

    row, col = divmod(start, grid.cols)
    last = min(grid.rows, row + max(1, BLOCK // grid.cols))
    scores = cell_scores.score_rows(grid, row, last, places).ravel().tolist()
    north, east = cell_scores.latitudes(grid, row, last).tolist(), cell_scores.longitudes(grid).tolist()
    centres = [(latitude, longitude) for latitude in north for longitude in east]
    scored = [(*centre, score) for centre, score in zip(centres, scores, strict=True)]
    return Block(start, scored[col:])
