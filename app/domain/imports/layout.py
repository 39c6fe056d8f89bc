"""How a file to import is to be read: found when it arrives, stored with it, used by the job."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.domain.imports.row_problems import REPORT_COLUMNS
from app.domain.imports.survey import FileFormat, Survey
from app.domain.imports.voter_profiles import FIELDS, GENERIC, PROFILES, ProfileName, VoterProfile
from app.domain.text.columns import Vocabulary, canonical, shown
from app.domain.text.csv_reader import BrokenRow, CsvReader, Dialect
from app.domain.text.csv_table import recognise
from app.domain.text.errors import Unreadable

VOTER_FIELDS = Vocabulary({field: () for field in FIELDS})


@dataclass(frozen=True)
class Layout:
    format: FileFormat
    header: list[str]
    """Names of the columns, each once; empty for GeoJSON."""
    delimiter: str = ","
    carriage_returns: bool = False
    start: tuple[int, int] = (0, 0)
    """Bytes and physical lines before the data: those of the header, if the file has one."""
    profile: ProfileName | None = None
    """The profile of a voter file."""

    @property
    def own(self) -> int:
        """How many of the columns are the file's own, not those of the report that it was corrected from."""
        from_report = tuple(self.header[-len(REPORT_COLUMNS) :]) == REPORT_COLUMNS
        return len(self.header) - (len(REPORT_COLUMNS) if from_report else 0)

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.delimiter, self.carriage_returns)

    @property
    def start_position(self) -> dict[str, int]:
        """Where a job that reads all rows begins."""
        return {"offset": self.start[0], "line": self.start[1]}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Layout:
        return cls(**{**value, "format": FileFormat(value["format"]), "start": tuple(value["start"])})


def recognise_table(survey: Survey, known: Collection[str]) -> Layout:
    """Return the layout of delimited text whose header should have some of the `known` canonical names.

    Raises Unreadable where there is no usable header.
    """
    table = recognise(survey.head, known, carriage_returns=survey.carriage_returns)
    start = (table.start.offset, table.start.line)
    return Layout(
        FileFormat.DELIMITED, _unique(table.header), table.dialect.delimiter, table.dialect.carriage_returns, start
    )


def recognise_voter_file(survey: Survey, profile: ProfileName | None, mapping: Mapping[str, str]) -> Layout:
    """Return the layout of a voter file. Without `profile` it is recognised from the header.

    Raises Unreadable where no column can be the voter's id, or `mapping` does not fit the header.
    """
    if survey.format() is not FileFormat.DELIMITED:
        raise Unreadable("A voter file is CSV or tab-separated text, not JSON.")
    without_header = _recognise_without_header(survey, profile)
    if without_header is not None:
        return without_header
    known = {canonical(n) for p in PROFILES.values() for groups in p.columns.values() for g in groups for n in g}
    layout = recognise_table(survey, known | {canonical(name) for name in mapping.values()})
    present = {canonical(name) for name in layout.header}
    chosen = PROFILES[profile] if profile else _recognise_profile(present)
    ids = [mapping["record_id"]] if "record_id" in mapping else [group[0] for group in chosen.columns["record_id"]]
    if not any(canonical(name) in present for name in ids):
        raise Unreadable(
            f"No column of the header can be the voter's id. The profile {chosen.name} expects"
            f" {' or '.join(ids[:4])}; the header has {shown(layout.header)}. Choose another profile"
            f" ({', '.join(PROFILES)}), or name the column:"
            ' mapping={"recordId": "<column>"}.'
        )
    VOTER_FIELDS.locate(layout.header, mapping)  # raises Unreadable where the mapping does not fit
    return replace(layout, profile=chosen.name)


def _recognise_profile(present: set[str]) -> VoterProfile:
    return next((p for p in PROFILES.values() if p.signature and p.signature <= present), GENERIC)


def _recognise_without_header(survey: Survey, asked: ProfileName | None) -> Layout | None:
    """Return the layout of a file whose profile has no header: the first line is a row of data already."""
    first = CsvReader(io.BytesIO(survey.head), Dialect("\t", survey.carriage_returns)).read(1)
    if not first or isinstance(first[0][1], BrokenRow):
        return None
    cells = first[0][1]
    for profile in PROFILES.values():
        if profile.header is None or profile.first_cells is None or asked not in (None, profile.name):
            continue
        if len(cells) == len(profile.header) and profile.first_cells.fullmatch("\t".join(cells)):
            header = list(profile.header)
            return Layout(FileFormat.DELIMITED, header, "\t", survey.carriage_returns, (0, 0), profile.name)
    return None


def _unique(header: list[str]) -> list[str]:
    """Number the names that are repeated or empty: each is a key of the values that are kept as JSON."""
    seen: dict[str, int] = {}
    unique = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if name and seen[name] == 1 else f"{name or 'column'} {seen[name]}")
    return unique
