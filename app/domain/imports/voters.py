"""Rows of a voter file as lines for COPY. A row costs some ten microseconds; that is why this reads as it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from itertools import compress
from operator import itemgetter
from typing import BinaryIO

import orjson
from uuid_utils import uuid7

from app.domain.imports.chunks import ROWS, Chunk, copy_text
from app.domain.imports.dates import iso
from app.domain.imports.dwellings import Dwelling, dwelling
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import Code
from app.domain.imports.voter_profiles import FIELDS, PROFILES, Flag
from app.domain.text.columns import canonical
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position, Row

COLUMNS = (*FIELDS, "protected", "extra", "address_key")
"""Of a line of `Chunk.rows`, behind its number in the file and before the hash of it all."""
HOUSEHOLD_COLUMNS = (
    "id", "address_key", "address", "unit", "city", "state", "zip_code", "country", "county", "precinct_number",
)  # fmt: skip

ID, STATUS, COUNTY, PRECINCT = (FIELDS.index(name) for name in ("record_id", "status", "county", "precinct"))
BIRTH_DATE, BIRTH_YEAR, REGISTERED = (FIELDS.index(name) for name in ("birth_date", "birth_year", "registered_on"))
ADDRESS = FIELDS.index("address")
"""Address, unit, city, state and ZIP code are the last fields, in this order."""

CONTROL = re.compile(r"[\x01-\x1f\x7f-\x9f\u2028\u2029\xa0]")
GUARD = re.compile(r"(^|\0)'(?=[=+\-@])")
"""What we put before a cell that a spreadsheet would run, in reports that come back mended."""
BATCH = 200
"""Rows that are cut into cells at once: so few stay in the processor's cache."""
LONGEST_ID = 255
LONGEST_NAME = 100
"""Of counties and precincts: they are indexed."""
YEAR = re.compile(r"(?:18|19|20)\d\d", re.ASCII)


