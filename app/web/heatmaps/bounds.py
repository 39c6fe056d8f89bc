"""Bounds in responses."""

from __future__ import annotations

from app.domain.heatmaps.bounds import Bounds
from app.web.http.models import ResponseModel


class BoundsModel(ResponseModel):
    """A rectangle, in degrees. If `west` is greater than `east`, it crosses the antimeridian."""

    south: float
    """Latitude, from -85 to 85."""
    west: float
    """Longitude, from -180 to 180."""
    north: float
    """Latitude, from -85 to 85."""
    east: float
    """Longitude, from -180 to 180."""


def present_bounds(bounds: Bounds) -> BoundsModel:
    return BoundsModel(south=bounds.south, west=bounds.west, north=bounds.north, east=bounds.east)
