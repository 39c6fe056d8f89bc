"""Which columns of a table hold an address: by their names, or as somebody says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.addresses.input import from_fields
from app.domain.geocoding.model import Address
from app.domain.imports.findings import Unreadable
from app.domain.imports.profiles import canonical

NAMES: dict[str, tuple[str, ...]] = {
    "address": ("address", "street address", "address1", "address line 1", "addr", "full address", "street", "location",
                "res street address", "residential address1", "residence address line 1", "situs address"),
    "house_number": ("house number", "housenumber", "street number", "house no", "saddno"),
    "street": ("street", "street name", "road"),
    "unit": ("unit", "address2", "address line 2", "apt", "apartment", "suite", "residential secondary addr"),
    "city": ("city", "town", "municipality", "locality", "res city desc", "residential city", "residence city"),
    "state": ("state", "st", "province", "region", "state code", "state cd", "residential state"),
    "zipCode": ("zip code", "zip", "postal code", "postcode", "zip5", "residential zip", "residence zipcode"),
    "country": ("country", "country code"),
    "county": ("county", "county desc", "county name"),
}  # fmt: skip
"""A field's usual names, the likeliest first; case, spaces and punctuation do not matter."""

COORDINATES: dict[str, tuple[str, ...]] = {
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "lng", "long", "x"),
}
"""Of coordinates that are known already, in degrees."""

KNOWN = frozenset(canonical(name) for names in (NAMES | COORDINATES).values() for name in names)


@dataclass(frozen=True)
class AddressColumns:
    """Field to the number of its column."""

    at: Mapping[str, int]

    @classmethod
    def of(cls, header: Sequence[str], mapping: Mapping[str, str]) -> AddressColumns:
        """`mapping` names columns by fields, before what their names say. Raises Unreadable where it cannot be."""
        numbers: dict[str, int] = {}
        for number, name in enumerate(header):
            numbers.setdefault(canonical(name), number)
        at: dict[str, int] = {}
        for field, name in mapping.items():
            if field not in NAMES | COORDINATES:
                raise Unreadable(f"{field!r} is no field of an address; there are {', '.join(NAMES | COORDINATES)}.")
            if canonical(name) not in numbers:
                raise Unreadable(f"There is no column {name!r}; the header has {', '.join(header[:20])}.")
            at[field] = numbers[canonical(name)]
        for field, names in (NAMES | COORDINATES).items():
            found = next((numbers[canonical(name)] for name in names if canonical(name) in numbers), None)
            if found is not None and found not in at.values():
                at.setdefault(field, found)
        if "address" in at and "house_number" in at and "street" not in mapping:
            at["street"] = at.pop("address")  # a number apart from the street's name
        if not at.keys() & {"address", "street", "city", "zipCode"}:
            raise Unreadable(
                f"No column of {', '.join(header[:20])} is known to hold an address; say which one does:"
                ' mapping={"address": "<column>"}.'
            )
        return cls(at)

    def address(self, cells: Sequence[str], default_country: str) -> Address:
        """The address of a row. Raises ValueError with what is wrong with it."""
        fields = {
            field: cells[at].strip()
            for field, at in self.at.items()
            if field in NAMES and at < len(cells) and cells[at].strip()
        }
        if not fields.keys() - {"unit", "country", "house_number"}:
            raise ValueError("the row has no address")
        return from_fields(fields, default_country)

    def known(self, cells: Sequence[str]) -> tuple[float, float] | None:
        """Latitude and longitude of a row in degrees, where it has them."""
        try:
            latitude, longitude = (float(cells[self.at[field]]) for field in COORDINATES)
        except (KeyError, IndexError, ValueError):
            return None
        return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
