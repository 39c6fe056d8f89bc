"""Slugs, the packaged cities, and bounds made of a population."""

from __future__ import annotations

import pytest

from app.domain.heatmaps import packaged_cities
from app.domain.heatmaps.cities import estimate_bounds, slugify
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.packaged_cities import AmbiguousName, find, similar_slugs


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


def test_cities_of_the_same_name_are_distinguished() -> None:
    springfield = find("springfield-il")
    assert springfield is not None and springfield.bounds.contains(39.80, -89.64)
    assert springfield.slug == "springfield-il" and find("springfield-us-il") == springfield
    london = find("london")
    assert london is not None and (london.country, london.slug) == ("GB", "london"), "far larger than the others"
    with pytest.raises(AmbiguousName, match="springfield-mo, springfield-ma, springfield-il") as raised:
        find("springfield")
    candidates = raised.value.candidates
    assert [city.population for city in candidates] == sorted((c.population for c in candidates), reverse=True)
    assert {city.country for city in candidates} == {"US"}


def test_a_slug_of_a_state_and_of_a_country() -> None:
    with pytest.raises(AmbiguousName) as raised:
        find("windsor-ca")
    assert [city.slug for city in raised.value.candidates] == ["windsor-ca-08", "windsor-us-ca"]
    ontario, california = find("windsor-ca-08"), find("windsor-us-ca")
    assert ontario is not None and california is not None
    assert (ontario.country, california.country) == ("CA", "US")


def test_the_slug_of_a_city_means_that_city() -> None:
    for cities in list(packaged_cities._index().values())[:3_000]:
        for city in cities:
            found = find(city.slug)
            assert found is not None
            assert (found.name, found.population) == (city.name, city.population) or city.slug == city.slugs[-1]


def test_bounds_grow_with_the_population_and_have_their_limits() -> None:
    def side_km(population: int) -> float:
        return Grid.covering(estimate_bounds(0.5, 20, population), 0.001).rows * 0.111195

    assert side_km(4_000 * 225) == pytest.approx(15, abs=0.2)
    assert side_km(10) == pytest.approx(5, abs=0.2)
    assert side_km(40_000_000) == pytest.approx(50, abs=0.2)
