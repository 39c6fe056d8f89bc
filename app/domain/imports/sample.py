"""The first records of a file, as a table of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import json_text
from app.domain.imports.layout import Layout
from app.domain.imports.row_numbers import own_id
from app.domain.imports.survey import FileFormat
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position
from app.domain.text.csv_writer import unguarded

MAX_ROWS = 1_000
MAX_FEATURES = 200
"""Fewer than rows of tables: outlines may be long."""


@dataclass(frozen=True)
class Sample:
    """`rows` are as wide as the header, white space squeezed; features lack none of the properties."""

    header: Sequence[str]
    """Names of columns, or of all properties of these features in the order in which they occur."""
    rows: Sequence[Sequence[str]]
    has_ids: bool = False
    """Whether features have ids of their own that are more than numbers."""


def read_sample(file: BinaryIO, layout: Layout, count: int | None = None) -> Sample:
    """Return the first rows or features of a file; those that cannot be read are left out. Blocks.

    Raises Unreadable where nothing after them can be read.
    """
    if layout.format is FileFormat.DELIMITED:
        return _sample_rows(file, layout, count or MAX_ROWS)
    return _sample_features(file, layout, count or MAX_FEATURES)


def _sample_rows(file: BinaryIO, layout: Layout, count: int) -> Sample:
    width = len(layout.header)
    rows = [
        [_plain(cell) for cell in cells]
        for _, cells in CsvReader(file, layout.dialect, Position(*layout.start)).read(count)
        if not isinstance(cells, BrokenRow) and len(cells) == width
    ]
    return Sample(layout.header, rows)


def _sample_features(file: BinaryIO, layout: Layout, count: int) -> Sample:
    features = open_features(file, layout, layout.start_position).read(count)
    records = [feature.properties for _, feature in features if not isinstance(feature, BrokenRow)]
    header = list(dict.fromkeys(name for record in records for name in record))
    rows = [[_value(record.get(name)) for name in header] for record in records]
    own = (feature.id for _, feature in features if not isinstance(feature, BrokenRow))
    return Sample(header, rows, any(map(own_id, own)))


def _plain(cell: str) -> str:
    return unguarded(" ".join(cell.replace("\0", " ").split())).strip()


def _value(value: Any) -> str:
    """Return a property as text: an empty one for none, JSON for objects and lists."""
    if value is None:
        return ""
    return _plain(value if isinstance(value, str) else json_text(value))
