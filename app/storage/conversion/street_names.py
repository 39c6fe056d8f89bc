"""The names of streets in TIGER's FEATNAMES, a table that comes beside the lines of ADDRFEAT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from app.domain.imports.street_lines import FEATNAMES, MAX_NAMES

KEY, NAME = "TLID", "FULLNAME"
"""Columns of both tables: the permanent id of a line, and a name of its street."""
ROWS_PER_BATCH = 20_000


def read_street_names(tables: Iterable[Path]) -> dict[str, list[str]]:
    """Return the names of each line in those of the .dbf files that are FEATNAMES. Raises the errors of pyogrio."""
    import pyogrio
    from pyogrio.raw import open_arrow

    names: dict[str, list[str]] = {}
    for path in tables:
        if not {KEY, NAME}.issubset(pyogrio.read_info(path)["fields"]):
            continue
        with open_arrow(
            path, columns=[KEY, NAME], read_geometry=False, use_pyarrow=True, batch_size=ROWS_PER_BATCH
        ) as (_, reader):
            for batch in reader:
                for row in batch.to_pylist():
                    known = names.setdefault(_id(row[KEY]), [])
                    if row[NAME] and row[NAME] not in known and len(known) < MAX_NAMES:
                        known.append(row[NAME])
    return names


def add_street_names(rows: Iterable[MutableMapping[str, Any]], names: Mapping[str, list[str]]) -> None:
    """Add to each line of ADDRFEAT the further names of its street."""
    for row in rows:
        found = names.get(_id(row.get(KEY)))
        if found:
            row[FEATNAMES] = found


def _id(value: Any) -> str:
    return str(int(value)) if isinstance(value, (int, float)) else str(value).strip()
