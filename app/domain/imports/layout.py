"""How one file to import is to be read: found when it arrives, kept with it, used by the job."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.imports.row_problems import REPORTED
from app.domain.imports.survey import Format, Survey
from app.domain.imports.voter_profiles import FIELDS, GENERIC, PROFILES, Profile
from app.domain.text.columns import Vocabulary, canonical, shown
from app.domain.text.csv_reader import BrokenRow, CsvReader, Dialect
from app.domain.text.csv_table import recognise
from app.domain.text.errors import Unreadable

VOTER_FIELDS = Vocabulary({field: () for field in FIELDS})


@dataclass(frozen=True)
class Layout:
    """`start` is where the data begin, behind the header if the file has one."""

    format: Format
    header: list[str]
    """Names of the columns; empty for GeoJSON."""
    delimiter: str = ","
    carriage_returns: bool = False
    start: tuple[int, int] = (0, 0)
    """Byte and physical lines."""
    profile: str | None = None
    """Of a voter file."""

    @property
    def own(self) -> int:
        """How many of the columns are the file's, and not those of the report that it was mended from."""
        reported = tuple(self.header[-len(REPORTED) :]) == REPORTED
        return len(self.header) - (len(REPORTED) if reported else 0)

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.delimiter, self.carriage_returns)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Layout:
        return cls(**{**value, "format": Format(value["format"]), "start": tuple(value["start"])})


def delimited(survey: Survey, known: Collection[str], profile: str | None = None) -> Layout:
    """Return the layout of delimited text whose header should have some of the `known` canonical names.

    Raises Unreadable where there is no usable header.
    """
    table = recognise(survey.head, known, carriage_returns=survey.carriage_returns)
    start = (table.start.offset, table.start.line)
    dialect = table.dialect
    return Layout(Format.DELIMITED, _unique(table.header), dialect.delimiter, dialect.carriage_returns, start, profile)


def of_voters(survey: Survey, asked: str | None, mapping: Mapping[str, str]) -> Layout:
    """The layout of a voter file, its profile recognised unless `asked` names it.

    Raises Unreadable where no column can be the voter's id, or `mapping` names columns that are not there.
    """
    if survey.format() is not Format.DELIMITED:
        raise Unreadable("A voter file is CSV or tab-separated text, not JSON.")
    headless = _headless(survey, asked)
    if headless is not None:
        return headless
    known = {canonical(n) for p in PROFILES.values() for groups in p.columns.values() for g in groups for n in g}
    layout = delimited(survey, known | {canonical(name) for name in mapping.values()})
    present = {canonical(name) for name in layout.header}
    chosen = PROFILES[asked] if asked else _recognised(present)
    ids = [mapping["record_id"]] if "record_id" in mapping else [g[0] for g in chosen.columns["record_id"]]
    if not any(canonical(name) in present for name in ids):
        raise Unreadable(
            f"No column of the header can be the voter's id: for the profile {chosen.name} it is"
            f" {' or '.join(ids[:4])}, and the header has {shown(layout.header)}. Choose another profile"
            f" (one of {', '.join(PROFILES)}), or say"
            ' which column it is: mapping={"recordId": "<column>"}.'
        )
    VOTER_FIELDS.locate(layout.header, mapping)  # raises Unreadable where the mapping does not fit
    return Layout(layout.format, layout.header, layout.delimiter, layout.carriage_returns, layout.start, chosen.name)


def _recognised(present: set[str]) -> Profile:
    return next((p for p in PROFILES.values() if p.signature and p.signature <= present), GENERIC)


def _headless(survey: Survey, asked: str | None) -> Layout | None:
    """The layout of a file that begins with a row of data where its profile's header should stand."""
    first = CsvReader(io.BytesIO(survey.head), Dialect("\t", survey.carriage_returns)).read(1)
    if not first or isinstance(first[0][1], BrokenRow):
        return None
    cells = first[0][1]
    for profile in PROFILES.values():
        if profile.header is None or profile.first_cells is None or asked not in (None, profile.name):
            continue
        if len(cells) == len(profile.header) and profile.first_cells.fullmatch("\t".join(cells)):
            header = list(profile.header)
            return Layout(Format.DELIMITED, header, "\t", survey.carriage_returns, (0, 0), profile.name)
    return None


def _unique(header: list[str]) -> list[str]:
    """Names that stand there twice, or are empty, get a number behind them: each is a key of the kept values."""
    seen: dict[str, int] = {}
    unique = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if name and seen[name] == 1 else f"{name or 'column'} {seen[name]}")
    return unique
