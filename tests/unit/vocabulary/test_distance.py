"""Distances of points, against textbook values and against each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.vocabulary.distance import EARTH_RADIUS_KM, KM_PER_DEGREE, equirectangular_km, great_circle_metres

Point = tuple[float, float]


@pytest.mark.parametrize(
    ("point", "other", "metres"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0),
        ((0.0, 0.0), (0.0, 1.0), 111_195),
        ((0.0, 179.5), (0.0, -179.5), 111_195),
        ((60.0, 25.0), (60.001, 25.0), 111.2),
        ((36.12, -86.67), (33.94, -118.40), 2_886_448),  # the two airports of the textbook example
        ((90.0, 0.0), (-90.0, 0.0), 20_015_087),
    ],
)
def test_great_circle_distances(point: Point, other: Point, metres: float) -> None:
    assert great_circle_metres(*point, *other) == pytest.approx(metres, rel=1e-4)


def test_a_degree_of_latitude_fits_the_radius() -> None:
    assert pytest.approx(math.radians(1) * EARTH_RADIUS_KM, abs=0.0005) == KM_PER_DEGREE


@given(st.floats(-65, 65), st.floats(-180, 180), st.floats(0, 2 * math.pi), st.floats(0.01, 5.0))
def test_the_projection_is_close_to_the_sphere(latitude: float, longitude: float, bearing: float, km: float) -> None:
    other = latitude + km / KM_PER_DEGREE * math.cos(bearing)
    east = longitude + km / KM_PER_DEGREE * math.sin(bearing) / math.cos(math.radians(latitude))
    other_longitude = (east + 180) % 360 - 180
    exact = great_circle_metres(latitude, longitude, other, other_longitude) / 1000
    assert equirectangular_km(latitude, longitude, other, other_longitude) == pytest.approx(exact, rel=0.003)
