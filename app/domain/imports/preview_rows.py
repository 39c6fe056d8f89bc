"""The first rows of a file as they would be stored, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic.alias_generators import to_snake

from app.domain.imports.chunks import Chunk
from app.domain.imports.protection import HIDDEN

ROWS = 20
"""Rows that are shown."""
SECRET = "has a problem that is not shown: the row is protected"
IDS = frozenset({"record_id", "external_id", "place_id", "status", "protected"})
"""Fields that are shown of a protected person."""


@dataclass(frozen=True)
class PreviewProblem:
    column: str | None
    """The column that has the problem; None for the whole row."""
    code: str
    message: str
    """Continues "the column …" or "the row …"."""
    rejects: bool


@dataclass
class PreviewRow:
    line: int
    """Physical line, or number of the feature, from 1."""
    record: dict[str, Any] | None = None
    """By field; None for a row that is left out."""
    cells: list[str] | None = None
    """Of a row that is left out, as it is in the file."""
    problems: list[PreviewProblem] = field(default_factory=list)


def from_chunk(chunk: Chunk, records: Iterable[tuple[int, dict[str, Any]]]) -> list[PreviewRow]:
    """Return the rows of a chunk in the order of their lines; `records` are those that are stored, with their lines."""
    rows = {line: PreviewRow(line, record) for line, record in records}
    for rejected in chunk.rejected_rows:
        rows.setdefault(rejected.line, PreviewRow(rejected.line)).cells = rejected.cells
    for problem in chunk.problems:
        row = rows.setdefault(problem.line, PreviewRow(problem.line))
        found = PreviewProblem(problem.column, str(problem.code), problem.message, problem.rejects)
        row.problems.append(found)
    return [rows[line] for line in sorted(rows)]


def hide(rows: Iterable[PreviewRow], protected: Collection[int]) -> list[PreviewRow]:
    """Return the rows without data of protected people: those of the lines, and those whose record says so."""
    return [_hidden(row) if row.line in protected or (row.record or {}).get("protected") else row for row in rows]


def _hidden(row: PreviewRow) -> PreviewRow:
    record = None
    if row.record is not None:
        record = {name: value if to_snake(name) in IDS else HIDDEN for name, value in row.record.items()}
        record |= {name: HIDDEN for name in ("lastName", "address") if "protected" in record}
    problems = [
        PreviewProblem(
            problem.column, problem.code, "has a problem that is not shown: the row is protected", problem.rejects
        )
        for problem in row.problems
    ]
    return PreviewRow(row.line, record, None, problems)
