"""The tables and columns that a migration down deletes, with the number of their rows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

MAX_COUNTED = 100_000
"""Counting more would take long on a large table."""

Shape = frozenset[tuple[str, str]]
"""Tables and columns of a schema."""


@dataclass(frozen=True)
class Loss:
    """A table or a column that would be dropped."""

    table: str
    column: str | None
    """None if the whole table is dropped."""
    rows: int
    """Rows of the table, or those with a value in the column; at most MAX_COUNTED + 1."""

    def __str__(self) -> str:
        count = f"more than {MAX_COUNTED:,}" if self.rows > MAX_COUNTED else f"{self.rows:,}"
        if self.column is None:
            return f"table {self.table}: {count} rows"
        return f"column {self.table}.{self.column}: {count} values"


def read_shape(connection: Connection) -> Shape:
    """Return all tables of the current schema with their columns."""
    rows = connection.execute(
        text(
            """SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
                 AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"""
        )
    )
    return frozenset((table, column) for table, column in rows)


def find_losses(connection: Connection, before: Shape, after: Shape) -> list[Loss]:
    """Return what `after` lacks, with the rows that are there now; tables first."""
    kept = {table for table, _ in after}
    tables = sorted({table for table, _ in before} - kept)
    columns = sorted((table, column) for table, column in before - after if table in kept)
    losses = [Loss(table, None, _count(connection, table, "true")) for table in tables]
    return losses + [Loss(t, column, _count(connection, t, f"{_quoted(column)} IS NOT NULL")) for t, column in columns]


def _count(connection: Connection, table: str, condition: str) -> int:
    limited = f"SELECT 1 FROM {_quoted(table)} WHERE {condition} LIMIT {MAX_COUNTED + 1}"
    return int(connection.execute(text(f"SELECT count(*) FROM ({limited}) AS counted")).scalar_one())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
