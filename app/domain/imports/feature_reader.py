"""Read features from GeoJSON, from one GeoJSON feature per line, or from the rows of a table."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import BinaryIO, Protocol

import orjson

from app.domain.imports.features import Feature, FeatureRow, refused, to_feature
from app.domain.imports.geojson import FeatureCollection
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import ProblemCode
from app.domain.imports.survey import LONG_LINES, FileFormat
from app.domain.text.csv_reader import MAX_LINE_BYTES, BrokenRow, CsvReader, Position, physical_lines
from app.domain.text.csv_writer import unguarded
from app.domain.text.errors import Unreadable
from app.domain.text.json_guard import UnsafeJson, parse_json
from app.domain.text.streamed_json import find_unsafe


class Features(Protocol):
    """Reads features from a position on."""

    position: dict[str, int]
    """Position of the next feature."""

    def read(self, count: int) -> list[FeatureRow]:
        """Return the next `count` features, fewer only at the end. Raises Unreadable where the rest cannot be read."""
        ...


def open_features(file: BinaryIO, layout: Layout, position: Mapping[str, int]) -> Features:
    """Return the reader for the format of the file."""
    match layout.format:
        case FileFormat.DELIMITED:
            return _TableRows(file, layout, position)
        case FileFormat.LINES:
            return _FeatureLines(file, position)
        case FileFormat.GEOJSON:
            return FeatureCollection(file, position)


class _TableRows:
    def __init__(self, file: BinaryIO, layout: Layout, position: Mapping[str, int]) -> None:
        self._reader = CsvReader(file, layout.dialect, Position(position["offset"], position["line"]))
        self._header = layout.header
        self._own = layout.header[: layout.own]
        self.position = dict(position)

    def read(self, count: int) -> list[FeatureRow]:
        rows: list[FeatureRow] = []
        for line, cells in self._reader.read(count):
            if isinstance(cells, BrokenRow):
                rows.append((line, cells))
            elif len(cells) != len(self._header):
                error = f"has {len(cells)} cells, but the header has {len(self._header)}"
                rows.append((line, BrokenRow(ProblemCode.WRONG_COLUMNS, error, "", cells)))
            else:
                texts = map(_plain, cells)
                properties = {name: text for name, text in zip(self._own, texts, strict=False) if text}
                rows.append((line, Feature(properties, None, None, cells)))
        self.position |= {"offset": self._reader.position.offset, "line": self._reader.position.line}
        return rows


def _plain(cell: str) -> str:
    """Return the cell with its white space squeezed, without the apostrophe that a report puts before a formula."""
    return unguarded(" ".join(cell.replace("\0", " ").split())).strip()


class _FeatureLines:
    def __init__(self, file: BinaryIO, position: Mapping[str, int]) -> None:
        self.position = dict(position)
        file.seek(position["offset"])
        self._lines = physical_lines(file)

    def read(self, count: int) -> list[FeatureRow]:
        rows: list[FeatureRow] = []
        while len(rows) < count and (raw := next(self._lines, b"")):
            if len(raw) > MAX_LINE_BYTES:
                number = self.position["line"] + 1
                raise Unreadable(f"Line {number:,} has more than {MAX_LINE_BYTES:,} bytes. {LONG_LINES}")
            self.position["offset"] += len(raw)
            self.position["line"] += 1
            text = raw.strip(b"\x1e \t\r\n" + BOM_UTF8)
            if text:
                rows.append((self.position["line"], _parse(text)))
        return rows


def _parse(text: bytes) -> Feature | BrokenRow:
    try:
        return to_feature(parse_json(text))
    except UnsafeJson as unsafe:
        return refused(unsafe, text.decode(errors="replace"))
    except orjson.JSONDecodeError as error:
        if (found := find_unsafe(text)) is not None:
            return refused(found, text.decode(errors="replace"))
        return BrokenRow(ProblemCode.NOT_JSON, f"is not JSON: {error.msg}", text.decode(errors="replace"))
