"""The columns of a table that hold an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.addresses.fields import MAX_CHARACTERS
from app.domain.addresses.input import from_fields
from app.domain.addresses.postal_address import Address
from app.domain.text.columns import ADDRESS, Vocabulary, shown
from app.domain.text.csv_table import values
from app.domain.text.errors import Unreadable

COORDINATES = ("latitude", "longitude")
COLUMNS = Vocabulary(
    {field: ADDRESS[field] for field in MAX_CHARACTERS}
    | {
        "address": (*ADDRESS["address"], "location"),
        "latitude": (*ADDRESS["latitude"], "y"),
        "longitude": (*ADDRESS["longitude"], "x"),
    }
)


@dataclass(frozen=True)
class AddressColumns:
    """Field to the index of its column."""

    indexes: Mapping[str, int]

    @classmethod
    def find(cls, header: Sequence[str], mapping: Mapping[str, str]) -> AddressColumns:
        """Find the columns by name; `mapping` names some of them by field and takes precedence.

        Raises Unreadable where no column can hold an address, or `mapping` does not fit the header.
        """
        indexes = COLUMNS.locate(header, mapping)
        if not indexes.keys() & {"address", "street", "city", "zip_code"}:
            raise Unreadable(
                f"No column of the header can hold an address; it has {shown(header)}. Name the column:"
                ' mapping={"address": "<column>"}.'
            )
        return cls(indexes)

    def address(self, cells: Sequence[str], default_country: str) -> Address:
        """Return the address of a row. Raises ValueError with what is wrong with it."""
        fields = {field: text for field, text in values(cells, self.indexes).items() if field not in COORDINATES}
        if not fields.keys() - {"unit", "country", "house_number"}:
            raise ValueError("the row has no address")
        return from_fields(fields, default_country)

    def coordinates(self, cells: Sequence[str]) -> tuple[float, float] | None:
        """Return the latitude and longitude that a row brings with it, in degrees; None without usable ones."""
        try:
            latitude, longitude = (float(cells[self.indexes[field]]) for field in COORDINATES)
        except (KeyError, IndexError, ValueError):
            return None
        return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
