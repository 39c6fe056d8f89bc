"""Cutting a file that is too long for one job into runs of rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, BinaryIO

from app.domain.imports.features import features
from app.domain.imports.layout import Layout
from app.domain.imports.survey import Format
from app.domain.text.csv_reader import CsvReader, Position

STRIDE = 5_000


def divide(file: BinaryIO, layout: Layout, most: int, known: int | None = None) -> tuple[int, list[dict[str, Any]]]:
    """How many data rows there are, and where each run of at most `most` of them begins. Reads the whole file once.

    `known` is the number of features of a GeoJSON collection, whose runs are by number.
    """
    if layout.format is Format.GEOJSON:
        rows = known or 0
        return rows, [{"offset": 0, "line": at, "left": min(most, rows - at)} for at in range(0, rows, most)]
    rows, found = 0, list[dict[str, Any]]()
    reader = _Table(file, layout) if layout.format is Format.DELIMITED else features(file, layout, start(layout))
    while True:
        begin = dict(reader.position)
        in_part = 0
        while in_part < most and (got := len(reader.take(min(STRIDE, most - in_part)))):
            in_part += got
        if not in_part:
            return rows, found
        found.append({**begin, "left": in_part})
        rows += in_part


def start(layout: Layout) -> dict[str, int]:
    return {"offset": layout.start[0], "line": layout.start[1]}


class _Table:
    """Records alone, without what a feature is made of."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        self._records = CsvReader(file, layout.dialect, Position(*layout.start))

    @property
    def position(self) -> dict[str, int]:
        return asdict(self._records.position)

    def take(self, count: int) -> list[Any]:
        return list(self._records.read(count))
