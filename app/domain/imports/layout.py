"""The layout of a file to import: found when the file arrives, stored with it, used by the job."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app.domain.imports.date_orders import DateOrder
from app.domain.imports.row_problems import REPORT_COLUMNS
from app.domain.imports.survey import FileFormat, Survey
from app.domain.imports.voter_profiles import GENERIC, PROFILES, VOTER_FIELDS, ProfileName, VoterProfile
from app.domain.text.column_content import Content
from app.domain.text.column_mapping import Mapped
from app.domain.text.column_uses import ROWS_EXAMINED, suggestion
from app.domain.text.columns import canonical, mapped_names, shown
from app.domain.text.csv_reader import BrokenRow, CsvReader, Dialect, Position
from app.domain.text.csv_table import recognise
from app.domain.text.decoding import decode
from app.domain.text.errors import Unreadable
from app.domain.text.findings import Findings
from app.domain.text.quoting import find_quoted_columns
from app.domain.text.typed_columns import CellKind, TypedColumn

REPEATED = "(repeated)"
"""Behind the name of a column that an earlier one has already."""
MAX_QUOTED_BYTES = 1 << 16
"""Bytes of data that are examined for quotes."""


@dataclass(frozen=True)
class Layout:
    format: FileFormat
    header: list[str]
    """Names of the columns, each once; empty for GeoJSON."""
    delimiter: str = ","
    start: tuple[int, int] = (0, 0)
    """Bytes and physical lines before the data: those of the header, if the file has one."""
    profile: ProfileName | None = None
    """The profile of a voter file."""
    country: str = ""
    """The country of the addresses where the file tells it, an ISO 3166-1 code in lower case."""
    sent_header: list[str] = field(default_factory=list)
    """The cells of the header as they are in the file: empty, repeated or padded ones, too."""
    quoted: list[int] = field(default_factory=list)
    """Indexes of the columns whose cells are all in quotes."""
    is_header_quoted: bool = False
    spreadsheet_columns: list[tuple[list[str], str | int | None]] | None = None
    """Of a file that was a spreadsheet: the kinds of cells in each column, and its number format."""
    notes: list[str] = field(default_factory=list)
    """Sentences on what was found when the file arrived, for its sender."""
    columns: list[dict[str, Any]] = field(default_factory=list)
    """What became of each column: see `ColumnUse.to_json`."""
    date_orders: dict[str, DateOrder] = field(default_factory=dict)
    """Field to the order of its dates, where they have one."""
    received_on: str = ""
    """When the file arrived, as YYYY-MM-DD: years of two digits are read as dates until then."""
    headerless: bool = False
    """Whether the first row is a record, so that the names of the columns are their numbers."""
    distrusted: list[str] = field(default_factory=list)
    """Names of columns whose values contradict their names."""
    by_content: dict[str, str] = field(default_factory=dict)
    """Field to the name of the column whose values look like it."""
    warnings: list[str] = field(default_factory=list)
    """Sentences on what may be wrong with the columns."""

    @property
    def own(self) -> int:
        """Return the number of the file's own columns, without those of the report that it was corrected from."""
        from_report = tuple(self.header[-len(REPORT_COLUMNS) :]) == REPORT_COLUMNS
        return len(self.header) - (len(REPORT_COLUMNS) if from_report else 0)

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.delimiter, tuple(self.header), len(self.header) - self.own)

    @property
    def start_position(self) -> dict[str, int]:
        """Return the position at which a job that reads all rows begins."""
        return {"offset": self.start[0], "line": self.start[1]}

    @property
    def findings(self) -> Findings:
        return Findings(frozenset(self.distrusted), self.by_content)

    @property
    def quotes_all(self) -> bool:
        """Whether the file quotes every cell."""
        return self.is_header_quoted and len(self.quoted) >= len(self.header)

    @property
    def sent_columns(self) -> list[TypedColumn]:
        """The columns with the names and the types that they have in the file."""
        names = self.sent_header or self.header
        if self.spreadsheet_columns is None:
            return [TypedColumn(name) for name in names]
        found = [*self.spreadsheet_columns, *[([], None)] * len(names)]
        return [
            TypedColumn(name, [CellKind(kind) for kind in kinds], format)
            for name, (kinds, format) in zip(names, found, strict=False)
        ]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Layout:
        known = {name: value[name] for name in (field.name for field in fields(cls)) if name in value}
        return cls(**{**known, "format": FileFormat(value["format"]), "start": tuple(value["start"])})


