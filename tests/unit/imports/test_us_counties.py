"""The county of a point, from the ZIP codes around it."""

from __future__ import annotations

import pytest

from app.domain.imports.us_counties import counties


@pytest.mark.parametrize(
    ("longitude", "latitude", "county"),
    [
        (-78.90, 35.99, ("NC", "durham")),
        (-122.27, 37.80, ("CA", "alameda")),
        (-74.9830, 40.0551, ("PA", "")),  # in Bucks County, a kilometre from Philadelphia
        (-30.0, 35.0, None),
    ],
)
def test_counties(longitude: float, latitude: float, county: tuple[str, str] | None) -> None:
    assert counties().nearest(longitude, latitude) == county
