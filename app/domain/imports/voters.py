"""Convert rows of a voter file to lines for COPY.

This code is optimised: a row takes about ten microseconds, and registers have millions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from hashlib import blake2b
from itertools import compress
from typing import BinaryIO

import orjson
from uuid_utils import uuid7

from app.domain.addresses.house_numbers import NO_HOUSE_NUMBER, has_house_number
from app.domain.imports.chunks import Chunk, RowLimit, copy_text
from app.domain.imports.date_orders import DATES, DateOrder
from app.domain.imports.dates import to_iso_date
from app.domain.imports.dwellings import Dwelling, normalise_dwelling
from app.domain.imports.full_names import split_name
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import ProblemCode
from app.domain.imports.voter_columns import (
    ADDRESS,
    BIRTH_DATE,
    BIRTH_YEAR,
    COUNTY,
    ID,
    PRECINCT,
    STATUS,
    VoterColumns,
)
from app.domain.imports.voter_profiles import FIELDS
from app.domain.text.column_mapping import Mapped
from app.domain.text.confidentiality import NOT_PROTECTED, PROTECTED
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position, Row
from app.domain.text.unmended import HIDDEN

COLUMNS = (*FIELDS, "protected", "extra", "address_key")
"""Columns of a line of `Chunk.rows`, between its line number in the file and the hash of the row."""
HOUSEHOLD_COLUMNS = (
    "id", "address_key", "address", "unit", "city", "state", "zip_code", "country", "county", "precinct_number",
)  # fmt: skip

_CONTROL = re.compile(r"[\x01-\x1f\x7f-\x9f\u2028\u2029\xa0]")
_GUARD = re.compile(r"(^|\0)'(?=[=+\-@])")
"""The apostrophe that reports put before a formula; it comes back in corrected files."""
ROWS_PER_READ = 200
"""So few rows, split into cells, stay in the processor's cache."""
MAX_ID_CHARACTERS = 255
MAX_NAME_CHARACTERS = 100
"""Maximum length of names of counties and precincts, because they are indexed."""
_WITHOUT_NUMBER = re.compile(r"\d|RR\b|RTE?\b|RURAL|HC\b|P\.? ?O\b|BOX\b|PSC\b|CMR\b|UNIT\b|GENERAL DEL", re.IGNORECASE)
"""Addresses that need no house number, or whose number is in the column of the street."""
_HIDDEN = re.compile(r"\*|CONFIDENTIAL|PROTECTED|WITHHELD|REDACTED|SUPPRESSED|SAFE AT HOME", re.IGNORECASE)
"""What registers write in the place of an address that they keep secret."""
HIDDEN_NAMES = frozenset({
    "CONFIDENTIAL", "CONFIDENTIAL VOTER", "PROTECTED", "PROTECTED VOTER", "WITHHELD", "REDACTED", "SUPPRESSED",
    "SAFE AT HOME", "ACP", "ADDRESS CONFIDENTIAL", "ADDRESS PROTECTED",
    "ANONYMOUS", "ANONYMOUS ENTRY", "ANONYMOUS ELECTOR", "ANONYMOUS VOTER",
})  # fmt: skip
"""What registers write in the place of a name or city that they keep secret, in upper case."""
LAST_NAME, FIRST_NAME, MIDDLE_NAME, CITY = map(FIELDS.index, ("last_name", "first_name", "middle_name", "city"))
_YEAR = re.compile(r"(?:18|19|20)\d\d", re.ASCII)


