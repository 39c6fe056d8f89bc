"""The columns of a file of businesses, and small files as rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from pydantic.alias_generators import to_camel

from app.domain.addresses.fields import street_line
from app.domain.text.address_groups import OTHER, PROPERTY, RESIDENCE
from app.domain.text.column_mapping import Mapped
from app.domain.text.column_uses import ColumnUse, describe
from app.domain.text.columns import ADDRESS, COMPANY, STREET_PARTS, Vocabulary, mapped_names, shown
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.csv_table import CsvTable
from app.domain.text.errors import Unreadable
from app.domain.text.findings import NOTHING, Findings
from app.domain.text.verification import verify
from app.domain.websites.website_field import clean_website

COLUMNS = Vocabulary(
    {
        **{field: COMPANY[field] for field in COMPANY if field != "registry_number"},
        "address": (*ADDRESS["address"], "billingstreet", "billingaddress", "mailingaddress"),
        **{field: ADDRESS[field] for field in (*STREET_PARTS, "unit")},
        "city": ("city", "town", "billingcity", "mailingcity", *ADDRESS["city"]),
        "state": ("state", "stateregion", "stateprovince", "billingstate", "billingstateprovince", "mailingstate",
                  *ADDRESS["state"]),
        "zip_code": ("zipcode", "zip", "postalcode", "postcode", "zippostalcode", "billingzip", "billingpostalcode",
                     "billingzippostalcode", "mailingzip", *ADDRESS["zip_code"]),
        "country": (*ADDRESS["country"], "billingcountry", "mailingcountry", "land"),
        "latitude": ADDRESS["latitude"],
        "longitude": ADDRESS["longitude"],
    },
    ids=("external_id", "place_id"),
    addresses=(*PROPERTY, "business", "company", "office", "work", "primary", "billing", "mailing", "shipping", *OTHER,
    *RESIDENCE),
)  # fmt: skip
"""`domain` is used if there is no website; house number and street if there is no address. A unit, or the second line
of an address, becomes a part of the address."""


class Columns:
    """The columns of one file. `mapping` names some of them by field and takes precedence.

    Raises Unreadable where no column can be the name, or `mapping` does not fit the header.
    """

    def __init__(self, header: Sequence[str], mapping: Mapped | None = None, findings: Findings = NOTHING) -> None:
        self.located = COLUMNS.locate(header, mapping, findings=findings)
        if not self.located.columns.get("name"):
            raise Unreadable(
                f"No column of the header is the business's name (name or company); it has {shown(header)}."
                ' Name the column: mapping={"name": "<column>"}.'
            )

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the values of a row by the names that `NewBusiness` takes, those that are not empty."""
        values = self.located.values(cells)
        for field in ("website", "domain"):
            with suppress(ValueError):  # NewBusiness says what is wrong with it
                if (website := clean_website(values.get(field, ""))) is not None:
                    values[field] = website
                else:
                    values.pop(field, None)
        if domain := values.pop("domain", None):
            values.setdefault("website", domain)
        parts = {field: values.pop(field, "") for field in STREET_PARTS}
        address, unit = street_line({**parts, "address": values.get("address", "")}), values.pop("unit", "")
        if unit and unit.casefold() not in address.casefold():
            separator = " " if address.isdecimal() else ", "  # 12 | High Street
            address = separator.join(filter(None, (address, unit)))
        if address:
            values["address"] = address
        return {to_camel(field): value for field, value in values.items()}


Row = tuple[int, dict[str, str] | str]
"""Line number, and values by the names that `NewBusiness` takes, or a message why the row has none."""


def from_csv(raw: bytes, limit: int, mapping: Mapped | None = None) -> tuple[list[Row], list[ColumnUse]]:
    """Return the rows of a CSV file, and what its columns are used as.

    Raises Unreadable without a column for the name, TooManyRows beyond `limit` rows.
    """
    table = CsvTable(raw, COLUMNS.known | mapped_names(mapping or {}))
    verified = verify(lambda findings: Columns(table.header, mapping, findings).located, table.header, table.first_rows)
    columns = Columns(table.header, mapping, verified.findings)
    rows: list[Row] = [
        (line, cells.error if isinstance(cells, BrokenRow) else columns.values(cells))
        for line, cells in table.rows(limit)
    ]
    return rows, describe(
        table.header, columns.located.roles(), table.first_rows, keeps_others=False, notes=verified.notes
    )
