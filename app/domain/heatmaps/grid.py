"""The grid of heat cells: for each step one lattice over the whole Earth, and rectangles cut out of it.

Cell (row, col) of a step covers [row, row + 1) × [col, col + 1) steps, counted from the equator and the prime meridian,
and is stored by its center. So cells of neighbouring regions touch without a gap, and overlapping regions share cells.
All arithmetic is done in whole millionths of a degree, which makes a center the same float wherever it is computed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.domain.heatmaps.bounds import MAX_LATITUDE, Bounds, InvalidRegion, wrap_longitude
from app.domain.vocabulary.distance import KM_PER_DEGREE

STEPS = (0.01, 0.005, 0.0025, 0.001)
"""Cell sizes in degrees: about 1 km, 500 m, 250 m and 100 m."""
MAX_REGION_CELLS = 1_000_000
DEFAULT_REGION_KM = 15.0
"""Side of the square that is computed around a point without a heat map."""

MICRODEGREES = 1_000_000
"""Per degree."""
FULL_TURN = 360 * MICRODEGREES


@dataclass(frozen=True)
class Grid:
    """A rectangle of cells: `rows` northwards from `row`, `cols` eastwards from `col`, across the antimeridian too."""

    step: float
    row: int
    col: int
    rows: int
    cols: int

    @classmethod
    def covering(cls, bounds: Bounds, step: float) -> Grid:
        """Return the cells that span `bounds`, as closely as the lattice allows.

        The number of cells depends only on the size of the bounds, not on their position between the grid lines, so up
        to half a cell may be missing or added at an edge. Raises InvalidRegion for a step that is not in STEPS.
        """
        if step not in STEPS:
            raise InvalidRegion(f"gridStep must be one of {', '.join(map(str, STEPS))}")
        micro, turn = round(step * MICRODEGREES), round(360 / step)
        south, north, west = (round(degrees * MICRODEGREES) for degrees in (bounds.south, bounds.north, bounds.west))
        rows = max(1, -(-(north - south) // micro))
        cols = max(1, min(turn, -(-round(bounds.width * MICRODEGREES) // micro)))
        last = round(MAX_LATITUDE * MICRODEGREES) // micro
        row, col = (south + micro // 2) // micro, (west + micro // 2) // micro
        row = min(max(row, -last), last - rows)
        return cls(step, row, (col + turn // 2) % turn - turn // 2, rows, cols)

    @classmethod
    def around(cls, latitude: float, longitude: float, step: float, km: float = DEFAULT_REGION_KM) -> Grid:
        """Return a square with sides of `km` and the point at its center. Raises InvalidRegion near the poles."""
        north = km / 2 / KM_PER_DEGREE
        east = north / math.cos(math.radians(latitude)) if abs(latitude) < MAX_LATITUDE else 0.0
        west, east = wrap_longitude(longitude - east), wrap_longitude(longitude + east)
        return cls.covering(Bounds(latitude - north, west, latitude + north, east), step)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.rows * self.cols

    @property
    def micro(self) -> int:
        """The step in millionths of a degree."""
        return round(self.step * MICRODEGREES)

    @property
    def bounds(self) -> Bounds:
        """Outer edges of the cells."""
        west, east = self.col * self.micro, (self.col + self.cols) * self.micro
        if east - west < FULL_TURN:
            west = (west + FULL_TURN // 2) % FULL_TURN - FULL_TURN // 2
            east = (east + FULL_TURN // 2) % FULL_TURN - FULL_TURN // 2
            if east == -FULL_TURN // 2:
                east = FULL_TURN // 2
        south, north = self.row * self.micro, (self.row + self.rows) * self.micro
        return Bounds(south / MICRODEGREES, west / MICRODEGREES, north / MICRODEGREES, east / MICRODEGREES)

    @property
    def key(self) -> str:
        """Identifies the region among all others."""
        return f"{self.step:g}:{self.row}:{self.col}:{self.rows}:{self.cols}"

    def latitude(self, row: int) -> float:
        """Return the latitude of the centers in the region's nth row."""
        return row_latitude(self.row + row, self.micro)

    def longitude(self, col: int) -> float:
        """Return the longitude of the centers in the region's nth column."""
        return column_longitude(self.col + col, self.micro)

    def check_size(self) -> None:
        """Raise InvalidRegion if the region has more than MAX_REGION_CELLS cells."""
        if self.cells <= MAX_REGION_CELLS:
            return
        fitting = [
            step for step in STEPS if step > self.step and Grid.covering(self.bounds, step).cells <= MAX_REGION_CELLS
        ]
        size = f"{self.cells:,} cells at gridStep {self.step:g}"
        remedy = f"use gridStep {fitting[-1]:g} or smaller bounds" if fitting else "use smaller bounds"
        raise InvalidRegion(f"the region has {size}; the limit is {MAX_REGION_CELLS:,}: {remedy}")


def row_latitude(row: int, micro: int) -> float:
    """Return the latitude of the centers in a row of the lattice; `micro` is the step in millionths of a degree."""
    return (row * micro + micro // 2) / MICRODEGREES


def column_longitude(col: int, micro: int) -> float:
    """Return the longitude, between -180 and 180, of the centers in a column of the lattice."""
    return ((col * micro + micro // 2 + FULL_TURN // 2) % FULL_TURN - FULL_TURN // 2) / MICRODEGREES


def cell_center(latitude: float, longitude: float, step: float) -> tuple[float, float]:
    """Return the center (latitude, longitude) of the cell that contains a point."""
    micro = round(step * MICRODEGREES)
    # rounded first: 0.29 is 28.999999999999996 steps of 0.01
    row, col = (math.floor(round(degrees * MICRODEGREES) / micro) for degrees in (latitude, longitude))
    return row_latitude(row, micro), column_longitude(col, micro)
