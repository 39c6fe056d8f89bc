"""Which columns of one table hold which field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.text.csv_writer import unguarded


class Rule(StrEnum):
    """Why a column is taken for a field."""

    MAPPED = "mapped"
    """The request says so."""
    NAME = "name"
    """It has one of the usual names."""
    CONTENT = "content"
    """Its values look like it, in a table without names."""


@dataclass
class Located:
    """A field may have several columns, whose values are joined by spaces, or a constant."""

    columns: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Field to the indexes of its columns."""
    constants: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    ignored: set[int] = field(default_factory=set)
    """Indexes of the columns that the mapping says are not to be used."""

    def __contains__(self, name: str) -> bool:
        return bool(self.columns.get(name)) or name in self.constants

    @property
    def fields(self) -> set[str]:
        """The fields that have columns or a constant."""
        return {name for name in (*self.columns, *self.constants) if name in self}

    @property
    def used(self) -> set[int]:
        """Indexes of all columns of fields."""
        return {index for indexes in self.columns.values() for index in indexes}

    def index(self, name: str) -> int | None:
        """Return the index of a field's first column, None for a field without columns."""
        return next(iter(self.columns.get(name, ())), None)

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the values of a row by field, trimmed, those that are not empty; short rows lack cells.

        The apostrophe that exports put before a formula is removed.
        """
        values = dict(self.constants)
        for name, indexes in self.columns.items():
            if len(indexes) == 1:
                text = unguarded(cells[indexes[0]].strip()).strip() if indexes[0] < len(cells) else ""
            else:
                parts = (unguarded(cells[index].strip()).strip() for index in indexes if index < len(cells))
                text = " ".join(filter(None, parts))
            if text:
                values[name] = text
        return values

    def roles(self) -> dict[int, list[tuple[str, Rule]]]:
        """Return the fields that each column serves, and why."""
        roles: dict[int, list[tuple[str, Rule]]] = {}
        for name, indexes in self.columns.items():
            for index in indexes:
                roles.setdefault(index, []).append((name, self.rules[name]))
        return roles
