"""Split a file that is too long for one job into runs of rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, BinaryIO

from app.domain.imports.feature_reader import open_features
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat
from app.domain.text.csv_reader import CsvReader, Position

ROWS_PER_READ = 5_000


def split(
    file: BinaryIO, layout: Layout, max_rows: int, feature_count: int | None = None
) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of data rows, and the position of each run of at most `max_rows`. Reads the whole file once.

    `feature_count` is that of a GeoJSON collection, whose runs are by number.
    """
    if layout.format is FileFormat.GEOJSON:
        rows = feature_count or 0
        starts = range(0, rows, max_rows)
        return rows, [{"offset": 0, "line": start, "left": min(max_rows, rows - start)} for start in starts]
    rows, parts = 0, list[dict[str, Any]]()
    is_table = layout.format is FileFormat.DELIMITED
    reader = _Rows(file, layout) if is_table else open_features(file, layout, layout.start_position)
    while True:
        begin = dict(reader.position)
        rows_in_part = 0
        while rows_in_part < max_rows and (count := len(reader.read(min(ROWS_PER_READ, max_rows - rows_in_part)))):
            rows_in_part += count
        if not rows_in_part:
            return rows, parts
        parts.append({**begin, "left": rows_in_part})
        rows += rows_in_part


class _Rows:
    """The rows of a table, not made into features."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        self._reader = CsvReader(file, layout.dialect, Position(*layout.start))

    @property
    def position(self) -> dict[str, int]:
        return asdict(self._reader.position)

    def read(self, count: int) -> list[Any]:
        return list(self._reader.read(count))
