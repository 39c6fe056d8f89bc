"""How one file to import is to be read: found when it arrives, kept with it, used by the job."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.imports.findings import REPORTED, Unreadable
from app.domain.imports.profiles import FIELDS, GENERIC, PROFILES, Profile, canonical
from app.domain.imports.records import DELIMITERS, Broken, Dialect, Position, Records, read_header
from app.domain.imports.survey import Format, Survey

NAMES_SHOWN = 12


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


def delimited(survey: Survey, known: Iterable[str], profile: str | None = None) -> Layout:
    """The layout of delimited text whose header should have some of the `known` canonical names."""
    names = frozenset(known)
    candidates: list[tuple[int, int, str]] = []
    broken: Unreadable | None = None
    for delimiter in DELIMITERS:
        try:
            header = read_header(survey.head, Dialect(delimiter, survey.carriage_returns))
        except Unreadable as error:
            broken = broken or error
        else:
            candidates.append((sum(canonical(cell) in names for cell in header), len(header), delimiter))
    best = max(candidates, key=lambda one: one[:2], default=(0, 0, ""))
    if broken is not None and best[0] == 0:
        raise broken
    dialect = Dialect(best[2], survey.carriage_returns)
    records = Records(io.BytesIO(survey.head), dialect)
    records.take(1)
    start = (records.position.offset, records.position.line)
    header = _unique(read_header(survey.head, dialect))
    return Layout(Format.DELIMITED, header, dialect.delimiter, dialect.carriage_returns, start, profile)


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
    check_mapping(mapping, present, layout.header, FIELDS)
    return Layout(layout.format, layout.header, layout.delimiter, layout.carriage_returns, layout.start, chosen.name)


def shown(header: Sequence[str]) -> str:
    """The first few names of a header, for a message."""
    names = ", ".join(repr(name[:40]) for name in header[:NAMES_SHOWN])
    return names + (f" and {len(header) - NAMES_SHOWN:,} more" if len(header) > NAMES_SHOWN else "")


def _recognised(present: set[str]) -> Profile:
    return next((p for p in PROFILES.values() if p.signature and p.signature <= present), GENERIC)


def _headless(survey: Survey, asked: str | None) -> Layout | None:
    """The layout of a file that begins with a row of data where its profile's header should stand."""
    first = Records(io.BytesIO(survey.head), Dialect("\t", survey.carriage_returns)).take(1)
    if not first or isinstance(first[0][1], Broken):
        return None
    cells = first[0][1]
    for profile in PROFILES.values():
        if profile.header is None or profile.first_cells is None or asked not in (None, profile.name):
            continue
        if len(cells) == len(profile.header) and profile.first_cells.fullmatch("\t".join(cells)):
            header = list(profile.header)
            return Layout(Format.DELIMITED, header, "\t", survey.carriage_returns, (0, 0), profile.name)
    return None


def check_mapping(mapping: Mapping[str, str], present: set[str], header: Sequence[str], fields: Sequence[str]) -> None:
    """Raises Unreadable for a field that is none of `fields`, or a column that is none of the header's."""
    for name, column in mapping.items():
        if name not in fields:
            raise Unreadable(f"mapping: there is no field {name[:40]!r}; there are {', '.join(fields)}.")
        if canonical(column) not in present:
            raise Unreadable(f"mapping: the header has no column {column[:40]!r}; it has {shown(header)}.")


def _unique(header: list[str]) -> list[str]:
    """Names that stand there twice, or are empty, get a number behind them: each is a key of the kept values."""
    seen: dict[str, int] = {}
    unique = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if name and seen[name] == 1 else f"{name or 'column'} {seen[name]}")
    return unique


def positioned(layout: Layout) -> Position:
    return Position(*layout.start)
