"""Things with properties and a place, whichever way they come: GeoJSON, a feature a line, or rows of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import orjson

from app.domain.imports.coordinates import first_position, in_degrees
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import Code
from app.domain.imports.survey import Format
from app.domain.text.csv_reader import MAX_LINE_BYTES, BrokenRow, CsvReader, Position
from app.domain.text.errors import Unreadable

LARGEST_FEATURE = 32 << 20
"""Bytes of one GeoJSON feature. States with all their islands have less."""
CRS = re.compile(rb'"crs"\s*:\s*\{.{0,200}?"name"\s*:\s*"([^"]{0,200})"', re.DOTALL)
DEGREES = re.compile(r"CRS:?84|4326|WGS ?84", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Feature:
    properties: dict[str, Any]
    """Of a table: its columns."""
    geometry: dict[str, Any] | None
    """GeoJSON; None for a table's rows, whose geometry is among the columns."""
    id: str | int | None
    source: Any
    """The cells of a table's row, or the GeoJSON."""

    @property
    def cells(self) -> list[str]:
        """What a report of rejected rows shows."""
        return self.source if isinstance(self.source, list) else [text(self.source)]


class Features(Protocol):
    """Reads on from a position."""

    position: dict[str, int]

    def take(self, count: int) -> list[tuple[int, Feature | BrokenRow]]: ...


def features(file: BinaryIO, layout: Layout, position: Mapping[str, int]) -> Features:
    match layout.format:
        case Format.DELIMITED:
            return _Rows(file, layout, position)
        case Format.LINES:
            return _Lines(file, position)
        case Format.GEOJSON:
            return _Collection(file, position)


def check_crs(head: bytes) -> None:
    """Raises Unreadable where the file says that its coordinates are not degrees (the `crs` before RFC 7946)."""
    match = CRS.search(head)
    if match and not DEGREES.search(name := match[1].decode(errors="replace")):
        raise Unreadable(f"The coordinates are projected ({name}); export the file in WGS 84 (EPSG:4326) instead.")


class _Rows:
    def __init__(self, file: BinaryIO, layout: Layout, position: Mapping[str, int]) -> None:
        self._records = CsvReader(file, layout.dialect, Position(position["offset"], position["line"]))
        self._header = layout.header
        self._own = layout.header[: layout.own]
        self.position = dict(position)

    def take(self, count: int) -> list[tuple[int, Feature | BrokenRow]]:
        found: list[tuple[int, Feature | BrokenRow]] = []
        for line, cells in self._records.read(count):
            if isinstance(cells, BrokenRow):
                found.append((line, cells))
            elif len(cells) != len(self._header):
                error = f"has {len(cells)} cells, but the header has {len(self._header)}"
                found.append((line, BrokenRow(Code.WRONG_COLUMNS, error, "", cells)))
            else:
                texts = map(_plain, cells)
                properties = {name: text for name, text in zip(self._own, texts, strict=False) if text}
                found.append((line, Feature(properties, None, None, cells)))
        self.position |= {"offset": self._records.position.offset, "line": self._records.position.line}
        return found


def _plain(cell: str) -> str:
    """White space squeezed; without the apostrophe that a report put before what a spreadsheet would run."""
    text = " ".join(cell.replace("\0", " ").split())
    return text[1:] if text.startswith(("'=", "'+", "'-", "'@")) else text


class _Lines:
    def __init__(self, file: BinaryIO, position: Mapping[str, int]) -> None:
        self.position = dict(position)
        self._file = file
        file.seek(position["offset"])

    def take(self, count: int) -> list[tuple[int, Feature | BrokenRow]]:
        found: list[tuple[int, Feature | BrokenRow]] = []
        while len(found) < count and (raw := self._file.readline(MAX_LINE_BYTES + 1)):
            if len(raw) > MAX_LINE_BYTES:
                raise Unreadable(f"A line has more than {MAX_LINE_BYTES:,} bytes.")
            self.position["offset"] += len(raw)
            self.position["line"] += 1
            text = raw.strip(b"\x1e \t\r\n").removeprefix(b"\xef\xbb\xbf")
            if text:
                found.append((self.position["line"], _parsed(text)))
        return found


