"""Slugs, the packaged cities, and bounds made of a population."""

from __future__ import annotations

import pytest

from app.domain.heatmaps.cities import estimate_bounds, slugify
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.packaged_cities import find, similar_slugs


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Cancún", "cancun"),
        ("São Paulo", "sao-paulo"),
        ("Saint John's", "saint-johns"),
        ("Łódź", "lodz"),
        ("Straßburg", "strassburg"),
        ("東京", ""),
        ("  St. Louis (MO) ", "st-louis-mo"),
    ],
)
def test_slugs(name: str, expected: str) -> None:
    assert slugify(name) == expected


def test_larger_cities_are_there() -> None:
    cancun = find("cancun")
    assert cancun is not None and (cancun.name, cancun.country) == ("Cancún", "MX")
    assert cancun.bounds.contains(21.16, -86.85)
    assert find("cancun-mx") == cancun
    assert find("no-such-city") is None
    assert "cancun" in similar_slugs("cancn")


def test_cities_of_one_name_are_told_apart() -> None:
    largest, other = find("springfield"), find("springfield-il")
    assert largest is not None and other is not None
    assert (largest.population or 0) > (other.population or 0)
    assert other.bounds.contains(39.80, -89.64) and other.slug == "springfield-il"


def test_bounds_grow_with_the_population_and_have_their_limits() -> None:
    def side_km(population: int) -> float:
        return Grid.covering(estimate_bounds(0.5, 20, population), 0.001).rows * 0.111195

    assert side_km(4_000 * 225) == pytest.approx(15, abs=0.2)
    assert side_km(10) == pytest.approx(5, abs=0.2)
    assert side_km(40_000_000) == pytest.approx(50, abs=0.2)
