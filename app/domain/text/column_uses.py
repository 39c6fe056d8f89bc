"""Tell the sender of a file how each column was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.domain.text.column_content import Content, recognise_content
from app.domain.text.located_columns import Rule

MAX_COLUMNS_REPORTED = 2_000
"""All columns of a table. Map data may have more properties: the others are counted."""
MAX_NAME_CHARACTERS = 200
ROWS_EXAMINED = 200


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One column of a file and what its values are taken for."""

    column: str
    """Its name in the file."""
    fields: tuple[str, ...]
    """The fields whose values it holds, in camelCase; none if it is not used."""
    rule: Rule | None
    """Why it is taken for them."""
    kept: bool
    """Whether the values of a column that is not used stay with the record."""
    looks_like: Content | None
    """What its values look like although it is not used."""
    note: str | None = None
    """What the sender should know about it, in a sentence."""

    def to_json(self) -> dict[str, Any]:
        """Return the entry of the report as answers and results have it."""
        return {
            "column": self.column[:MAX_NAME_CHARACTERS],
            "fields": list(self.fields),
            "rule": None if self.rule is None else str(self.rule),
            "kept": self.kept,
            "looksLike": None if self.looks_like is None else str(self.looks_like),
            "note": self.note,
        }


class ReportedColumn(BaseModel):
    """A column of a file and what its values were taken for, as results have it: see `ColumnUse.to_json`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    column: str
    fields: list[str]
    """None if the column is not used."""
    rule: str | None
    """Why it was taken for them."""
    kept: bool
    """Whether the values of a column that is not used stay with the record."""
    looks_like: str | None
    """What the values look like although the column is not used."""
    note: str | None


def describe(
    header: Sequence[str],
    roles: Mapping[int, Sequence[tuple[str, Rule]]],
    rows: Sequence[Sequence[str]],
    *,
    keeps_others: bool,
    notes: Mapping[int, str] | None = None,
    ignored: frozenset[int] = frozenset(),
) -> list[ColumnUse]:
    """Return what each column is used as. `rows` are the first rows of the file.

    `roles` has the fields of the columns that are used, `notes` sentences on them. `ignored` are columns that are left
    out even where the others are kept.
    """
    uses = []
    for index, name in enumerate(header):
        role, note = roles.get(index, ()), (notes or {}).get(index)
        if role:
            fields = tuple(dict.fromkeys(to_camel(field) for field, _ in role))
            uses.append(ColumnUse(name, fields, role[0][1], False, None, note))
            continue
        texts = [text for row in rows[:ROWS_EXAMINED] if index < len(row) and (text := row[index].strip())]
        content = None if index in ignored else recognise_content(texts)
        if content is not None and note is None:
            note = f"looks like {content.phrase}, but is not used"
        uses.append(ColumnUse(name, (), None, keeps_others and index not in ignored, content, note))
    return uses


def suggestion(header: Sequence[str], rows: Sequence[Sequence[str]], content: Content, field: str) -> str:
    """Return a sentence that names the first column that looks like a field; empty where none does."""
    for index, name in enumerate(header):
        texts = [text for row in rows[:ROWS_EXAMINED] if index < len(row) and (text := row[index].strip())]
        if recognise_content(texts) is content:
            return f'The column {name!r} looks like {content.phrase}: mapping={{"{to_camel(field)}": "{name}"}}.'
    return ""


def to_report(uses: Sequence[ColumnUse]) -> list[dict[str, Any]]:
    """Return the report of a file. Of more than MAX_COLUMNS_REPORTED columns, those that are used and the first others
    are listed, in their order, and the last entry counts the rest."""
    if len(uses) <= MAX_COLUMNS_REPORTED:
        return [use.to_json() for use in uses]
    ranked = sorted(range(len(uses)), key=lambda index: (not uses[index].fields, uses[index].looks_like is None, index))
    listed, others = sorted(ranked[: MAX_COLUMNS_REPORTED - 1]), ranked[MAX_COLUMNS_REPORTED - 1 :]
    used = sum(bool(uses[index].fields) for index in others)
    count = f"{len(others):,} further columns"
    note = f"they are not listed; {used:,} of them are used" if used else "they are not listed, and not used"
    rest = ColumnUse(count, (), None, any(uses[index].kept for index in others), None, note)
    return [use.to_json() for use in (*(uses[index] for index in listed), rest)]
