"""The names that columns go by: one vocabulary for all tables, from which each area declares the fields it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pydantic.alias_generators import to_camel

from app.domain.text.errors import Unreadable

MAX_NAMES_SHOWN = 12
_IGNORED = re.compile(r"[\W_]+")


def canonical(name: str) -> str:
    """Return the name without case, spaces and punctuation: `Zip Code` and `zip_code` are both `zipcode`."""
    return _IGNORED.sub("", name).lower()


ADDRESS: Mapping[str, tuple[str, ...]] = {
    "address": (
        "address", "streetaddress", "address1", "addressline1", "addr", "fulladdress", "resstreetaddress",
        "residentialaddress", "residentialaddress1", "residenceaddress", "residenceaddressline1", "situsaddress",
    ),
    "house_number": ("housenumber", "streetnumber", "houseno", "saddno"),
    "street": ("street", "streetname", "road", "strasse", "straße"),
    "unit": (
        "unit", "apartment", "apt", "suite", "address2", "addressline2", "residentialsecondaryaddr",
        "residenceaddressline2",
    ),
    "city": (
        "city", "cityname", "rescitydesc", "residentialcity", "residencecity", "town", "municipality", "locality",
        "ort", "stadt",
    ),
    "state": (
        "state", "statecode", "statecd", "st", "residentialstate", "residencestate", "stateprovince", "stateregion",
        "province", "region",
    ),
    "zip_code": (
        "zipcode", "zip", "zip5", "postalcode", "postcode", "zippostalcode", "residentialzip", "residencezipcode",
        "plz",
    ),
    "country": ("country", "countrycode", "countryregion"),
    "county": ("county", "countyname", "countydesc"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng", "long"),
}  # fmt: skip
"""Fields of an address to the canonical names of their columns, the most specific first."""

COMPANY: Mapping[str, tuple[str, ...]] = {
    "name": (
        "businessname", "companyname", "accountname", "organizationname", "organisationname", "company", "business",
        "organization", "organisation", "name", "account", "firma", "title",
    ),
    "website": (
        "website", "websiteurl", "companywebsite", "websiteaddress", "url", "companyurl", "web", "site", "homepage",
        "webpage", "webseite",
    ),
    "domain": ("domain", "companydomain", "companydomainname", "websitedomain", "domainname", "primarydomain"),
    "external_id": (
        "externalid", "recordid", "companyid", "accountid", "businessid", "customerid", "leadid", "hubspotid",
        "salesforceid", "crmid", "id",
    ),
    "place_id": ("placeid", "googleplaceid"),
    "registry_number": ("registrynumber", "companynumber"),
    "phone": (
        "phone", "phonenumber", "companyphone", "businessphone", "mainphone", "telephone", "telephonenumber", "tel",
        "telefon",
    ),
    "category": ("category", "primarycategory", "industry", "businesstype", "type", "branche"),
}  # fmt: skip
"""Likewise for fields of a company."""


class Vocabulary:
    """The fields that one kind of table may have, each with the names its column goes by."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` maps a field to canonical names, the most specific first."""
        self.names = {field: tuple(dict.fromkeys(spellings)) for field, spellings in names.items()}
        self.known = frozenset(name for spellings in self.names.values() for name in spellings)

    def locate(self, header: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, int]:
        """Return field to index of its column, for the fields that the header has.

        `mapping` names columns by field and takes precedence; field names may be in camelCase or snake_case. A column
        serves one field, and of two columns with one name the first counts.
        Raises Unreadable where `mapping` names an unknown field or a column that is not in the header.
        """
        indexes = {canonical(name): index for index, name in reversed(list(enumerate(header)))}
        columns = {self._mapped_field(name): self._mapped_index(column, header, indexes)
                   for name, column in (mapping or {}).items()}  # fmt: skip
        taken = set(columns.values())
        for field, spellings in self.names.items():
            index = next((indexes[name] for name in spellings if name in indexes), None)
            if index is not None and field not in columns and index not in taken:
                columns[field] = index
                taken.add(index)
        return columns

    def _mapped_field(self, name: str) -> str:
        fields = {canonical(field): field for field in self.names}
        if canonical(name) not in fields:
            raise Unreadable(
                f"mapping: unknown field {name[:40]!r}; expected one of {', '.join(map(to_camel, self.names))}."
            )
        return fields[canonical(name)]

    @staticmethod
    def _mapped_index(column: str, header: Sequence[str], indexes: Mapping[str, int]) -> int:
        if canonical(column) not in indexes:
            raise Unreadable(f"mapping: the header has no column {column[:40]!r}; it has {shown(header)}.")
        return indexes[canonical(column)]


def shown(header: Sequence[str]) -> str:
    """Return the first names of a header for a message."""
    names = ", ".join(repr(name[:40]) for name in header[:MAX_NAMES_SHOWN])
    return names + (f" and {len(header) - MAX_NAMES_SHOWN:,} more" if len(header) > MAX_NAMES_SHOWN else "")
