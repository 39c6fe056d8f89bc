"""The scores of many cells at once: `app.domain.heatmaps.scoring` in numpy, which it equals.

Cells are done in tiles, by halving. Of each category only those places are looked at that can be among the nearest
RANKS of any cell of the tile: none farther from its middle than the RANKS-th nearest one and the tile's diagonal
together. That leaves some tens of places of any number, and changes no score: every distance is computed from one cell
and one place alone, so a cell has the same score in whatever region, block or tile it comes.

numpy takes a tenth of a second to import; this module is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.heatmaps import scoring
from app.domain.heatmaps.grid import MICRO, TURN, Grid
from app.domain.vocabulary.distance import EARTH_RADIUS_KM

Floats = NDArray[np.float64]
Scores = NDArray[np.uint8]

AT_ONCE = 1 << 17
"""Distances computed at a time, 1 MB of them: where a tile would need more it is halved. More of them look at more
places in vain, fewer make more calls; `make bench` compares."""


@dataclass(frozen=True)
class Places:
    """Places of one category, in degrees, one entry a place."""

    latitudes: Floats
    longitudes: Floats

    @classmethod
    def of(cls, points: list[tuple[float, float]]) -> Places:
        """From (latitude, longitude) pairs."""
        array = np.array(points, dtype=np.float64).reshape(-1, 2)
        return cls(np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, 1]))


def latitudes(grid: Grid, first: int, last: int) -> Floats:
    """Of the centres of the rows from `first` up to `last`, in degrees."""
    return (np.arange(grid.row + first, grid.row + last) * grid.micro + grid.micro // 2) / MICRO


def longitudes(grid: Grid) -> Floats:
    """Of the centres of the columns, between -180 and 180."""
    micro = np.arange(grid.col, grid.col + grid.cols) * grid.micro + grid.micro // 2
    return ((micro + TURN // 2) % TURN - TURN // 2) / MICRO


def score_rows(grid: Grid, first: int, last: int, places: Mapping[str, Places], at_once: int = AT_ONCE) -> Scores:
    """The scores of the rows from `first` up to `last`, of shape (rows, columns). `places` by category."""
    north, east = latitudes(grid, first, last), longitudes(grid)
    scores = np.empty((len(north), len(east)), dtype=np.uint8)
    counting = [(scoring.WEIGHTS[name], some) for name, some in places.items() if len(some.latitudes)]
    _fill(scores, north, east, counting, at_once)
    return scores


def _fill(scores: Scores, north: Floats, east: Floats, counting: list[tuple[float, Places]], at_once: int) -> None:
    """Halve until a piece is small enough, leaving places aside on the way."""
    near = [(weight, some) for weight, places in counting if (some := _near(north, east, places)) is not None]
    most = max((len(places.latitudes) for _, places in near), default=0)
    rows, cols = scores.shape
    if scores.size * most <= at_once or scores.size == 1:
        scores[:] = _score_tile(north, east, near)
    elif rows > cols:
        _fill(scores[: rows // 2], north[: rows // 2], east, near, at_once)
        _fill(scores[rows // 2 :], north[rows // 2 :], east, near, at_once)
    else:
        _fill(scores[:, : cols // 2], north, east[: cols // 2], near, at_once)
        _fill(scores[:, cols // 2 :], north, east[cols // 2 :], near, at_once)


def squared_km(north: Floats, east: Floats, places: Places) -> Floats:
    """Squares of the distances of all cells from all places, of shape (rows, columns, places); computed as by
    `equirectangular_km`."""
    up = np.radians(north[:, None] - places.latitudes)
    aside = np.abs(east[:, None] - places.longitudes)
    across = np.radians(np.minimum(aside, 360 - aside))
    shrunk = np.cos(np.radians(0.5 * (north[:, None] + places.latitudes)))
    squared: Floats = (shrunk * shrunk)[:, None, :] * (across * across)[None, :, :]
    squared += (up * up)[:, None, :]
    squared *= EARTH_RADIUS_KM**2
    return squared


def decays(km: Floats) -> Floats:
    """See `scoring.decay`."""
    found: Floats = (np.exp2((scoring.FULL_KM - km) / scoring.HALF_KM) - scoring.END) / (1 - scoring.END)
    found = np.minimum(found, 1.0)
    found[km > scoring.CUTOFF_KM] = 0.0
    return found


def _score_tile(north: Floats, east: Floats, counting: list[tuple[float, Places]]) -> Scores:
    shape = (len(north), len(east))
    total, nearest, best = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for weight, places in counting:
        squared = squared_km(north, east, places)
        ranks = min(scoring.RANKS, squared.shape[2])
        if squared.shape[2] > ranks:
            squared = np.partition(squared, ranks - 1, axis=2)[:, :, :ranks]
        f = decays(np.sqrt(np.sort(squared, axis=2)))
        for rank in range(ranks):  # no dot product, whose order of adding depends on the shape
            total += weight / 2**rank * f[:, :, rank]
        nearest += f[:, :, 0]
        np.maximum(best, f[:, :, 0], out=best)
    total += scoring.DIVERSITY * (nearest - best)
    scores: Floats = np.rint(100 * (1 - np.exp(-total / scoring.SATURATION)))
    return scores.astype(np.uint8)


def _near(north: Floats, east: Floats, places: Places) -> Places | None:
    """The places that can count for a cell of the tile."""
    middle = north[len(north) // 2 : len(north) // 2 + 1], east[len(east) // 2 : len(east) // 2 + 1]
    km = np.sqrt(squared_km(*middle, places)[0, 0])
    corners = Places(np.array([north[0], north[0], north[-1], north[-1]]),
                     np.array([east[0], east[-1], east[0], east[-1]]))  # fmt: skip
    radius = 1.001 * float(np.sqrt(squared_km(*middle, corners).max()))
    reach = scoring.CUTOFF_KM + radius
    if len(km) > scoring.RANKS:
        reach = min(reach, float(np.partition(km, scoring.RANKS - 1)[scoring.RANKS - 1]) + 2 * radius)
    chosen = km <= reach
    count = int(np.count_nonzero(chosen))
    if count == len(km):
        return places
    return Places(places.latitudes[chosen], places.longitudes[chosen]) if count else None
