"""The columns of a file of businesses, and small files as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic.alias_generators import to_camel

from app.domain.addresses.fields import street_line
from app.domain.text import csv_table
from app.domain.text.columns import ADDRESS, COMPANY, Vocabulary, shown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.csv_table import CsvTable
from app.domain.text.errors import Unreadable

COLUMNS = Vocabulary(
    {
        **{field: COMPANY[field] for field in COMPANY if field != "registry_number"},
        "address": (*ADDRESS["address"], "billingstreet", "billingaddress", "mailingaddress"),
        "house_number": ADDRESS["house_number"],
        "street": ADDRESS["street"],
        "city": ("city", "town", "billingcity", "mailingcity", *ADDRESS["city"]),
        "state": ("state", "stateregion", "stateprovince", "billingstate", "billingstateprovince", "mailingstate",
                  *ADDRESS["state"]),
        "zip_code": ("zipcode", "zip", "postalcode", "postcode", "zippostalcode", "billingzip", "billingpostalcode",
                     "billingzippostalcode", "mailingzip", *ADDRESS["zip_code"]),
        "country": (*ADDRESS["country"], "billingcountry", "mailingcountry", "land"),
        "latitude": ADDRESS["latitude"],
        "longitude": ADDRESS["longitude"],
    }
)  # fmt: skip
"""`domain` counts where there is no website; house number and street where there is no address."""
NO_WEBSITE = frozenset({"n/a", "na", "none", "null", "nil", "no", "-", "--", "unknown", "#n/a"})
"""Placeholders for a missing website, in lower case."""


class Columns:
    """The columns of one file. `mapping` names some of them by field and takes precedence.

    Raises Unreadable where no column can be the name, or `mapping` does not fit the header.
    """

    def __init__(self, header: Sequence[str], mapping: Mapping[str, str] | None = None) -> None:
        self.indexes = COLUMNS.locate(header, mapping)
        if "name" not in self.indexes:
            raise Unreadable(
                f"No column of the header is the business's name (name or company); it has {shown(header)}."
                ' Name the column: mapping={"name": "<column>"}.'
            )

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the values of a row by the names that `NewBusiness` takes, those that are not empty."""
        values = csv_table.values(cells, self.indexes)
        for field in ("website", "domain"):
            if values.get(field, "").lower() in NO_WEBSITE:
                del values[field]
        if domain := values.pop("domain", None):
            values.setdefault("website", domain)
        number, street = values.pop("house_number", ""), values.pop("street", "")
        if address := street_line(values.get("address", ""), number, street):
            values["address"] = address
        return {to_camel(field): value for field, value in values.items()}


def from_csv(raw: bytes, limit: int) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Yield line number and values of each row of a CSV file, or a message why the row has none.

    Raises Unreadable without a column for the name, TooManyRows beyond `limit` rows.
    """
    table = CsvTable(raw, COLUMNS.known)
    columns = Columns(table.header)
    for line, cells in table.rows(limit):
        yield line, cells.error if isinstance(cells, BrokenRow) else columns.values(cells)
