"""Rows of a file of businesses, a few hundred a chunk: each makes up to three jobs that commit with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from pydantic import ValidationError
from pydantic.alias_generators import to_snake
from pydantic_core import ErrorDetails

from app.domain.imports import layout
from app.domain.imports.chunks import Chunk
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import Code
from app.domain.imports.survey import Format, Survey
from app.domain.text.columns import canonical
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position
from app.domain.text.errors import Unreadable
from app.domain.websites.business_files import COLUMNS, Columns
from app.domain.websites.businesses import NewBusiness

ROWS = 500
"""Data rows a chunk: with their jobs some 2,000 rows to write, well under a second."""
NEEDED = {"name", "website", "externalId", "placeId"}
"""What a business is known by when it comes again: without one of these it would come as another."""
PLACE = {"latitude", "longitude"}


def of_businesses(survey: Survey, mapping: Mapping[str, str]) -> Layout:
    """The layout of a file of businesses.

    Raises Unreadable where no column can be the name, or `mapping` names fields or columns that are not there.
    """
    if survey.format() is not Format.DELIMITED:
        raise Unreadable("A file of businesses is CSV or tab-separated text, not JSON.")
    found = layout.delimited(survey, COLUMNS.known | {canonical(name) for name in mapping.values()})
    Columns(found.header, mapping)
    return found


class BusinessReader:
    """See `Reader`. `normalise` makes of a website's text the address to ask for, or raises ValueError."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        position: Mapping[str, int],
        *,
        normalise: Callable[[str], str],
        mapping: Mapping[str, str] | None = None,
        ids_of: str = "",
    ) -> None:
        self._records = CsvReader(file, layout.dialect, Position(position["offset"], position["line"]))
        self._left: int | None = position.get("left")
        self._header = layout.header
        self._columns = Columns(layout.header[: layout.own], mapping)
        self._normalise, self._ids_of = normalise, ids_of

    def chunk(self) -> Chunk:
        want = ROWS if self._left is None else min(ROWS, self._left)
        records = self._records.read(want)
        chunk = Chunk({}, read=len(records))
        seen: set[str] = set()
        for line, cells in records:
            business = self._business(chunk, line, cells)
            if business is None:
                continue
            if business.key in seen:
                chunk.duplicate(line, called(business))
                continue
            seen.add(business.key)
            chunk.businesses.append((line, business))
        chunk.position = {"offset": self._records.position.offset, "line": self._records.position.line}
        chunk.last = chunk.read < want
        if self._left is not None:
            self._left -= chunk.read
            chunk.position["left"] = self._left
            chunk.last = chunk.last or self._left == 0
        return chunk

    def _business(self, chunk: Chunk, line: int, cells: list[str] | BrokenRow) -> NewBusiness | None:
        """The business of a row; None where the row was rejected."""
        if isinstance(cells, BrokenRow):
            chunk.reject(line, cells.original, Code(cells.code), cells.error)
            return None
        width = len(self._header)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            chunk.reject(line, cells, Code.WRONG_COLUMNS, f"has {len(cells)} cells, but the header has {width}")
            return None
        if any("\0" in cell for cell in cells):
            chunk.reject(line, cells, Code.NUL, "has a NUL byte")
            return None
        values = self._columns.values(cells)
        if website := values.get("website"):
            try:
                values["website"] = self._normalise(website)
            except ValueError as error:
                self._reject(chunk, line, cells, "website", Code.BAD_WEBSITE, str(error), website)
                return None
        if len(values.keys() & PLACE) == 1:
            at = next(iter(values.keys() & PLACE))
            words = "is half a place: latitude and longitude belong together"
            chunk.warn(line, _id(values), Code.BAD_NUMBER, words, column=self._column(at), value=values.pop(at))
        return self._checked(chunk, line, cells, values)

    def _checked(self, chunk: Chunk, line: int, cells: list[str], values: dict[str, str]) -> NewBusiness | None:
        """What is wrong costs the row where the business is known by it, and else the value."""
        try:
            return NewBusiness.model_validate(values).with_id_namespace(self._ids_of)
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
        field = str(wrong["loc"][0]) if wrong["loc"] else "name"  # name and address together are too long
        if field in NEEDED:
            if field not in values:
                self._reject(chunk, line, cells, field, Code.NO_NAME, "is empty: a business needs its name")
            else:
                self._reject(chunk, line, cells, field, Code.TOO_LONG, _too_long(wrong), values[field])
            return None
        if wrong["type"] == "string_too_long":
            code, message = Code.TOO_LONG, _too_long(wrong)
        elif field == "country":
            code, message = Code.BAD_COUNTRY, "is no country by its name or code"
        else:
            code, message = Code.BAD_NUMBER, f"is no {field} in degrees"
        chunk.warn(line, _id(values), code, message, column=self._column(field), value=values.pop(field))
        if field in PLACE:
            for name in PLACE:
                values.pop(name, None)
        return self._checked(chunk, line, cells, values)

    def _reject(
        self, chunk: Chunk, line: int, cells: list[str], field: str, code: Code, error: str, value: str | None = None
    ) -> None:
        chunk.reject(line, cells, code, error, column=self._column(field), value=value)

    def _column(self, field: str) -> str | None:
        places = self._columns.indexes
        at = places.get(to_snake(field), places.get("domain") if field == "website" else None)
        return None if at is None else self._header[at]


def _too_long(wrong: ErrorDetails) -> str:
    most = wrong.get("ctx", {}).get("max_length")
    return f"has more than {most} characters" if most else "is too long together with the address"


def _id(values: Mapping[str, str]) -> str | None:
    return values.get("externalId") or values.get("placeId") or values.get("name")


def called(business: NewBusiness) -> str:
    """What a report calls it by."""
    return business.external_id or business.place_id or business.name
