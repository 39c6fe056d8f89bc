"""Columns of a table with the types of their cells, which CSV does not keep."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

MAX_EXACT = 2**53
MAX_SHOWN = 10**15
"""Spreadsheets show fifteen digits of a number, and replace the others with zeros."""
_NUMBER = re.compile(r"-?[0-9]{1,24}(?:\.[0-9]{1,24})?(?:[eE][+-]?[0-9]{1,3})?")
_DURATION = re.compile(r"([0-9]{1,9}):([0-9]{2}):([0-9]{2})")


class CellKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    """With or without a time of day."""
    TIME = "time"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class TypedColumn:
    name: str
    kinds: Sequence[CellKind] = (CellKind.TEXT,)
    """What its cells are. Text is also in columns of the other kinds."""
    number_format: str | int | None = None
    """How a spreadsheet shows its numbers and dates: a format code, or the number of a built-in one."""


def typed_columns(
    names: Iterable[str], *, numbers: Collection[str] = (), dates: Collection[str] = (), booleans: Collection[str] = ()
) -> list[TypedColumn]:
    """Return columns of text, apart from those that are named to be of another kind."""
    kinds = ((numbers, CellKind.NUMBER), (dates, CellKind.DATE), (booleans, CellKind.BOOLEAN))
    return [
        TypedColumn(name, [next((kind for chosen, kind in kinds if name in chosen), CellKind.TEXT)]) for name in names
    ]


def unique_names(columns: Sequence[TypedColumn], taken: Collection[str] = ()) -> list[str]:
    """Return names of which each is there once, without regard to case and without the `taken` ones.

    Others get a number, and empty ones are named by their position.
    """
    known = {name.casefold() for name in taken}
    unique = []
    for position, column in enumerate(columns, 1):
        base = column.name.strip() or f"column {position}"
        chosen, number = base, 2
        while chosen.casefold() in known:
            chosen, number = f"{base} {number}", number + 1
        known.add(chosen.casefold())
        unique.append(chosen)
    return unique


CellValue = str | int | float | bool | date | datetime | time | timedelta | None


def cell_text(cell: CellValue) -> str:
    """Return a cell as text: ISO dates, whole numbers without a fraction, and TRUE or FALSE."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) <= MAX_EXACT:
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            minutes, seconds = divmod(int(cell.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


def typed_cell(text: str, kinds: Sequence[CellKind]) -> CellValue:
    """Return the value of which `cell_text` made the text, for a column of these kinds; None for an empty cell.

    Text that no value of these kinds has stays text, such as a ZIP code with leading zeros among numbers.
    """
    if not text:
        return None
    for kind in kinds:
        value: CellValue = None
        try:
            match kind:
                case CellKind.NUMBER:
                    value = _number(text)
                case CellKind.BOOLEAN:
                    value = {"TRUE": True, "FALSE": False}.get(text)
                case CellKind.DATE:
                    value = _moment(text)
                case CellKind.TIME:
                    value = time.fromisoformat(text)
                case CellKind.DURATION:
                    value = _duration(text)
        except ValueError:
            continue
        if value is not None:
            return value
    return text


def _number(text: str) -> float | None:
    if _NUMBER.fullmatch(text) is None:
        return None
    value = float(text)
    return value if cell_text(value) == text else None


def _moment(text: str) -> date | datetime | None:
    if not text[:1].isdecimal() or len(text) < 10:
        return None
    if len(text) == 10:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _duration(text: str) -> timedelta | None:
    parts = _DURATION.fullmatch(text)
    if parts is None:
        return None
    hours, minutes, seconds = map(int, parts.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