def _parsed(text: bytes) -> Feature | BrokenRow:
    try:
        return _storable(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        return BrokenRow(Code.NOT_JSON, f"is no JSON: {error.msg}", text.decode(errors="replace"))


class _Collection:
    """`position` counts features: a file of one JSON value can only be read again from its beginning."""

    def __init__(self, file: BinaryIO, position: Mapping[str, int]) -> None:
        self.position = {"offset": 0, "line": position.get("line", 0)}
        if "left" in position:
            self.position["left"] = position["left"]
        self._items = self._read(file)
        for _ in range(self.position["line"]):
            next(self._items, None)

    @staticmethod
    def _read(file: BinaryIO) -> Iterator[Any]:
        import ijson

        guarded = _Guarded(file)
        file.seek(0)
        try:
            for item in ijson.items(guarded, "features.item", use_float=True):
                guarded.since = 0
                yield item
        except ijson.JSONError as error:
            raise Unreadable(f"The JSON is broken or cut off: {str(error)[:200]}") from None

    def take(self, count: int) -> list[tuple[int, Feature | BrokenRow]]:
        found: list[tuple[int, Feature | BrokenRow]] = []
        while len(found) < count and (item := next(self._items, _END)) is not _END:
            self.position["line"] += 1
            found.append((self.position["line"], _storable(item)))
        return found


_END = object()


class _Guarded:
    """A file that gives up when too much of it makes a single feature."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.since += len(block)
        if self.since > LARGEST_FEATURE:
            raise Unreadable(too_large())
        return block


def too_large() -> str:
    return f"More than {LARGEST_FEATURE >> 20} MB without the end of a feature: this is no GeoJSON FeatureCollection."


def _storable(item: Any) -> Feature | BrokenRow:
    """The feature, unless it has what JSON elsewhere cannot say: numbers beyond 64 bits, nesting without end."""
    try:
        orjson.dumps(item)
    except TypeError as error:
        return BrokenRow(Code.NOT_A_FEATURE, f"cannot be kept: {error}", "")
    return _feature(item)


def _feature(item: Any) -> Feature | BrokenRow:
    if not isinstance(item, dict) or item.get("type") != "Feature":
        return BrokenRow(Code.NOT_A_FEATURE, "is no GeoJSON Feature", text(item))
    properties, geometry = item.get("properties") or {}, item.get("geometry")
    if not isinstance(properties, dict) or not (geometry is None or isinstance(geometry, dict)):
        return BrokenRow(Code.NOT_A_FEATURE, "has properties or a geometry that are no objects", text(item))
    identity = item.get("id")
    return Feature(properties, geometry, identity if isinstance(identity, (str, int)) else None, item)


def text(value: Any) -> str:
    """Any JSON value as JSON text that Postgres can hold."""
    return orjson.dumps(value).decode().replace("\\u0000", "\\ufffd")


class Count:
    """Counts the features of a collection as it streams by, and finds out whether it is one at all."""

    def __init__(self) -> None:
        import ijson

        self.features = 0
        self._since = 0
        self._error = ijson.JSONError
        self._found: list[Any] = ijson.sendable_list()
        self._parser = ijson.items_coro(self._found, "features.item", use_float=True)

    def _tally(self) -> None:
        for item in self._found[: max(0, SAMPLED - self.features)]:
            place = first_position(item.get("geometry")) if isinstance(item, dict) else None
            if place is not None and not in_degrees(*place):
                raise Unreadable(
                    f"The coordinates are projected, not degrees ({place[0]:g}, {place[1]:g}); export the file in"
                    " WGS 84 (EPSG:4326) instead."
                )
        if self._found:
            self._since = 0
        self.features += len(self._found)
        self._found.clear()

    def feed(self, block: bytes) -> None:
        """The next block. Raises Unreadable."""
        self._since += len(block)
        if self._since > LARGEST_FEATURE:
            raise Unreadable(too_large())
        try:
            self._parser.send(block)
        except self._error as error:
            raise Unreadable(f"The JSON is broken: {str(error)[:200]}") from None
        self._tally()

    def close(self) -> None:
        """The end of the file. Raises Unreadable where it is cut off, or has no features."""
        try:
            self._parser.close()
        except self._error as error:
            raise Unreadable(f"The JSON is cut off or broken: {str(error)[:200]}") from None
        self._tally()
        if not self.features:
            raise Unreadable("The JSON has no features: a GeoJSON FeatureCollection is expected.")


SAMPLED = 100
"""Features whose coordinates are looked at while the file streams in."""