class VoterReader:
    """See `Reader`. `county` stands in where the file has none; `rows` bounds how many are read."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        position: Mapping[str, int],
        *,
        country: str = "us",
        county: str = "",
        mapping: Mapping[str, str] | None = None,
    ) -> None:
        self._records = CsvReader(file, layout.dialect, Position(position["offset"], position["line"]))
        self._left: int | None = position.get("left")
        self._columns = _Columns(layout, mapping or {})
        self._country, self._county = country, county

    def chunk(self) -> Chunk:
        want = ROWS if self._left is None else min(ROWS, self._left)
        chunk = Chunk({}, counts={"protected": 0})
        conversion = _Conversion(self._columns, chunk, self._country, self._county)
        while chunk.read < want and (records := self._records.read(min(BATCH, want - chunk.read))):
            chunk.read += len(records)
            conversion.convert(records)
        conversion.finish()
        chunk.position = {"offset": self._records.position.offset, "line": self._records.position.line}
        chunk.last = chunk.read < want
        if self._left is not None:
            self._left -= chunk.read
            chunk.position["left"] = self._left
            chunk.last = chunk.last or self._left == 0
        return chunk


class _Columns:
    """Where each field stands in a row of this file."""

    def __init__(self, layout: Layout, mapping: Mapping[str, str]) -> None:
        profile = PROFILES[layout.profile or "generic"]
        places = {canonical(name): at for at, name in reversed(list(enumerate(layout.header)))}
        self.profile = profile
        self.delimiter = layout.delimiter
        self.width = len(layout.header)
        picked = [self.width] * len(FIELDS)
        self.joined: list[tuple[int, list[int]]] = []
        """(field, columns) where it is made of several."""
        self.names: dict[str, str] = {}
        """Of the first column of each field, for messages."""
        used: set[int] = set()
        for number, name in enumerate(FIELDS):
            groups = ((mapping[name],),) if name in mapping else profile.columns.get(name, ())
            for group in groups:
                found = [places[canonical(part)] for part in group if canonical(part) in places]
                if found and (len(found) == len(group) or len(group) > 2):
                    if len(found) == 1:
                        picked[number] = found[0]
                    else:
                        self.joined.append((number, found))
                    self.names[name] = layout.header[found[0]]
                    used.update(found)
                    break
        self.has_addresses = picked[ADDRESS] < self.width or any(number == ADDRESS for number, _ in self.joined)
        self.fields = itemgetter(*picked)
        """The fields of a row with an empty cell at its end, which stands for what the file does not have."""
        self.id = picked[ID]
        self.kept_if_protected = {picked[STATUS], picked[COUNTY]}
        self.protected = _flag(profile.protected, places)
        self.removed = _flag(profile.removed, places)
        others = [at for at in range(layout.own) if at not in used]
        self.extra_names = [layout.header[at] for at in others]
        self.extra = itemgetter(*others, self.width, self.width)  # a tuple whatever their number


def _flag(rule: Flag | None, places: Mapping[str, int]) -> tuple[int, frozenset[str]] | None:
    """Where it stands in this file, and its values; None where it does not."""
    if rule is None:
        return None
    return next(((places[name], rule.values) for name in map(canonical, rule.columns) if name in places), None)


class _Conversion:
    """One chunk's worth of rows."""

    def __init__(self, columns: _Columns, chunk: Chunk, country: str, county: str) -> None:
        self._columns, self._chunk = columns, chunk
        self._country, self._county = country, county
        self._seen: set[str] = set()
        self._dwellings: dict[tuple[str, ...], Dwelling] = {}
        self._households: dict[str, str] = {}
        self._rows: list[bytes] = []

    def convert(self, records: list[Row]) -> None:
        for line, cells in records:
            if isinstance(cells, BrokenRow):
                self._chunk.reject(line, self._told(cells.original), Code(cells.code), cells.error)
            else:
                self._row(line, cells)

    def finish(self) -> None:
        self._chunk.rows = b"".join(self._rows)
        self._chunk.households = "".join(self._households.values()).encode()

    def _row(self, line: int, original: list[str]) -> None:
        columns, chunk = self._columns, self._chunk
        cells = self._clean(line, original)
        if cells is None:
            return
        record_id = cells[columns.id]
        if not record_id or len(record_id) > LONGEST_ID:
            self._refuse_id(line, original, cells)
            return
        if record_id in self._seen:
            chunk.duplicate(line, record_id)
            return
        self._seen.add(record_id)
        cells.append("")
        values = list(columns.fields(cells))
        for number, places in columns.joined:
            values[number] = " ".join([cells[at] for at in places if cells[at]])
        values[COUNTY] = columns.profile.counties.get(values[COUNTY], values[COUNTY]) or self._county
        if len(values[COUNTY]) > LONGEST_NAME or len(values[PRECINCT]) > LONGEST_NAME:
            self._drop_long(line, record_id, values)
        key, extra = "", ""
        protected = columns.protected
        starred = values[ADDRESS].startswith("*")  # what registers write in its place: *** Protected ***
        if starred or (protected and cells[protected[0]].upper() in protected[1]):
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
        self._rows.append(b"%d\t%b\t%b\n" % (line, row, blake2b(row, digest_size=16).hexdigest().encode()))

    def _clean(self, line: int, original: list[str]) -> list[str] | None:
        """The cells with white space squeezed; None where the row was rejected."""
        columns, chunk = self._columns, self._chunk
        cells = original
        if len(cells) != columns.width:
            if len(cells) < columns.width or any(cell.strip() for cell in cells[columns.width :]):
                error = f"has {len(cells)} cells, but the header has {columns.width}"
                chunk.reject(line, self._told(original), Code.WRONG_COLUMNS, error)
                return None
            cells = cells[: columns.width]
        joined = "\0".join(cells)
        if joined.count("\0") >= len(cells):
            chunk.reject(line, self._told(original), Code.NUL, "has a NUL byte")
            return None
        if (
            "  " in joined
            or " \0" in joined
            or "\0 " in joined
            or "\0'" in joined
            or joined.startswith((" ", "'"))
            or joined.endswith(" ")
            or not joined.replace("\0", " ").isprintable()  # as CONTROL has it, and faster
        ):
            return _squeezed(joined)
        return cells

    def _refuse_id(self, line: int, original: list[str], cells: list[str]) -> None:
        columns = self._columns
        column = columns.names["record_id"]
        original = self._told(original)
        if not cells[columns.id]:
            self._chunk.reject(line, original, Code.NO_ID, "is empty: a row needs its id", column=column)
        else:
            error = f"has more than {LONGEST_ID} characters"
            self._chunk.reject(line, original, Code.TOO_LONG, error, column=column)

    def _told(self, original: list[str]) -> list[str]:
        """A rejected row as the report has it: whose it is nobody may learn where the voter is protected.

        In a row with too few or too many cells the flag may stand elsewhere, by as many as are missing or too much.
        """
        columns = self._columns
        if columns.protected is None:
            return original
        flag, values = columns.protected
        cells = original if len(original) > 1 else original[0].split(columns.delimiter)
        off = abs(len(cells) - columns.width)
        near = cells[max(0, flag - off) : flag + off + 1]
        if not any(cell.strip(' \0"').upper() in values for cell in near):
            return original
        kept = {flag, *columns.kept_if_protected} if not off else set()
        return [cell if at in kept else "*" if cell else "" for at, cell in enumerate(cells)]

    def _drop_long(self, line: int, record_id: str, values: list[str]) -> None:
        for number in (COUNTY, PRECINCT):
            if len(values[number]) > LONGEST_NAME:
                error, column = f"has more than {LONGEST_NAME} characters", self._columns.names.get(FIELDS[number])
                self._chunk.warn(line, record_id, Code.TOO_LONG, error, column=column, value=values[number])
                values[number] = ""

    def _dates(self, line: int, record_id: str, values: list[str]) -> None:
        for number in (BIRTH_DATE, REGISTERED):
            if text := values[number]:
                try:
                    values[number] = iso(text)
                except ValueError as error:
                    column = self._columns.names[FIELDS[number]]
                    self._chunk.warn(line, record_id, Code.BAD_DATE, str(error), column=column, value=text)
                    values[number] = ""
        if year := values[BIRTH_YEAR]:
            if not YEAR.fullmatch(year):
                column = self._columns.names["birth_year"]
                self._chunk.warn(line, record_id, Code.BAD_YEAR, "is no year", column=column, value=year)
                values[BIRTH_YEAR] = ""
        elif birth := values[BIRTH_DATE]:
            values[BIRTH_YEAR] = birth[:4]

    def _dwelling(self, line: int, record_id: str, values: list[str], cells: list[str]) -> str:
        """Put the normalised address into `values`; the key of the household, empty for none."""
        columns = self._columns
        parts = tuple(values[ADDRESS:])
        home = self._dwellings.get(parts)
        if home is None:
            address, unit, city, state, zip_code = parts
            state = state or (columns.profile.state or "")
            home = self._dwellings[parts] = dwelling(address, unit, city, state, zip_code, self._country)
        values[ADDRESS:] = [home.address, home.unit, home.city, home.state, home.zip_code]
        for name, code, value, message in home.problems:
            self._chunk.warn(line, record_id, code, message, column=columns.names.get(name), value=value)
        if columns.removed and cells[columns.removed[0]].upper() in columns.removed[1]:
            return ""
        if not home.key:
            if not columns.has_addresses:
                return ""
            self._chunk.warn(line, record_id, Code.NO_ADDRESS, "has no address to make a household of")
        elif home.key not in self._households:
            text = (str(uuid7()), home.key, home.address, home.unit, home.city, home.state, home.zip_code)
            more = (self._country, values[COUNTY], values[PRECINCT])
            self._households[home.key] = copy_text("\t".join((*text, *more))) + "\n"
        return home.key


def _squeezed(joined: str) -> list[str]:
    """The cells of a row joined by NUL, their white space as single spaces and none at their ends."""
    if not joined.replace("\0", " ").isprintable():
        joined = CONTROL.sub(" ", joined)
    while "  " in joined:
        joined = joined.replace("  ", " ")
    joined = joined.replace(" \0", "\0").replace("\0 ", "\0").strip(" ")
    if "\0'" in joined or joined.startswith("'"):
        joined = GUARD.sub(r"\1", joined)
    return joined.split("\0")
