"""The names of streets in TIGER's FEATNAMES, a table that comes beside the lines of ADDRFEAT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

from app.domain.imports.street_lines import FEATNAMES, MAX_NAMES

KEY, NAME = "TLID", "FULLNAME"
"""Columns of both tables: the permanent id of a line, and a name of its street."""
ROWS_PER_BATCH = 20_000
MAX_TABLES_NAMED = 8


class StreetNames:
    """The names of each line in those of some .dbf files that are FEATNAMES."""

    def __init__(self, tables: Iterable[Path]) -> None:
        """Raises the errors of pyogrio."""
        import pyogrio

        self._names: dict[str, list[str]] = {}
        self._others: list[str] = []
        """Names of tables that are something else."""
        self._is_used = False
        for path in tables:
            if {KEY, NAME}.issubset(pyogrio.read_info(path)["fields"]):
                self._read(path)
            else:
                self._others.append(path.stem.partition("-")[2])

    def _read(self, path: Path) -> None:
        from pyogrio.raw import open_arrow

        with open_arrow(
            path, columns=[KEY, NAME], read_geometry=False, use_pyarrow=True, batch_size=ROWS_PER_BATCH
        ) as (_, reader):
            for batch in reader:
                for row in batch.to_pylist():
                    if row[KEY] is None or not row[NAME]:
                        continue
                    known = self._names.setdefault(_id(row[KEY]), [])
                    if row[NAME] not in known and len(known) < MAX_NAMES:
                        known.append(row[NAME])

    def add_to(self, rows: Iterable[MutableMapping[str, Any]]) -> None:
        """Add to each line of ADDRFEAT the further names of its street."""
        if not self._names:
            return
        for row in rows:
            found = self._names.get(_id(row.get(KEY)))
            if found:
                row[FEATNAMES] = found
                self._is_used = True

    def notes(self) -> Iterator[str]:
        """Yield what to tell the sender about tables that were not used."""
        if self._names and not self._is_used:
            yield "FEATNAMES has no name of a line that was read: it is of other lines, perhaps of another county."
        if self._others:
            more = f" and {len(self._others) - MAX_TABLES_NAMED} more" if len(self._others) > MAX_TABLES_NAMED else ""
            named = ", ".join(f"{name}.dbf" for name in self._others[:MAX_TABLES_NAMED])
            yield f"Tables without map data were not read: {named}{more}."


def _id(value: Any) -> str:
    return str(int(value)) if isinstance(value, (int, float)) and value == value else str(value).strip()