def recognise_table(survey: Survey, known: Collection[str], header: bool | None = None) -> Layout:
    """Return the layout of delimited text whose header should have some of the `known` canonical names.

    `header` says whether it has one; without it, that is found out.

    Raises Unreadable where there is no usable header.
    """
    table = recognise(survey.head, known, header)
    start = (table.start.offset, table.start.line)
    notes = []
    if table.title_lines:
        above = "the row above it is" if table.title_lines == 1 else f"the {table.title_lines} rows above it are"
        notes.append(f"The header is in line {table.start.line}; {above} not imported.")
    if table.headerless:
        notes.append(
            "The file has no header: the columns are named column 1, column 2 …, and are recognised by what they hold."
        )
    delimiter, width = table.dialect.delimiter, len(table.header)
    lines = decode(survey.head[: table.start.offset]).splitlines()[-1:]
    data = decode(survey.head[table.start.offset :][:MAX_QUOTED_BYTES]).splitlines()[:-1]
    return Layout(
        FileFormat.DELIMITED,
        _unique(table.header),
        delimiter,
        start,
        sent_header=[cell.replace("\0", " ") for cell in table.sent_header],
        quoted=find_quoted_columns(data, delimiter, width),
        is_header_quoted=len(find_quoted_columns(lines, delimiter, width)) == width,
        spreadsheet_columns=survey.spreadsheet_columns,
        notes=notes,
        headerless=table.headerless,
    )


def recognise_voter_file(
    survey: Survey, profile: ProfileName | None, mapping: Mapped, header: bool | None = None
) -> Layout:
    """Return the layout of a voter file. Without `profile` it is recognised from the header.

    Raises Unreadable where no column can be the voter's id, or `mapping` does not fit the header.
    """
    if survey.format() is not FileFormat.DELIMITED:
        raise Unreadable("A voter file is a table (CSV, tab-separated text or a spreadsheet), not map data, not JSON.")
    without_header = None if header else _recognise_without_header(survey, profile)
    if without_header is not None:
        return without_header
    known = {canonical(n) for p in PROFILES.values() for groups in p.columns.values() for g in groups for n in g}
    layout = recognise_table(survey, known | mapped_names(mapping), header)
    present = {canonical(name) for name in layout.header}
    chosen = PROFILES[profile] if profile else _recognise_profile(present)
    VOTER_FIELDS.locate(layout.header, mapping)  # raises Unreadable where the mapping does not fit
    ids = [group[0] for group in chosen.columns["record_id"]]
    if not layout.headerless and "record_id" not in mapping and not any(canonical(name) in present for name in ids):
        raise Unreadable(
            f"No column of the header can be the voter's id. The profile {chosen.name} expects"
            f" {' or '.join(ids[:4])}; the header has {shown(layout.header)}. Choose another profile"
            f" ({', '.join(PROFILES)}), or name the column:"
            f' mapping={{"recordId": "<column>"}}. {_likely_id(survey, layout)}'.rstrip()
        )
    return replace(layout, profile=chosen.name, country=chosen.country)


def _likely_id(survey: Survey, layout: Layout) -> str:
    reader = CsvReader(io.BytesIO(survey.head), layout.dialect, Position(*layout.start))
    rows = [cells for _, cells in reader.read(ROWS_EXAMINED) if not isinstance(cells, BrokenRow)]
    return suggestion(layout.header, rows, Content.ID, "record_id")


def _recognise_profile(present: set[str]) -> VoterProfile:
    return next((profile for profile in PROFILES.values() if profile.fits(present)), GENERIC)


def _recognise_without_header(survey: Survey, asked: ProfileName | None) -> Layout | None:
    """Return the layout of a file whose profile has no header: the first line is a row of data already."""
    for profile in PROFILES.values():
        if not profile.headers or asked not in (None, profile.name):
            continue
        first = CsvReader(io.BytesIO(survey.head), Dialect(profile.delimiter)).read(1)
        if not first or isinstance(first[0][1], BrokenRow):
            continue
        cells = first[0][1]
        header = next((header for header in profile.headers if len(header) == len(cells)), None)
        if header and all(pattern.fullmatch(cells[i].strip()) for i, pattern in profile.first_cells.items()):
            return Layout(
                FileFormat.DELIMITED, list(header), profile.delimiter, (0, 0), profile.name, country=profile.country
            )
    return None


def _unique(header: list[str]) -> list[str]:
    """Tell the names apart that are repeated or empty: each is a key of the values that are kept as JSON.

    `Address` and `Address (repeated)`: with a number it would be another column that people have, `Address 2`.
    """
    seen: dict[str, int] = {}
    unique = []
    for position, name in enumerate(header, 1):
        seen[name] = seen.get(name, 0) + 1
        if not name:
            name = f"column {position}"
        elif seen[name] > 1:
            name = f"{name} {REPEATED if seen[name] == 2 else REPEATED.replace(')', f' {seen[name] - 1})')}"
        unique.append(name)
    return unique
