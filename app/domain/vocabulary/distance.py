"""Distances between points given in degrees, on a sphere with one radius for the whole code base."""

from __future__ import annotations

from math import asin, cos, hypot, radians, sin, sqrt

EARTH_RADIUS_METRES = 6_371_000.0
"""Mean radius of the Earth, rounded to the kilometre: the sphere differs from the ellipsoid by up to 0.3 % anyway."""
EARTH_RADIUS_KM = EARTH_RADIUS_METRES / 1000
KM_PER_DEGREE = 111.195
"""Kilometres per degree of latitude on that sphere, rounded. Stored heat map regions depend on this value."""


def great_circle_metres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance of two points in metres, by the haversine formula."""
    phi, other_phi = radians(latitude), radians(other_latitude)
    half_chord = sin((other_phi - phi) / 2) ** 2 + (
        cos(phi) * cos(other_phi) * sin(radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(half_chord)))


def equirectangular_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance in km of two points at most some tens of km apart.

    A projection at the middle latitude, x = cos((φ1 + φ2) / 2) · Δλ and y = Δφ. It is within 0.3 % of the great-circle
    distance up to 65° of latitude, and cheap to compute for millions of pairs (`app.domain.heatmaps.cell_scores`).
    """
    turn = abs(longitude - other_longitude)
    east = radians(min(turn, 360 - turn)) * cos(radians(0.5 * (latitude + other_latitude)))
    return EARTH_RADIUS_KM * hypot(radians(latitude - other_latitude), east)
