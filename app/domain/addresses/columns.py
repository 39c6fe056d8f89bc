"""The columns of a table that hold an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from app.domain.addresses.fields import MAX_CHARACTERS, Problems
from app.domain.addresses.input import from_fields
from app.domain.addresses.postal_address import Address
from app.domain.text.address_groups import OTHER, RESIDENCE
from app.domain.text.column_mapping import Mapped
from app.domain.text.columns import ADDRESS, STREET_PARTS, Vocabulary, canonical, shown
from app.domain.text.errors import Unreadable
from app.domain.text.findings import NOTHING, Findings
from app.domain.text.located_columns import Located
from app.domain.text.numbers import degrees

COORDINATES = ("latitude", "longitude")
_NO_COORDINATE = re.compile(r"0*(?:[.,]0*)?|[\W_]*|n/?a|null|none|nan", re.IGNORECASE)
COLUMNS = Vocabulary(
    {field: ADDRESS[field] for field in MAX_CHARACTERS}
    | {
        "address": (*ADDRESS["address"], "location"),
        "latitude": (*ADDRESS["latitude"], "y"),
        "longitude": (*ADDRESS["longitude"], "x"),
    },
    addresses=(*RESIDENCE, *OTHER),
)


def check_house_number(header: Sequence[str], located: Located) -> None:
    """Raises Unreadable where the street is in parts, and the house number is in none that is known.

    Whole streets would be taken for houses.
    """
    parts = located.fields & {"pre_direction", "street_type", "post_direction", "house_fraction"}
    street = located.index("street")
    if "address" not in located and "house_number" not in located and street is not None and parts:
        raise Unreadable(
            f"The column {header[street]!r} has the names of streets, and no column of the header is known to have the"
            f' house numbers; it has {shown(header)}. Name the column: mapping={{"houseNumber": "<column>"}}.'
        )


@dataclass(frozen=True)
class AddressColumns:
    located: Located
    zip_may_be_extension: bool = False
    """Whether the column of the ZIP code may hold only the last four digits of ZIP+4."""

    @classmethod
    def find(cls, header: Sequence[str], mapping: Mapped, findings: Findings = NOTHING) -> AddressColumns:
        """Find the columns by name; `mapping` names some of them by field and takes precedence.

        Raises Unreadable where no column can hold an address, or `mapping` does not fit the header.
        """
        located = COLUMNS.locate(header, mapping, findings=findings)
        check_house_number(header, located)
        if not located.columns.keys() & {"address", "street", "city", "zip_code"}:
            raise Unreadable(
                f"No column of the header can hold an address; it has {shown(header)}. Name the column:"
                ' mapping={"address": "<column>"}.'
            )
        zip_code = located.index("zip_code")
        name = "" if zip_code is None else canonical(header[zip_code])
        return cls(located, name in ("zip4", "zipplus4"))

    def address(self, cells: Sequence[str], default_country: str, notes: Problems) -> Address:
        """Return the address of a row, and add what was left out of it to `notes`. Raises ValueError."""
        fields = {field: text for field, text in self.located.values(cells).items() if field not in COORDINATES}
        if not fields.keys() - self.located.constants.keys():
            raise ValueError("the row has no address")
        if self.zip_may_be_extension and len(fields.get("zip_code", "")) <= 4:
            fields.pop("zip_code", None)
        if not fields.keys() - {"unit", "country", *STREET_PARTS} and "street" not in fields:
            raise ValueError("the row has no address")
        return from_fields(fields, default_country, notes)

    def coordinates(self, cells: Sequence[str], notes: Problems) -> tuple[float, float] | None:
        """Return the latitude and longitude that a row brings with it, in degrees; None without usable ones.

        Coordinates that are there, but cannot be used, are added to `notes`.
        """
        values = self.located.values(cells)
        texts = [values.get(field, "") for field in COORDINATES]
        if not any(texts) or all(_NO_COORDINATE.fullmatch(text) for text in texts):
            return None
        try:
            latitude, longitude = map(degrees, texts)
        except ValueError:
            latitude = longitude = nan
        if in_degrees(latitude, longitude):
            return latitude, longitude
        for field, text in zip(COORDINATES, texts, strict=True):
            notes.append((field, f"is {text[:40]!r}; coordinates must be degrees such as 60.17 and 24.94"))
        return None


def in_degrees(latitude: float, longitude: float) -> bool:
    """Whether the numbers can be degrees; NaN cannot."""
    return abs(latitude) <= 90 and abs(longitude) <= 180
