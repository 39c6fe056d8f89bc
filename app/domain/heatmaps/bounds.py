"""Rectangles of the Earth in degrees, across the antimeridian too."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.domain.vocabulary.distance import KM_PER_DEGREE

MAX_LATITUDE = 85.0
"""Web maps end here too; nearer to the poles degrees of longitude become too short to be a useful measure."""


class InvalidRegion(ValueError):
    """The region cannot be computed. The message says why and what to do."""


@dataclass(frozen=True)
class Bounds:
    """A rectangle in degrees. If `west` is greater than `east`, it crosses the antimeridian.

    Raises InvalidRegion for edges that make no rectangle between 85° south and 85° north.
    """

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.south, self.west, self.north, self.east))):
            raise InvalidRegion("bounds must be finite numbers")
        if max(abs(self.south), abs(self.north)) > MAX_LATITUDE:
            raise InvalidRegion(f"latitudes must be between -{MAX_LATITUDE:g} and {MAX_LATITUDE:g}")
        if max(abs(self.west), abs(self.east)) > 180:
            raise InvalidRegion("longitudes must be between -180 and 180")
        if self.south >= self.north:
            raise InvalidRegion("south must be less than north")
        if self.west == self.east:
            raise InvalidRegion("west and east must differ")

    @property
    def width(self) -> float:
        """Degrees from west to east."""
        return self.east - self.west if self.west < self.east else self.east - self.west + 360

    def spans(self) -> list[tuple[float, float]]:
        """Return (west, east) as one interval, or as two if the bounds cross the antimeridian."""
        return [(self.west, self.east)] if self.west < self.east else [(self.west, 180.0), (-180.0, self.east)]

    def contains(self, latitude: float, longitude: float) -> bool:
        """Return whether a point lies inside; the southern and western edges belong to the bounds."""
        return self.south <= latitude < self.north and any(west <= longitude < east for west, east in self.spans())

    def meets(self, other: Bounds) -> bool:
        """Return whether the two overlap; touching edges are no overlap."""
        return (
            self.south < other.north
            and other.south < self.north
            and any(west < east2 and west2 < east for west, east in self.spans() for west2, east2 in other.spans())
        )

    def expanded(self, km: float) -> Bounds:
        """Return the bounds with a margin of `km` on every side, limited to the mapped part of the Earth."""
        degrees = km / KM_PER_DEGREE
        south = max(self.south - degrees, -MAX_LATITUDE)
        north = min(self.north + degrees, MAX_LATITUDE)
        aside = degrees / math.cos(math.radians(max(abs(south), abs(north))))
        if self.width + 2 * aside >= 360:
            return Bounds(south, -180.0, north, 180.0)
        return Bounds(south, wrap_longitude(self.west - aside), north, wrap_longitude(self.east + aside))

    def as_dict(self) -> dict[str, float]:
        return {"south": self.south, "west": self.west, "north": self.north, "east": self.east}


def wrap_longitude(longitude: float) -> float:
    """Return the same meridian as a longitude between -180 and 180."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180
