"""Address points of a file, normalised once: streets, and in each of them numbers with coordinates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from app.domain.addresses.parts import split_unit
from app.domain.addresses.us_places import us_places
from app.domain.reference.house_numbers import HouseNumber, parse_house_number
from app.domain.reference.places import Place, postcode_key, state_key, town_key
from app.domain.reference.street_keys import MAX_CHARACTERS, StreetKey, street_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNITS_PER_DEGREE = 10_000_000
"""Coordinates are stored as integers of about a centimetre."""
COLUMNS = STREET, NUMBER, MARK, Y, X, LINE = range(6)
"""Columns of the houses of a batch; Y and X are latitude and longitude in these units."""
NONE = -1
Address = tuple[str, str, str, str]
"""Street, city, state and postcode, as a file has them."""
_NUMBER_FIRST = re.compile(
    r"\s{0,4}(\d{1,9}(?:[-/.]\d{1,6}){0,2}[a-z]?(?: \d/\d| ?[½¼¾])?"
    r"|[nsew] ?\d{1,6} ?[nsew] ?\d{1,6}|\d{1,6}[nsew]\d{1,6})"
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


class StretchRow(NamedTuple):
    """A stretch of a street: see `Stretch`. `path` is latitude and longitude of each position, in stored units."""

    street: int
    """Index of its street in the batch."""
    low: int
    high: int
    line: int
    side: int
    parity: int | None
    path: list[int]


@dataclass
class PointBatch:
    """Houses ready to be written, by street and number."""

    streets: list[Street] = field(default_factory=list)
    houses: NDArray[np.int64] | None = None
    """A row for each house: see `COLUMNS`. `street` is an index into `streets`, and `mark` one into `marks`."""
    marks: list[str] = field(default_factory=lambda: [""])
    stretches: list[StretchRow] = field(default_factory=list)
    coverage: dict[str, list[int]] = field(default_factory=dict)
    """Postcode to the number of its houses and stretches, and the south, west, north and east of them."""
    duplicates: int = 0
    """Rows with the same house at the same place as an earlier one: units of a building."""

    @property
    def points(self) -> int:
        return 0 if self.houses is None else len(self.houses)

    @property
    def size(self) -> int:
        """Houses and stretches."""
        return self.points + len(self.stretches)

    def records(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the houses and stretches in words, each with its line: for a preview of few."""
        found = []
        for row in [] if self.houses is None else self.houses.tolist():
            number = str(HouseNumber(row[NUMBER], self.marks[row[MARK]]))
            found.append((row[LINE], self._record(row[STREET], number, row[Y], row[X])))
        for one in self.stretches:
            numbers = f"{one.low} to {one.high}" if one.high else ""
            found.append((one.line, self._record(one.street, numbers, one.path[0], one.path[1])))
        return found

    def _record(self, street_index: int, number: str, latitude: int, longitude: int) -> dict[str, Any]:
        street = self.streets[street_index]
        return {
            "house_number": number,
            "street": street.label,
            "city": street.city,
            "state": street.place.state,
            "zip_code": street.place.postcode,
            "latitude": latitude / UNITS_PER_DEGREE,
            "longitude": longitude / UNITS_PER_DEGREE,
        }


