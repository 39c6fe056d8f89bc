"""The scores of many cells at once: `app.domain.heatmaps.scoring` in numpy, with equal results.

Cells are processed in tiles that are halved until they are small. For each category, a tile needs only the points that
can be among the RANKS nearest of any of its cells: those no farther from its center than the RANKS-th nearest point
plus the tile's diagonal. That leaves some tens of points and changes no score. Each distance is computed from one cell
and one point alone, so a cell has the same score whichever region, block or tile it is computed in.

numpy takes 0.1 s to import, so this module is imported inside the functions that need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.heatmaps import scoring
from app.domain.heatmaps.grid import FULL_TURN, MICRODEGREES, Grid
from app.domain.vocabulary.distance import EARTH_RADIUS_KM

Floats = NDArray[np.float64]
Scores = NDArray[np.uint8]

MAX_DISTANCES = 1 << 17
"""Distances computed at a time, 1 MB; a tile that needs more is halved.

Larger tiles compute distances to points that cannot count, smaller ones need more calls; `make bench` compares sizes.
"""


@dataclass(frozen=True)
class PointArrays:
    """Points of one category in degrees, one array entry per point."""

    latitudes: Floats
    longitudes: Floats

    @classmethod
    def from_pairs(cls, points: list[tuple[float, float]]) -> PointArrays:
        """Build the arrays from (latitude, longitude) pairs."""
        array = np.array(points, dtype=np.float64).reshape(-1, 2)
        return cls(np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, 1]))


def latitudes(grid: Grid, first: int, last: int) -> Floats:
    """Return the latitudes of the centers of the rows from `first` up to, not including, `last`."""
    return (np.arange(grid.row + first, grid.row + last) * grid.micro + grid.micro // 2) / MICRODEGREES


def longitudes(grid: Grid) -> Floats:
    """Return the longitudes of the centers of all columns, between -180 and 180."""
    micro = np.arange(grid.col, grid.col + grid.cols) * grid.micro + grid.micro // 2
    return ((micro + FULL_TURN // 2) % FULL_TURN - FULL_TURN // 2) / MICRODEGREES


def score_rows(
    grid: Grid, first: int, last: int, points: Mapping[str, PointArrays], max_distances: int = MAX_DISTANCES
) -> Scores:
    """Return the scores of the rows from `first` up to `last`, in shape (rows, columns); `points` are by category."""
    north, east = latitudes(grid, first, last), longitudes(grid)
    scores = np.empty((len(north), len(east)), dtype=np.uint8)
    weighted = [(scoring.WEIGHTS[category], arrays) for category, arrays in points.items() if len(arrays.latitudes)]
    _fill(scores, north, east, weighted, max_distances)
    return scores


def _fill(
    scores: Scores, north: Floats, east: Floats, weighted: list[tuple[float, PointArrays]], max_distances: int
) -> None:
    """Fill `scores`, halving the tile until it is small enough and dropping points that cannot count."""
    near = [(weight, some) for weight, points in weighted if (some := _relevant(north, east, points)) is not None]
    most_points = max((len(points.latitudes) for _, points in near), default=0)
    rows, cols = scores.shape
    if scores.size * most_points <= max_distances or scores.size == 1:
        scores[:] = _score_tile(north, east, near)
    elif rows > cols:
        _fill(scores[: rows // 2], north[: rows // 2], east, near, max_distances)
        _fill(scores[rows // 2 :], north[rows // 2 :], east, near, max_distances)
    else:
        _fill(scores[:, : cols // 2], north, east[: cols // 2], near, max_distances)
        _fill(scores[:, cols // 2 :], north, east[cols // 2 :], near, max_distances)


def squared_km(north: Floats, east: Floats, points: PointArrays) -> Floats:
    """Return the squared distances of all cells from all points, in shape (rows, columns, points).

    The projection is that of `app.domain.vocabulary.distance.equirectangular_km`.
    """
    up = np.radians(north[:, None] - points.latitudes)
    aside = np.abs(east[:, None] - points.longitudes)
    across = np.radians(np.minimum(aside, 360 - aside))
    shrunk = np.cos(np.radians(0.5 * (north[:, None] + points.latitudes)))
    squared: Floats = (shrunk * shrunk)[:, None, :] * (across * across)[None, :, :]
    squared += (up * up)[:, None, :]
    squared *= EARTH_RADIUS_KM**2
    return squared


def decays(km: Floats) -> Floats:
    """Return `scoring.decay` of each distance."""
    result: Floats = (np.exp2((scoring.FULL_KM - km) / scoring.HALF_KM) - scoring.DECAY_AT_CUTOFF) / (
        1 - scoring.DECAY_AT_CUTOFF
    )
    result = np.minimum(result, 1.0)
    result[km > scoring.CUTOFF_KM] = 0.0
    return result


def _score_tile(north: Floats, east: Floats, weighted: list[tuple[float, PointArrays]]) -> Scores:
    shape = (len(north), len(east))
    total, nearest, best = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for weight, points in weighted:
        squared = squared_km(north, east, points)
        ranks = min(scoring.RANKS, squared.shape[2])
        if squared.shape[2] > ranks:
            squared = np.partition(squared, ranks - 1, axis=2)[:, :, :ranks]
        f = decays(np.sqrt(np.sort(squared, axis=2)))
        for rank in range(ranks):  # not as a dot product: its order of addition depends on the shape
            total += weight / 2**rank * f[:, :, rank]
        nearest += f[:, :, 0]
        np.maximum(best, f[:, :, 0], out=best)
    total += scoring.DIVERSITY * (nearest - best)
    scores: Floats = np.rint(100 * (1 - np.exp(-total / scoring.SATURATION)))
    return scores.astype(np.uint8)


def _relevant(north: Floats, east: Floats, points: PointArrays) -> PointArrays | None:
    """Return the points that can count for a cell of the tile, None if there are none."""
    center = north[len(north) // 2 : len(north) // 2 + 1], east[len(east) // 2 : len(east) // 2 + 1]
    km = np.sqrt(squared_km(*center, points)[0, 0])
    corners = PointArrays(
        np.array([north[0], north[0], north[-1], north[-1]]), np.array([east[0], east[-1], east[0], east[-1]])
    )
    radius = 1.001 * float(np.sqrt(squared_km(*center, corners).max()))
    reach = scoring.CUTOFF_KM + radius
    if len(km) > scoring.RANKS:
        reach = min(reach, float(np.partition(km, scoring.RANKS - 1)[scoring.RANKS - 1]) + 2 * radius)
    chosen = km <= reach
    count = int(np.count_nonzero(chosen))
    if count == len(km):
        return points
    return PointArrays(points.latitudes[chosen], points.longitudes[chosen]) if count else None
