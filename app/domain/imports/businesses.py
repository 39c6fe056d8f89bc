"""Read files of businesses, a few hundred rows per chunk: each row creates up to three jobs in its transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import BinaryIO

from pydantic import ValidationError
from pydantic.alias_generators import to_snake
from pydantic_core import ErrorDetails

from app.domain.imports import layout
from app.domain.imports.chunks import Chunk, RowLimit
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import ProblemCode
from app.domain.imports.survey import FileFormat, Survey
from app.domain.text.column_mapping import Mapped
from app.domain.text.columns import mapped_names
from app.domain.text.confidentiality import find_flags, find_protecting_cell
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position
from app.domain.text.errors import Unreadable
from app.domain.websites.business_files import COLUMNS, Columns
from app.domain.websites.businesses import NewBusiness

ROWS_PER_CHUNK = 500
"""With their jobs some 2,000 rows to write, well under a second."""
IDENTIFYING = {"name", "website", "externalId", "placeId"}
"""Fields that identify a business in later files: without one of them it would become another business."""
COORDINATES = {"latitude", "longitude"}


def recognise_business_file(survey: Survey, mapping: Mapped, header: bool | None = None) -> Layout:
    """Return the layout of a file of businesses.

    Raises Unreadable where no column can be the name, or `mapping` does not fit the header.
    """
    if survey.format() is not FileFormat.DELIMITED:
        raise Unreadable(
            "A file of businesses is a table (CSV, tab-separated text or a spreadsheet), not map data, not JSON."
        )
    found = layout.recognise_table(survey, COLUMNS.known | mapped_names(mapping), header)
    if not found.headerless:
        Columns(found.header, mapping)
    return found


class BusinessReader:
    """See `Reader`. `normalise` returns the URL to fetch for the text of a website, or raises ValueError."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        position: Mapping[str, int],
        *,
        normalise: Callable[[str], str],
        mapping: Mapped | None = None,
        ids_of: str = "",
    ) -> None:
        self._rows = CsvReader(file, layout.dialect, Position(position["offset"], position["line"]))
        self._limit = RowLimit(position, ROWS_PER_CHUNK)
        self._header = layout.header
        self._flags = find_flags(layout.header[: layout.own], of_people=False)
        self._columns = Columns(layout.header[: layout.own], mapping, layout.findings)
        self._normalise, self._ids_of = normalise, ids_of

    def chunk(self) -> Chunk:
        rows = self._rows.read(self._limit.next_rows)
        chunk = Chunk(read=len(rows))
        seen: set[str] = set()
        for line, cells in rows:
            business = self._business(chunk, line, cells)
            if business is None:
                continue
            if business.key in seen:
                chunk.add_duplicate(line, report_id(business))
                continue
            seen.add(business.key)
            chunk.businesses.append((line, business))
        self._limit.end(chunk, asdict(self._rows.position))
        return chunk

    def _business(self, chunk: Chunk, line: int, cells: list[str] | BrokenRow) -> NewBusiness | None:
        """Return the business of a row; None where the row was rejected."""
        if isinstance(cells, BrokenRow):
            chunk.reject(line, cells.original, ProblemCode(cells.code), cells.error)
            return None
        width = len(self._header)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            chunk.reject(line, cells, ProblemCode.WRONG_COLUMNS, f"has {len(cells)} cells, but the header has {width}")
            return None
        if any("\0" in cell for cell in cells):
            chunk.reject(line, cells, ProblemCode.NUL, "has a NUL byte")
            return None
        if (flag := find_protecting_cell(cells, self._flags)) is not None:
            chunk.reject_protected(line, cells, self._header[flag])
            return None
        values = self._columns.values(cells)
        if website := values.get("website"):
            try:
                values["website"] = self._normalise(website)
            except ValueError as error:
                self._reject(chunk, line, cells, "website", ProblemCode.BAD_WEBSITE, str(error), website)
                return None
        if len(coordinates := values.keys() & COORDINATES) == 1:
            field = coordinates.pop()
            message = "needs both latitude and longitude"
            column = self._column(field)
            chunk.warn(line, _id(values), ProblemCode.BAD_NUMBER, message, column=column, value=values.pop(field))
        return self._checked(chunk, line, cells, values)

    def _checked(self, chunk: Chunk, line: int, cells: list[str], values: dict[str, str]) -> NewBusiness | None:
        """Reject the row where an identifying field is wrong; drop the value of any other field."""
        try:
            return NewBusiness.model_validate(values).with_id_namespace(self._ids_of)
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
        field = str(wrong["loc"][0]) if wrong["loc"] else "name"  # name and address together are too long
        if field in IDENTIFYING:
            if field not in values:
                self._reject(chunk, line, cells, field, ProblemCode.NO_NAME, "is empty; every business needs a name")
            else:
                self._reject(chunk, line, cells, field, ProblemCode.TOO_LONG, _too_long(wrong), values[field])
            return None
        if wrong["type"] == "string_too_long":
            code, message = ProblemCode.TOO_LONG, _too_long(wrong)
        elif field == "country":
            code, message = ProblemCode.BAD_COUNTRY, "is not a country by name or code"
        else:
            code, message = ProblemCode.BAD_NUMBER, f"is not a {field} in degrees"
        chunk.warn(line, _id(values), code, message, column=self._column(field), value=values.pop(field))
        if field in COORDINATES:
            for name in COORDINATES:
                values.pop(name, None)
        return self._checked(chunk, line, cells, values)

    def _reject(
        self,
        chunk: Chunk,
        line: int,
        cells: list[str],
        field: str,
        code: ProblemCode,
        error: str,
        value: str | None = None,
    ) -> None:
        chunk.reject(line, cells, code, error, column=self._column(field), value=value)

    def _column(self, field: str) -> str | None:
        located = self._columns.located
        index = located.index(to_snake(field))
        if index is None and field == "website":
            index = located.index("domain")
        return None if index is None else self._header[index]


def _too_long(wrong: ErrorDetails) -> str:
    limit = wrong.get("ctx", {}).get("max_length")
    return f"has more than {limit} characters" if limit else "is too long together with the address"


def _id(values: Mapping[str, str]) -> str | None:
    return values.get("externalId") or values.get("placeId") or values.get("name")


def report_id(business: NewBusiness) -> str:
    """Return how reports name the business."""
    return business.external_id or business.place_id or business.name