class PointCollector:
    """Collects one batch; addresses that have a street in common share its normalisation."""

    def __init__(self, country: str, state: str = "") -> None:
        """`country` is ISO 3166-1 alpha-2 in lower case; `state` that of rows that name none."""
        self._country, self._state = country, state_key(state, country) if state else ""
        self._houses: dict[str, int] = {}
        """Text of a house number to its index in `_numbers` and `_marks_of`, NONE for a text without a number."""
        self._begin()

    def _begin(self) -> None:
        self._streets: list[Street] = []
        self._slots: dict[Address, int] = {}
        self._marks: dict[str, int] = {"": 0}
        self._houses.clear()
        self._numbers: list[int] = []
        self._marks_of: list[int] = []
        self._single: list[tuple[int, int, int, int, int, int]] = []
        self._many: list[NDArray[np.int64]] = []
        self._stretches: list[StretchRow] = []
        self._kept: set[tuple[Any, ...]] = set()
        """What tells the stretches apart."""

    def take(self) -> PointBatch:
        """Return the batch, and begin another one."""
        batch = PointBatch(self._streets, marks=list(self._marks))
        batch.stretches = self._stretches
        self._collect(batch)
        self._begin()
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
        slot = self._slot((street, city, state, postcode))
        house = self._house(number)
        problem = find_problem(slot, house, longitude, latitude)
        if problem is None:
            y, x = round(latitude * UNITS_PER_DEGREE), round(longitude * UNITS_PER_DEGREE)
            self._single.append((slot, self._numbers[house], self._marks_of[house], y, x, line))
        return problem

    def add_many(
        self,
        line: int,
        numbers: Sequence[str],
        addresses: Sequence[Address],
        longitudes: Sequence[float],
        latitudes: Sequence[float],
    ) -> list[tuple[int, str]]:
        """Add houses of consecutive lines. Returns the indexes of those that were left out, with what is wrong."""
        import numpy as np

        slots, houses = self._slots, self._houses
        slot = np.array([slots[one] if one in slots else self._slot(one) for one in addresses], np.int64)
        house = np.array([houses[one] if one in houses else self._house(one) for one in numbers], np.int64)
        x, y = np.array(longitudes, np.float64), np.array(latitudes, np.float64)
        with np.errstate(invalid="ignore"):
            good = (slot != NONE) & (house != NONE) & (np.abs(x) <= 180) & (np.abs(y) <= 90) & ((x != 0) | (y != 0))
        bad = np.flatnonzero(~good)
        problems = [
            (index, find_problem(int(slot[index]), int(house[index]), longitudes[index], latitudes[index]) or "")
            for index in bad.tolist()
        ]
        lines = np.arange(line, line + len(slot))
        if len(bad):
            slot, house, x, y, lines = slot[good], house[good], x[good], y[good], lines[good]
        if len(slot):
            columns = (
                slot, np.array(self._numbers)[house], np.array(self._marks_of)[house],
                np.rint(y * UNITS_PER_DEGREE), np.rint(x * UNITS_PER_DEGREE), lines,
            )  # fmt: skip
            self._many.append(np.column_stack([column.astype(np.int64) for column in columns]))
        return problems

    def add_stretch(
        self,
        row: int,
        address: Address,
        line: Sequence[tuple[float, float]],
        *,
        low: int = 0,
        high: int = 0,
        parity: int | None = None,
        side: int = 0,
    ) -> str | None:
        """Add a stretch of a street, whose `line` has longitudes and latitudes. Returns what is wrong with it."""
        slot = self._slot(address)
        if slot == NONE:
            return "has no street"
        key = (self._streets[slot].identity, low, high, row, side)
        if key in self._kept:  # two names of one line may be spellings of one street
            return None
        self._kept.add(key)
        path = [round(number * UNITS_PER_DEGREE) for x, y in line for number in (y, x)]
        self._stretches.append(StretchRow(slot, low, high, row, side, parity, path))
        return None

    def _cover(self, batch: PointBatch, slot: int, count: int, edges: tuple[int, int, int, int]) -> None:
        cover = batch.coverage.setdefault(batch.streets[slot].place.postcode, [0, *edges])
        south, west, north, east = edges
        cover[:] = (
            cover[0] + count, min(cover[1], south), min(cover[2], west), max(cover[3], north), max(cover[4], east),
        )  # fmt: skip

    def _collect(self, batch: PointBatch) -> None:
        import numpy as np

        for one in batch.stretches:
            y, x = one.path[::2], one.path[1::2]
            self._cover(batch, one.street, 1, (min(y), min(x), max(y), max(x)))
        parts = [*self._many, *([np.array(self._single, np.int64)] if self._single else [])]
        if not parts:
            return
        houses = np.concatenate(parts)
        houses = houses[np.lexsort(houses.T[::-1])]
        again = np.flatnonzero((houses[1:, :LINE] == houses[:-1, :LINE]).all(axis=1)) + 1
        batch.duplicates = len(again)
        batch.houses = houses = np.delete(houses, again, axis=0)
        starts = np.flatnonzero(np.diff(houses[:, STREET], prepend=-1))
        counts = np.diff(starts, append=len(houses))
        low, high = np.minimum.reduceat(houses, starts), np.maximum.reduceat(houses, starts)
        for index, count in enumerate(counts.tolist()):
            edges = [int(edge[index, axis]) for edge, axis in ((low, Y), (low, X), (high, Y), (high, X))]
            self._cover(batch, int(low[index, STREET]), count, (edges[0], edges[1], edges[2], edges[3]))

    def _house(self, text: str) -> int:
        known = self._houses.get(text)
        if known is None:
            house = parse_house_number(text)
            known = self._houses[text] = NONE if house is None else len(self._numbers)
            if house is not None:
                self._numbers.append(house.number)
                self._marks_of.append(self._marks.setdefault(house.mark.replace("\0", ""), len(self._marks)))
        return known

    def _slot(self, address: Address) -> int:
        """Return the index of the street of an address, NONE for an address without one."""
        known = self._slots.get(address)
        if known is not None:
            return known
        street = normalise_street(*address, country=self._country, default_state=self._state)
        if street is None:
            self._slots[address] = NONE
            return NONE
        self._slots[address] = len(self._streets)
        self._streets.append(street)
        return self._slots[address]


def normalise_street(
    text: str, city: str, state: str, postcode: str, *, country: str, default_state: str
) -> Street | None:
    """Return the street that a file means; None for a text that names none.

    In the US, a town that is not named is that by which the Postal Service calls the ZIP code.
    """
    text, city, state = (part.replace("\0", " ") for part in (text, city, state))
    label = split_unit(text)[0] if " " in text else text
    key = street_key(label)
    if key is None:
        return None
    code = postcode_key(postcode, country) if postcode else ""
    state = (state_key(state, country) if state else "") or default_state
    if code and country == "us" and not (city and state):
        places = us_places()
        city = city or places.names.get(code, "")
        state = state or places.state_of_zip.get(code, "")
    place = Place(town_key(city) if city else "", state, code)
    return Street(key, place, _plain(label)[:MAX_CHARACTERS], _plain(city)[:MAX_CHARACTERS])


def find_problem(slot: int, house: int, longitude: float, latitude: float) -> str | None:
    """Return what is wrong with a house, continuing "the row …"; `slot` and `house` are NONE if there is none."""
    if slot == NONE:
        return "has no street"
    if not (isfinite(longitude) and isfinite(latitude)) or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return "has coordinates that are no degrees"
    if not longitude and not latitude:
        return "has no coordinates: they are 0, 0"
    return "has no house number" if house == NONE else None


def split_number(address: str) -> tuple[str, str]:
    """Split `123 1/2 Main St` into number and street; the number is empty if there is none."""
    match = _NUMBER_FIRST.match(address)
    return (match[1], address[match.end() :]) if match else ("", address)


def _plain(text: str) -> str:
    return " ".join(text.split())