class VoterReader:
    """See `Reader`. `county` is used where the file has none, `date_order` in place of the one that was found."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        position: Mapping[str, int],
        *,
        country: str = "us",
        county: str = "",
        mapping: Mapped | None = None,
        date_order: DateOrder | None = None,
    ) -> None:
        self._rows = CsvReader(file, layout.dialect, Position(position["offset"], position["line"]))
        self._limit = RowLimit(position)
        self._columns = VoterColumns(layout, mapping or {})
        self._country, self._county = layout.country or country, county
        found = layout.date_orders
        self._latest = date.fromisoformat(layout.received_on) if layout.received_on else None
        self._orders = [(FIELDS.index(name), date_order or found.get(name, "mdy")) for name in DATES]

    def chunk(self) -> Chunk:
        want = self._limit.next_rows
        chunk = Chunk(counts={"protected": 0})
        conversion = _Conversion(self._columns, chunk, self._country, self._county, self._orders, self._latest)
        while chunk.read < want and (rows := self._rows.read(min(ROWS_PER_READ, want - chunk.read))):
            chunk.read += len(rows)
            conversion.convert(rows)
        conversion.finish()
        self._limit.end(chunk, asdict(self._rows.position))
        return chunk


class _Conversion:
    """Converts the rows of one chunk."""

    def __init__(
        self,
        columns: VoterColumns,
        chunk: Chunk,
        country: str,
        county: str,
        orders: list[tuple[int, DateOrder]],
        latest_date: date | None,
    ) -> None:
        self._orders, self._latest = orders, latest_date
        self._columns, self._chunk = columns, chunk
        self._country, self._county = country, county
        self._seen: set[str] = set()
        self._dwellings: dict[tuple[str, ...], Dwelling] = {}
        self._households: dict[str, str] = {}
        self._lines: list[bytes] = []

    def convert(self, rows: list[Row]) -> None:
        for line, cells in rows:
            if isinstance(cells, BrokenRow):
                self._chunk.reject(line, self._reportable(cells.original), ProblemCode(cells.code), cells.error)
            else:
                self._row(line, cells)

    def finish(self) -> None:
        self._chunk.rows = b"".join(self._lines)
        self._chunk.households = "".join(self._households.values()).encode()

    def _row(self, line: int, original: list[str]) -> None:
        columns, chunk = self._columns, self._chunk
        cells = self._clean(line, original)
        if cells is None:
            return
        record_id = columns.id(cells)
        if not record_id or len(record_id) > MAX_ID_CHARACTERS:
            self._reject_id(line, original, cells)
            return
        if record_id in self._seen:
            chunk.add_duplicate(line, record_id)
            return
        self._seen.add(record_id)
        cells += columns.tail
        values = list(columns.fields(cells))
        for field, indexes in columns.joined:
            separator = columns.address_separator if field == ADDRESS else " "
            values[field] = separator.join([cells[index] for index in indexes if cells[index]])
        if columns.full_name:
            name = " ".join([cells[index] for index in columns.full_name if cells[index]])
            if name.upper() in HIDDEN_NAMES:
                values[LAST_NAME] = name
            else:
                names = split_name(name, surname_first=columns.profile.surname_first)
                values[LAST_NAME], values[FIRST_NAME], values[MIDDLE_NAME] = names
        number = columns.house_number
        if number is not None and not cells[number] and not _WITHOUT_NUMBER.match(values[ADDRESS]):
            values[ADDRESS] = ""  # the street is no house
        values[COUNTY] = columns.profile.counties.get(values[COUNTY], values[COUNTY]) or self._county
        if len(values[COUNTY]) > MAX_NAME_CHARACTERS or len(values[PRECINCT]) > MAX_NAME_CHARACTERS:
            self._drop_long(line, record_id, values)
        key, extra = "", ""
        address = values[ADDRESS]
        hidden = not address[:1].isdigit() and _HIDDEN.search(address) is not None
        hidden = hidden or values[LAST_NAME].upper() in HIDDEN_NAMES or values[CITY].upper() in HIDDEN_NAMES
        for index in columns.protected:
            hidden = hidden or cells[index].upper() not in NOT_PROTECTED
        if hidden:
            self._report_flag(line, record_id, cells)
            chunk.counts["protected"] += 1
            values = [v if n in (ID, STATUS, COUNTY) else "" for n, v in enumerate(values)]
            protected_text = "t"
        else:
            self._dates(line, record_id, values)
            key = self._dwelling(line, record_id, values, cells)
            others = columns.extra(cells)
            kept = dict(zip(compress(columns.extra_names, others), filter(None, others), strict=True))
            extra = orjson.dumps(kept).decode() if kept else ""
            protected_text = "f"
        row = copy_text("\t".join((*values, protected_text, extra, key))).encode()
        self._lines.append(b"%d\t%b\t%b\n" % (line, row, blake2b(row, digest_size=16).hexdigest().encode()))

    def _report_flag(self, line: int, record_id: str, cells: list[str]) -> None:
        for index in self._columns.protected:
            if (flag := cells[index]).upper() not in PROTECTED | NOT_PROTECTED:
                message = "is neither a yes nor a no; the voter counts as protected"
                name = self._columns.header[index]
                self._chunk.warn(line, record_id, ProblemCode.UNKNOWN_FLAG, message, column=name, value=flag)

    def _clean(self, line: int, original: list[str]) -> list[str] | None:
        """Return the cells with white space squeezed; None where the row was rejected."""
        columns, chunk = self._columns, self._chunk
        cells = original
        if len(cells) != columns.width:
            if len(cells) < columns.width or any(cell.strip() for cell in cells[columns.width :]):
                error = f"has {len(cells)} cells, but the header has {columns.width}"
                chunk.reject(line, self._reportable(original), ProblemCode.WRONG_COLUMNS, error)
                return None
            cells = cells[: columns.width]
        joined = "\0".join(cells)
        if joined.count("\0") >= len(cells):
            chunk.reject(line, self._reportable(original), ProblemCode.NUL, "has a NUL byte")
            return None
        if (
            "  " in joined
            or " \0" in joined
            or "\0 " in joined
            or "\0'" in joined
            or joined.startswith((" ", "'"))
            or joined.endswith(" ")
            or not joined.replace("\0", " ").isprintable()  # equivalent to _CONTROL, and faster
        ):
            return _squeezed(joined)
        return cells

    def _reject_id(self, line: int, original: list[str], cells: list[str]) -> None:
        columns = self._columns
        column = columns.names["record_id"]
        original = self._reportable(original)
        if not columns.id(cells):
            self._chunk.reject(line, original, ProblemCode.NO_ID, "is empty; every row needs an id", column=column)
        else:
            error = f"has more than {MAX_ID_CHARACTERS} characters"
            self._chunk.reject(line, original, ProblemCode.TOO_LONG, error, column=column)

    def _reportable(self, original: list[str]) -> list[str]:
        """Return the cells of a rejected row for the report: without personal data where the voter is protected.

        In a row with too few or too many cells a flag may be off by as many cells as are missing or surplus: it
        protects if it may be a yes, and unless it may be a no.
        """
        columns = self._columns
        cells = original if len(original) > 1 else original[0].split(columns.delimiter)
        off = abs(len(cells) - columns.width)
        plain = [cell.strip(" \0\"'").upper() for cell in cells]
        protected = any(not cell[:1].isdigit() and _HIDDEN.search(cell) for cell in plain)
        for flag in columns.protected:
            near = plain[max(0, flag - off) : flag + off + 1]
            protected = protected or bool(PROTECTED.intersection(near)) or NOT_PROTECTED.isdisjoint(near)
        if not protected:
            return original
        kept = {*columns.protected, *columns.kept_if_protected} if not off else set()
        return [cell if index in kept else HIDDEN if cell else "" for index, cell in enumerate(cells)]

    def _drop_long(self, line: int, record_id: str, values: list[str]) -> None:
        for number in (COUNTY, PRECINCT):
            if len(values[number]) > MAX_NAME_CHARACTERS:
                error = f"has more than {MAX_NAME_CHARACTERS} characters"
                column = self._columns.names.get(FIELDS[number])
                self._chunk.warn(line, record_id, ProblemCode.TOO_LONG, error, column=column, value=values[number])
                values[number] = ""

    def _dates(self, line: int, record_id: str, values: list[str]) -> None:
        if not values[BIRTH_YEAR] and _YEAR.fullmatch(values[BIRTH_DATE]):  # some states publish no more
            values[BIRTH_YEAR], values[BIRTH_DATE] = values[BIRTH_DATE], ""
        for number, order in self._orders:
            if text := values[number]:
                try:
                    values[number] = to_iso_date(text, order, self._latest)
                except ValueError as error:
                    column = self._columns.names.get(FIELDS[number])
                    self._chunk.warn(line, record_id, ProblemCode.BAD_DATE, str(error), column=column, value=text)
                    values[number] = ""
        if year := values[BIRTH_YEAR]:
            if not _YEAR.fullmatch(year):
                column = self._columns.names.get("birth_year")
                message = "is not a year such as 1980"
                self._chunk.warn(line, record_id, ProblemCode.BAD_YEAR, message, column=column, value=year)
                values[BIRTH_YEAR] = ""
        elif birth := values[BIRTH_DATE]:
            values[BIRTH_YEAR] = birth[:4]

    def _dwelling(self, line: int, record_id: str, values: list[str], cells: list[str]) -> str:
        """Put the normalised address into `values`, and return the key of the household, empty for none."""
        columns = self._columns
        parts = tuple(values[ADDRESS:])
        home = self._dwellings.get(parts)
        if home is None:
            address, unit, city, state, zip_code = parts
            state = state or (columns.profile.state or "")
            home = self._dwellings[parts] = normalise_dwelling(address, unit, city, state, zip_code, self._country)
        values[ADDRESS:] = [home.address, home.unit, home.city, home.state, home.zip_code]
        for name, code, value, message in home.problems:
            self._chunk.warn(line, record_id, code, message, column=columns.names.get(name), value=value)
        if columns.removed and cells[columns.removed[0]].upper() in columns.removed[1]:
            return ""
        if not home.key:
            if not columns.has_addresses:
                return ""
            error = "has no usable address; the voter belongs to no household"
            self._chunk.warn(line, record_id, ProblemCode.NO_ADDRESS, error)
        elif home.key not in self._households:
            if not has_house_number(home.address, self._country):
                column = columns.names.get("address")
                self._chunk.warn(
                    line, record_id, ProblemCode.NO_NUMBER, NO_HOUSE_NUMBER, column=column, value=home.address
                )
            text = (str(uuid7()), home.key, home.address, home.unit, home.city, home.state, home.zip_code)
            more = (self._country, values[COUNTY], values[PRECINCT])
            self._households[home.key] = copy_text("\t".join((*text, *more))) + "\n"
        return home.key


def _squeezed(joined: str) -> list[str]:
    """Split cells joined by NUL, with single spaces between words and none at the ends."""
    if not joined.replace("\0", " ").isprintable():
        joined = _CONTROL.sub(" ", joined)
    while "  " in joined:
        joined = joined.replace("  ", " ")
    joined = joined.replace(" \0", "\0").replace("\0 ", "\0").strip(" ")
    if "\0'" in joined or joined.startswith("'"):
        joined = _GUARD.sub(r"\1", joined)
    return joined.split("\0")
