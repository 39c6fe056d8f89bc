"""The first rows of a file as they are in it, for samples of its columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, BinaryIO

from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import json_text
from app.domain.imports.layout import Layout
from app.domain.imports.protection import Protection
from app.domain.imports.survey import FileFormat
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position

ROWS = 100
"""As many as a preview reads with the readers of imports, so that these say of all of them who is protected."""
MAX_SAMPLES = 5
MAX_SAMPLE_CHARACTERS = 100
MAX_COLUMNS = 2_000


@dataclass(frozen=True)
class FirstRows:
    columns: list[str]
    """Names of columns, or of the properties of features."""
    samples: list[list[str]]
    """Of each column, some values that differ; none of people whose address is confidential."""
    protected: frozenset[int]
    """The lines of rows that must not be shown."""
    geometries: frozenset[str]
    """The types of geometries of features."""


def read_first_rows(
    file: BinaryIO, layout: Layout, protected: Collection[int] = (), *, of_people: bool = True
) -> FirstRows:
    """Return the first rows; `protected` are lines that are known to be about protected people.

    `of_people` is as for `Protection`. Raises Unreadable where the file cannot be read."""
    if layout.format is FileFormat.DELIMITED:
        return _of_table(file, layout, protected, of_people)
    return _of_features(file, layout, protected)


def _of_table(file: BinaryIO, layout: Layout, known: Collection[int], of_people: bool) -> FirstRows:
    protection = Protection(layout.header, of_people=of_people)
    columns = layout.header[: layout.own]
    samples: list[list[str]] = [[] for _ in columns]
    protected = set(known)
    for line, cells in CsvReader(file, layout.dialect, Position(*layout.start)).read(ROWS):
        whole = cells.cells if isinstance(cells, BrokenRow) else cells
        if line in protected or protection.covers(whole):
            protected.add(line)
        elif not isinstance(cells, BrokenRow):
            _add(samples, cells)
    return FirstRows(columns, samples, frozenset(protected), frozenset())


def _of_features(file: BinaryIO, layout: Layout, known: Collection[int]) -> FirstRows:
    samples: dict[str, list[str]] = {}
    protected, geometries, broken = set(known), set[str](), set[int]()
    has_flags = False
    for line, feature in open_features(file, layout, layout.start_position).read(ROWS):
        if isinstance(feature, BrokenRow):
            broken.add(line)
            continue
        names = list(feature.properties)
        cells = [_text(value) for value in feature.properties.values()]
        if feature.geometry is not None and isinstance(kind := feature.geometry.get("type"), str):
            geometries.add(kind)
        for name in names[: MAX_COLUMNS - len(samples)]:
            samples.setdefault(name, [])
        protection = Protection(names, of_people=False)
        has_flags |= protection.has_flags
        if line in protected or protection.covers(cells):
            protected.add(line)
        else:
            kept = [(name, cell) for name, cell in zip(names, cells, strict=True) if name in samples]
            _add([samples[name] for name, _ in kept], [cell for _, cell in kept])
    if has_flags:
        protected |= broken  # their flags are unknown
    return FirstRows(list(samples), list(samples.values()), frozenset(protected), frozenset(geometries))


def _add(samples: list[list[str]], cells: list[str]) -> None:
    for found, cell in zip(samples, cells, strict=False):
        text = " ".join(cell.replace("\0", " ").split())[:MAX_SAMPLE_CHARACTERS]
        if text and len(found) < MAX_SAMPLES and text not in found:
            found.append(text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)
