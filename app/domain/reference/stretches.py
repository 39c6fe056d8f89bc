"""Stretches of streets: lines with the range of house numbers along one side of them, and the position of a house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from math import cos, hypot, radians

from app.domain.reference.interpolation import MAX_ERROR_METRES

SIDE_METRES = 10.0
"""From the middle of a street to the houses beside it."""
ERROR_SHARE, SMALLEST_ERROR_METRES = 0.2, 15.0
"""The expected error is a share of the length: houses stand at unequal distances, and ranges end at round numbers."""
METRES_PER_DEGREE = 111_195.0
NO_NUMBERS = 0
"""The lowest and the highest number of a stretch whose numbers are unknown."""


class Side(IntEnum):
    """Where the houses stand, seen from the lowest number to the highest."""

    LEFT = -1
    ON_LINE = 0
    """The line runs through the houses, or they are unknown."""
    RIGHT = 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """The line is in degrees, latitude and longitude, from the lowest number to the highest one."""

    low: int
    high: int
    parity: int | None
    """0 for even numbers, 1 for odd ones, None for both."""
    side: Side
    line: tuple[tuple[float, float], ...]

    def covers(self, number: int) -> bool:
        return self.low <= number <= self.high and self.parity in (None, number % 2) and number > NO_NUMBERS


@dataclass(frozen=True, slots=True)
class LinePosition:
    """In degrees. `error_metres` is how far off it may be."""

    latitude: float
    longitude: float
    error_metres: float

    @property
    def is_of_house(self) -> bool:
        """Whether it is nearer than some house of the street."""
        return self.error_metres <= MAX_ERROR_METRES


def locate(stretch: Stretch, number: int) -> LinePosition:
    """Return the position of a number that the stretch covers, beside the line; of any other the middle of the line."""
    is_house = stretch.covers(number)
    span = stretch.high - stretch.low
    share = (number - stretch.low) / span if is_house and span else 0.5
    scale = cos(radians(stretch.line[0][0]))
    length = _length(stretch.line, scale)
    latitude, longitude, north, east = _along(stretch.line, share * length, scale)
    if is_house and stretch.side is not Side.ON_LINE:
        across = stretch.side * SIDE_METRES / METRES_PER_DEGREE
        latitude, longitude = latitude - across * east, longitude + across * north / scale
    error = max(SMALLEST_ERROR_METRES, ERROR_SHARE * length * METRES_PER_DEGREE)
    return LinePosition(latitude, longitude, round(error, 1))


def _length(line: Sequence[tuple[float, float]], scale: float) -> float:
    """Return the length in degrees of latitude; `scale` is that of a degree of longitude."""
    return sum(hypot(y2 - y1, (x2 - x1) * scale) for (y1, x1), (y2, x2) in pairwise(line))


def _along(line: Sequence[tuple[float, float]], distance: float, scale: float) -> tuple[float, float, float, float]:
    """Return latitude and longitude at a distance from the beginning, and the direction there, north and east."""
    north = east = 0.0
    for (y1, x1), (y2, x2) in pairwise(line):
        length = hypot(y2 - y1, (x2 - x1) * scale)
        if not length:
            continue
        north, east = (y2 - y1) / length, (x2 - x1) * scale / length
        if distance <= length:
            return y1 + distance * north, x1 + distance * east / scale, north, east
        distance -= length
    return *line[-1], north, east
