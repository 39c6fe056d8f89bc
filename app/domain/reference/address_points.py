"""Address points of a file, normalised once: streets, and in each of them numbers with coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite

from app.domain.addresses.parts import split_unit
from app.domain.reference.house_numbers import parse_house_number
from app.domain.reference.places import Place, postcode_key, state_key, town_key
from app.domain.reference.street_keys import MAX_CHARACTERS, StreetKey, street_key

UNITS_PER_DEGREE = 10_000_000
"""Coordinates are stored as integers of about a centimetre."""
_NUMBER_FIRST = re.compile(
    r"\s{0,4}(\d{1,9}(?:[-/.]\d{1,6}){0,2}[a-z]?(?: \d/\d)?|[nsew] ?\d{1,6} ?[nsew] ?\d{1,6}|\d{1,6}[nsew]\d{1,6})"
    r"[\s,]{1,4}(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Street:
    """A street within one town and postcode. `label` and `city` are as the file writes them."""

    key: StreetKey
    place: Place
    label: str
    city: str

    @property
    def identity(self) -> tuple[str, ...]:
        """Equal for all spellings of one street."""
        return (*self.key, self.place.postcode, self.place.city, self.place.state)


@dataclass
class PointBatch:
    """Houses ready to be written."""

    rows: dict[Street, list[str]] = field(default_factory=dict)
    """Street to the rest of its rows in COPY's text format: number, line, latitude, longitude and mark."""
    coverage: dict[str, list[int]] = field(default_factory=dict)
    """Postcode to the number of its houses, and the south, west, north and east of them."""
    points: int = 0
    duplicates: int = 0
    """Rows with the same house at the same place as an earlier one: units of a building."""


@dataclass(slots=True)
class _Slot:
    rows: list[str]
    coverage: list[int]
    seen: set[tuple[str, int, int]] = field(default_factory=set)


class PointCollector:
    """Collects one batch; addresses that have a street in common share its normalisation."""

    def __init__(self, country: str, state: str = "") -> None:
        """`country` is ISO 3166-1 alpha-2 in lower case; `state` that of rows that name none."""
        self._country, self._state = country, state_key(state, country) if state else ""
        self._slots: dict[tuple[str, str, str, str], _Slot | None] = {}
        self.batch = PointBatch()

    def take(self) -> PointBatch:
        """Return the batch, and begin another one."""
        batch, self.batch = self.batch, PointBatch()
        self._slots = {}
        return batch

    def add(
        self,
        line: int,
        number: str,
        street: str,
        city: str,
        state: str,
        postcode: str,
        longitude: float,
        latitude: float,
    ) -> str | None:
        """Add a house; returns what is wrong with it as a message that continues "the row …", None if nothing is."""
        place = (street, city, state, postcode)
        slot = self._slots[place] if place in self._slots else self._open(place)
        if slot is None:
            return "has no street"
        if not (isfinite(longitude) and isfinite(latitude)) or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            return "has coordinates that are no degrees"
        if not longitude and not latitude:
            return "has no coordinates: they are 0, 0"
        house = parse_house_number(number)
        if house is None:
            return "has no house number"
        y, x = round(latitude * UNITS_PER_DEGREE), round(longitude * UNITS_PER_DEGREE)
        if (number, y, x) in slot.seen:
            self.batch.duplicates += 1
            return None
        slot.seen.add((number, y, x))
        slot.rows.append(f"{house.number}\t{line}\t{y}\t{x}\t{_copied(house.mark) if house.mark else ''}\n")
        cover = slot.coverage
        cover[0] += 1
        if y < cover[1]:
            cover[1] = y
        if x < cover[2]:
            cover[2] = x
        if y > cover[3]:
            cover[3] = y
        if x > cover[4]:
            cover[4] = x
        self.batch.points += 1
        return None

    def _open(self, place: tuple[str, str, str, str]) -> _Slot | None:
        text, city, state, postcode = place
        label = split_unit(text)[0] if " " in text else text
        key = street_key(label)
        slot = None
        if key is not None:
            found = Place(
                town_key(city) if city else "",
                (state_key(state, self._country) if state else "") or self._state,
                postcode_key(postcode, self._country) if postcode else "",
            )
            street = Street(key, found, _plain(label)[:MAX_CHARACTERS], _plain(city)[:MAX_CHARACTERS])
            rows = self.batch.rows.setdefault(street, [])
            limit = 181 * UNITS_PER_DEGREE
            cover = self.batch.coverage.setdefault(found.postcode, [0, limit, limit, -limit, -limit])
            slot = _Slot(rows, cover)
        self._slots[place] = slot
        return slot


def split_number(address: str) -> tuple[str, str]:
    """Split `123 1/2 Main St` into number and street; the number is empty if there is none."""
    match = _NUMBER_FIRST.match(address)
    return (match[1], address[match.end() :]) if match else ("", address)


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _copied(mark: str) -> str:
    return mark.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ").replace("\0", "")
