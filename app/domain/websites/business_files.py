"""Files of businesses: which column says what, and small ones as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic.alias_generators import to_camel

from app.domain.imports.profiles import canonical
from app.domain.text import delimited
from app.domain.text.csv_writer import unguarded

COLUMNS: Mapping[str, tuple[str, ...]] = {
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
    "phone": (
        "phone", "phonenumber", "companyphone", "businessphone", "mainphone", "telephone", "telephonenumber", "tel",
        "telefon",
    ),
    "category": ("category", "primarycategory", "industry", "businesstype", "type", "branche"),
    "address": (
        "address", "streetaddress", "street", "address1", "addressline1", "billingstreet", "billingaddress",
        "mailingaddress", "fulladdress", "strasse", "straße",
    ),
    "city": ("city", "town", "billingcity", "mailingcity", "locality", "ort", "stadt"),
    "state": (
        "state", "stateregion", "stateprovince", "billingstate", "billingstateprovince", "mailingstate", "region",
        "province", "statecode",
    ),
    "zip_code": (
        "zipcode", "zip", "postalcode", "postcode", "zippostalcode", "billingzip", "billingpostalcode",
        "billingzippostalcode", "mailingzip", "plz",
    ),
    "country": ("country", "countrycode", "countryregion", "billingcountry", "mailingcountry", "land"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng", "long"),
}  # fmt: skip
"""Names of columns by what they say, the most telling first; `domain` counts where there is no website."""
KNOWN = frozenset(name for names in COLUMNS.values() for name in names)
NO_WEBSITE = frozenset({"n/a", "na", "none", "null", "nil", "no", "-", "--", "unknown", "#n/a"})
"""What stands in a cell for a website that there is not, in lower case."""


class Columns:
    """Where each field stands in a row of this file; `mapping` says so for some fields, by their snake case names."""

    def __init__(self, header: Sequence[str], mapping: Mapping[str, str] | None = None) -> None:
        places = {canonical(name): at for at, name in reversed(list(enumerate(header)))}
        wanted = {**COLUMNS, **{field: (canonical(column),) for field, column in (mapping or {}).items()}}
        found = ((field, next((places[n] for n in names if n in places), None)) for field, names in wanted.items())
        self.places = {field: at for field, at in found if at is not None}

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """What is said of a business, by the names that `NewBusiness` knows; cells that say nothing are left out."""
        values = {
            field: cell
            for field, at in self.places.items()
            if at < len(cells) and (cell := unguarded(cells[at].strip()))
        }
        for field in ("website", "domain"):
            if values.get(field, "").lower() in NO_WEBSITE:
                del values[field]
        if domain := values.pop("domain", None):
            values.setdefault("website", domain)
        return {to_camel(field): value for field, value in values.items()}


class TooMany(Exception):
    """More lines than one request may have."""


@dataclass(frozen=True)
class Line:
    """A row of a file: its values by field, or as text why there are none."""

    number: int
    values: dict[str, str] | str


def from_csv(raw: bytes, most: int) -> Iterator[Line]:
    """Rows of a CSV file with a header. Raises delimited.Unreadable without a column for the name, TooMany."""
    table = delimited.read(raw, lambda cells: sum(canonical(cell) in KNOWN for cell in cells))
    columns = Columns(table.header)
    if "name" not in columns.places:
        known = ", ".join(map(to_camel, COLUMNS))
        raise delimited.Unreadable(f"The header names no business (name); known columns: {known}.")
    records = list(islice(table.records, most + 1))
    if len(records) > most:
        raise TooMany
    for record in records:
        if record.cells is None:
            yield Line(record.line, "has a quote that is not closed, or one in the wrong place")
        elif any("\0" in cell for cell in record.cells):
            yield Line(record.line, "has a NUL byte")
        else:
            yield Line(record.line, columns.values(record.cells))
