"""The parts of addresses in the cells of reference data."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from operator import itemgetter
from typing import Any

from app.domain.addresses.parser import parse_line
from app.domain.reference.address_points import Address, split_number
from app.domain.text.csv_writer import unguarded
from app.domain.text.located_columns import Located
from app.domain.text.table_blocks import Columns

NUMBER = ("house_number", "house_fraction")
STREET = ("pre_direction", "street", "street_type", "post_direction")


class RowValues:
    """The parts of an address in the cells of a row."""

    def __init__(self, located: Located, country: str) -> None:
        self._country = country
        self._constants = located.constants
        columns = located.columns
        self._number = [i for name in NUMBER for i in columns.get(name, ())]
        self._street = [i for name in STREET for i in columns.get(name, ())] if columns.get("street") else []
        self._address = list(columns.get("address", ()))
        self._city, self._state, self._postcode = (columns.get(n, ()) for n in ("city", "state", "zip_code"))
        self._has_place = bool({"city", "zip_code"} & located.fields)
        self._longitude, self._latitude = located.index("longitude"), located.index("latitude")
        indexes = [*self._street, *self._city, *self._state, *self._postcode]
        self._columns = indexes if len(indexes) > 1 else [*indexes, *indexes]
        self._of_place = itemgetter(*self._columns) if self._street and self._number else None
        self._places: dict[Any, Address] = {}

    def address(self, cells: Sequence[str]) -> tuple[str, str, str, str, str]:
        """Return number, street, city, state and postcode, each empty if there is none.

        Most rows have a number, and share the rest with the row before.
        """
        if self._of_place is None:
            return self._read_address(cells)
        number = _joined(cells, self._number)
        key = self._of_place(cells)
        place = self._places.get(key)
        if place is None or not number:
            found = self._read_address(cells)
            if not number or not _joined(cells, self._street):
                return found
            place = self._places[key] = found[1:]
        return (number, *place)

    def addresses(self, rows: Columns) -> tuple[Sequence[str], list[Address]]:
        """Return the numbers and the addresses without them, as `address` does, of many rows."""
        if self._of_place is None or len(self._number) != 1:
            read = [self.address(row) for row in zip(*rows.cells, strict=True)]
            return [one[0] for one in read], [one[1:] for one in read]
        numbers = [text if text.isalnum() else _cell(text) for text in rows.cells[self._number[0]]]
        keys = zip(*(rows.cells[index] for index in self._columns), strict=True)
        known, addresses = self._places, []
        for index, key in enumerate(keys):
            address = known.get(key)
            if address is None or not numbers[index]:
                numbers[index], *rest = self.address(rows.row(index))
                address = (rest[0], rest[1], rest[2], rest[3])
            addresses.append(address)
        return numbers, addresses

    def positions(self, rows: Columns) -> tuple[list[float], list[float]]:
        """Return the longitudes and latitudes of many rows, as `coordinates` does."""
        if self._longitude is not None and self._latitude is not None:
            try:
                return list(map(float, rows.cells[self._longitude])), list(map(float, rows.cells[self._latitude]))
            except ValueError:
                pass
        read = [self.coordinates(row) for row in zip(*rows.cells, strict=True)]
        return [one[0] for one in read], [one[1] for one in read]

    def _read_address(self, cells: Sequence[str]) -> tuple[str, str, str, str, str]:
        city, state, postcode = (
            self._field(name, indexes, cells)
            for name, indexes in (("city", self._city), ("state", self._state), ("zip_code", self._postcode))
        )
        number = _joined(cells, self._number)
        street = _joined(cells, self._street)
        if street and number:
            return number, street, city, state, postcode
        address = _joined(cells, self._address) or street
        if not self._has_place and "," in address:
            parts = parse_line(address[:400], self._country)
            address, city = parts.get("address", ""), parts.get("city", "")
            state, postcode = parts.get("state", state), parts.get("zip_code", "")
        first, rest = split_number(address)
        return (first, rest, city, state, postcode) if first else (number, address, city, state, postcode)

    def _field(self, name: str, indexes: Sequence[int], cells: Sequence[str]) -> str:
        return _joined(cells, indexes) if indexes else self._constants.get(name, "")

    def coordinates(self, cells: Sequence[str]) -> tuple[float, float]:
        """Return longitude and latitude, not numbers if there are none."""
        if self._longitude is None or self._latitude is None:
            return nan, nan
        try:
            return float(cells[self._longitude]), float(cells[self._latitude])
        except ValueError:
            return nan, nan


def _joined(cells: Sequence[str], indexes: Sequence[int]) -> str:
    if len(indexes) == 1:
        return _cell(cells[indexes[0]])
    return " ".join(filter(None, (_cell(cells[index]) for index in indexes)))


def _cell(text: str) -> str:
    if not text or text.isalnum():
        return text
    text = " ".join(text.split())
    return unguarded(text).strip() if text[:1] == "'" else text
