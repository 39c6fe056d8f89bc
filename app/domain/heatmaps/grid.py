"""The grid of heat cells: one lattice of degrees over the whole earth for each step, and rectangles of it.

Cell (row, col) of a step spans [row, row + 1) × [col, col + 1) steps from the equator and the prime meridian, and is
stored by its centre. So the cells of neighbouring regions meet, and those of overlapping ones are the same. Everything
is counted in whole millionths of a degree: a centre is the same float wherever it is computed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.domain.vocabulary.distance import KM_PER_DEGREE

STEPS = (0.01, 0.005, 0.0025, 0.001)
"""Degrees: some 1 km, 500 m, 250 m and 100 m."""
MOST_CELLS = 1_000_000
"""Of one region."""
REGION_KM = 15.0
"""Side of the region that is computed round a point of which nothing is known."""
FARTHEST_LATITUDE = 85.0
"""Where web maps end, too; beyond it a degree of longitude is no measure of anything."""

MICRO = 1_000_000
TURN = 360 * MICRO


class BadRegion(ValueError):
    """The region can not be computed; the message says why and what to do."""


@dataclass(frozen=True)
class Bounds:
    """Degrees; where `west` is greater than `east` the antimeridian lies between them. Raises BadRegion."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.south, self.west, self.north, self.east))):
            raise BadRegion("bounds must be finite numbers")
        if max(abs(self.south), abs(self.north)) > FARTHEST_LATITUDE:
            raise BadRegion(f"latitudes must be between -{FARTHEST_LATITUDE:g} and {FARTHEST_LATITUDE:g}")
        if max(abs(self.west), abs(self.east)) > 180:
            raise BadRegion("longitudes must be between -180 and 180")
        if self.south >= self.north:
            raise BadRegion("south must be less than north")
        if self.west == self.east:
            raise BadRegion("west and east must differ")

    @property
    def width(self) -> float:
        """Degrees from west to east."""
        return self.east - self.west if self.west < self.east else self.east - self.west + 360

    def spans(self) -> list[tuple[float, float]]:
        """West and east as one interval of longitudes, or as two where the antimeridian lies between."""
        return [(self.west, self.east)] if self.west < self.east else [(self.west, 180.0), (-180.0, self.east)]

    def contains(self, latitude: float, longitude: float) -> bool:
        """Southern and western edges included."""
        return self.south <= latitude < self.north and any(w <= longitude < e for w, e in self.spans())

    def wider(self, km: float) -> Bounds:
        """With so many km more on every side, as far as the earth goes."""
        degrees = km / KM_PER_DEGREE
        south = max(self.south - degrees, -FARTHEST_LATITUDE)
        north = min(self.north + degrees, FARTHEST_LATITUDE)
        aside = degrees / math.cos(math.radians(max(abs(south), abs(north))))
        if self.width + 2 * aside >= 360:
            return Bounds(south, -180.0, north, 180.0)
        return Bounds(south, wrapped(self.west - aside), north, wrapped(self.east + aside))

    def as_dict(self) -> dict[str, float]:
        return {"south": self.south, "west": self.west, "north": self.north, "east": self.east}


def wrapped(longitude: float) -> float:
    """The same meridian between -180 and 180."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


@dataclass(frozen=True)
class Grid:
    """A rectangle of cells: `rows` from `row` northwards, `cols` from `col` eastwards, across the antimeridian too."""

    step: float
    row: int
    col: int
    rows: int
    cols: int

    @classmethod
    def over(cls, bounds: Bounds, step: float) -> Grid:
        """As many cells as it takes to span the bounds, as near to them as the lattice allows. Raises BadRegion.

        The number depends on the size of the bounds alone, not on where they lie between the lines: at an edge up to
        half a cell may be missing or too much.
        """
        if step not in STEPS:
            raise BadRegion(f"gridStep must be one of {', '.join(map(str, STEPS))}")
        micro, turn = round(step * MICRO), round(360 / step)
        south, north, west = (round(degrees * MICRO) for degrees in (bounds.south, bounds.north, bounds.west))
        rows = max(1, -(-(north - south) // micro))
        cols = max(1, min(turn, -(-round(bounds.width * MICRO) // micro)))
        last = round(FARTHEST_LATITUDE * MICRO) // micro
        row, col = (south + micro // 2) // micro, (west + micro // 2) // micro
        row = min(max(row, -last), last - rows)
        return cls(step, row, (col + turn // 2) % turn - turn // 2, rows, cols)

    @classmethod
    def around(cls, latitude: float, longitude: float, step: float, km: float = REGION_KM) -> Grid:
        """A square of `km` with the point in its middle. Raises BadRegion near the poles."""
        north = km / 2 / KM_PER_DEGREE
        east = north / math.cos(math.radians(latitude)) if abs(latitude) < FARTHEST_LATITUDE else 0.0
        west, east = wrapped(longitude - east), wrapped(longitude + east)
        return cls.over(Bounds(latitude - north, west, latitude + north, east), step)

    @property
    def cells(self) -> int:
        return self.rows * self.cols

    @property
    def micro(self) -> int:
        """The step in millionths of a degree."""
        return round(self.step * MICRO)

    @property
    def bounds(self) -> Bounds:
        """Of the cells, edges included."""
        west, east = self.col * self.micro, (self.col + self.cols) * self.micro
        if east - west < TURN:
            west, east = (west + TURN // 2) % TURN - TURN // 2, (east + TURN // 2) % TURN - TURN // 2
            if east == -TURN // 2:
                east = TURN // 2
        return Bounds(self.row * self.micro / MICRO, west / MICRO, (self.row + self.rows) * self.micro / MICRO,
                      east / MICRO)  # fmt: skip

    @property
    def key(self) -> str:
        """Tells this region from every other."""
        return f"{self.step:g}:{self.row}:{self.col}:{self.rows}:{self.cols}"

    def latitude(self, row: int) -> float:
        """Of the centres of the region's nth row."""
        return latitude(self.row + row, self.micro)

    def longitude(self, col: int) -> float:
        """Of the centres of the region's nth column."""
        return longitude(self.col + col, self.micro)

    def check_size(self) -> None:
        """Raises BadRegion for one of more than MOST_CELLS."""
        if self.cells <= MOST_CELLS:
            return
        fitting = [step for step in STEPS if step > self.step and Grid.over(self.bounds, step).cells <= MOST_CELLS]
        way_out = f"take gridStep {fitting[-1]:g}, or smaller bounds" if fitting else "take smaller bounds"
        raise BadRegion(
            f"the region has {self.cells:,} cells at gridStep {self.step:g}, and one may have {MOST_CELLS:,}: {way_out}"
        )


def latitude(row: int, micro: int) -> float:
    """Of the centre of a row of the lattice."""
    return (row * micro + micro // 2) / MICRO


def longitude(col: int, micro: int) -> float:
    """Of the centre of a column of the lattice, between -180 and 180."""
    return ((col * micro + micro // 2 + TURN // 2) % TURN - TURN // 2) / MICRO


def cell_of(latitude_: float, longitude_: float, step: float) -> tuple[float, float]:
    """The centre of the cell that holds a point."""
    micro = round(step * MICRO)
    # rounded first: 0.29 is 28.999999999999996 steps of 0.01
    row, col = (math.floor(round(degrees * MICRO) / micro) for degrees in (latitude_, longitude_))
    return latitude(row, micro), longitude(col, micro)
