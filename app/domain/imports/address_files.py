"""Files of addresses to be geocoded: their columns, and each row as an address."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.addresses.columns import COLUMNS, AddressColumns
from app.domain.addresses.fields import Problems
from app.domain.addresses.postal_address import Address
from app.domain.imports import layout
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat, Survey
from app.domain.text.column_mapping import Mapped
from app.domain.text.columns import mapped_names
from app.domain.text.confidentiality import find_protecting_cell
from app.domain.text.csv_reader import BrokenRow, Row
from app.domain.text.csv_table import surplus
from app.domain.text.errors import Unreadable

NO_ADDRESS = Address(None, None, None, None, None, "")


def recognise_address_file(survey: Survey, mapping: Mapped, header: bool | None = None) -> Layout:
    """Return the layout of a file of addresses; `header` says whether it has one. Raises Unreadable for map data."""
    if survey.format() is not FileFormat.DELIMITED:
        raise Unreadable("Send a table with a header (CSV, tab-separated text or a spreadsheet), not map data or JSON.")
    return layout.recognise_table(survey, COLUMNS.known | mapped_names(mapping), header)


@dataclass(frozen=True)
class AddressRow:
    """A row of the file. `cells` are its own, at most as many as the header has unless there are too many."""

    address: Address
    cells: list[str]
    error: str | None = None
    """Why it has no address."""
    note: str | None = None
    """What was left out of the address."""
    point: tuple[float, float] | None = None
    """Latitude and longitude that the row brings with it."""


def read_address(row: Row, layout: Layout, columns: AddressColumns, country: str, flags: Sequence[int]) -> AddressRow:
    """Return the address of a row; `country` is that of rows that name none.

    `flags` are the indexes of the columns that mark confidential records, which have no address here.
    """
    _, cells = row
    if isinstance(cells, BrokenRow):
        guessed = cells.cells or split_leniently(cells.text, layout.delimiter)
        return AddressRow(NO_ADDRESS, guessed, f"the row {cells.error}")
    width = len(layout.header)
    if (problem := surplus(cells, width)) is not None:
        return AddressRow(NO_ADDRESS, cells, f"the row {problem}")
    if (flag := find_protecting_cell(cells, flags)) is not None:
        error = f"the row is marked as confidential ({layout.header[flag]}) and was not geocoded"
        return AddressRow(NO_ADDRESS, cells[:width], error)
    notes: Problems = []

    def noted(*sentences: str) -> str | None:
        return "; ".join([*sentences, *(f"{field} was left out: it {problem}" for field, problem in notes)]) or None

    try:
        point = columns.coordinates(cells, notes)
        address = columns.address(cells, country, notes)
        return AddressRow(address, cells[:width], note=noted(), point=point)
    except ValueError as error:
        return AddressRow(NO_ADDRESS, cells[:width], noted(str(error)))


def split_leniently(text: str, delimiter: str) -> list[str]:
    """Return the cells of a line with a stray quote, as well as they can be recognised."""
    try:
        return next(csv.reader([text], delimiter=delimiter))
    except csv.Error:
        return [text]
