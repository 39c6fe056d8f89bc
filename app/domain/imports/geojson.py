"""GeoJSON collections of any size: counted while they stream in, and read one feature at a time."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from app.domain.imports.coordinates import first_position, in_degrees
from app.domain.imports.features import Feature, FeatureRow, json_text, refused, to_feature
from app.domain.imports.survey import LONG_LINES
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.errors import Unreadable
from app.domain.text.json_errors import describe_parser_error, holds_several_values
from app.domain.text.json_guard import UnsafeJson
from app.domain.text.streamed_json import StreamedJson, original_text, restore

MAX_FEATURE_BYTES = 32 << 20
"""Maximum size of a GeoJSON feature. States with all their islands are smaller."""
MAX_FEATURE_CONTAINERS = 1_500_000
"""Of a GeoJSON feature: objects and lists, one for each point. Each takes a hundred bytes of memory."""
_HEAD_BYTES = 1_000
"""From the beginning of JSON without features, to tell what it is."""
CHECKED_FEATURES = 100
"""How many features must have coordinates in degrees before a file is accepted."""
_CRS = re.compile(rb'"crs"\s*:\s*\{.{0,200}?"name"\s*:\s*"([^"]{0,200})"', re.DOTALL)
_DEGREES = re.compile(r"CRS:?8[34]|\b(?:4326|4269|4258|4283|7844|6318)\b|WGS ?84$|NAD ?83$", re.IGNORECASE)
_END = object()


def declares_degrees(head: bytes) -> bool:
    """Whether the file has coordinates in degrees by what it declares (the `crs` before RFC 7946), or declares nothing.

    Degrees of NAD 83, ETRS89 and GDA are within two metres of those of WGS 84.
    """
    match = _CRS.search(head)
    return match is None or _DEGREES.search(match[1].decode(errors="replace")) is not None


class FeatureCollection:
    """`position` counts features: a file that is one JSON value can only be read from its beginning."""

    def __init__(self, file: BinaryIO, position: Mapping[str, int]) -> None:
        self.position = {"offset": 0, "line": position.get("line", 0)}
        if "left" in position:
            self.position["left"] = position["left"]
        self._file = GuardedFile(file)
        self._items = self._read_items(self._file)
        for _ in range(self.position["line"]):
            next(self._items, None)

    @staticmethod
    def _read_items(file: GuardedFile) -> Iterator[Any]:
        import ijson

        try:
            for item in ijson.items(file, "features.item", use_float=True):
                file.size.start_feature()
                yield item
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise Unreadable(f"The JSON is broken or cut off: {describe_parser_error(error)}.") from None

    def read(self, count: int) -> list[FeatureRow]:
        rows: list[FeatureRow] = []
        while len(rows) < count and (item := next(self._items, _END)) is not _END:
            self.position["line"] += 1
            rows.append((self.position["line"], self._to_feature(item)))
        return rows

    def _to_feature(self, item: Any) -> Feature | BrokenRow:
        if not self._file.json.is_changed:
            return to_feature(item)
        try:
            return to_feature(restore(item))
        except UnsafeJson as unsafe:
            return refused(unsafe, original_text(json_text(item)))


class _FeatureSize:
    """The size of the current feature, in bytes and in objects and lists. Both count from the end of the last block."""

    def __init__(self, json: StreamedJson) -> None:
        self._json = json
        self._bytes = self._containers_before = 0

    def start_feature(self) -> None:
        self._bytes, self._containers_before = 0, self._json.containers

    def add(self, block: bytes) -> None:
        """Count the next block. Raises Unreadable for a feature that is too large."""
        self._bytes += len(block)
        if self._bytes > MAX_FEATURE_BYTES:
            raise Unreadable(
                f"More than {MAX_FEATURE_BYTES >> 20} MB without the end of a feature: the file is not a GeoJSON"
                " FeatureCollection."
            )
        if self._json.containers - self._containers_before > MAX_FEATURE_CONTAINERS:
            raise Unreadable(f"A feature has more than {MAX_FEATURE_CONTAINERS:,} objects and lists. Simplify it.")


class GuardedFile:
    """A file as its parser may see it. Raises Unreadable for a feature that is too large."""

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file
        self.json = StreamedJson()
        self.size = _FeatureSize(self.json)
        file.seek(0)
        if file.read(len(BOM_UTF8)) != BOM_UTF8:
            file.seek(0)

    def read(self, size: int = -1) -> bytes:
        passed = b""
        while size and not passed and self._file is not None:  # all of a block may have to wait for the next one
            block = self._file.read(size)
            passed = self.json.feed(block) if block else self.json.close()
            self.size.add(block)
            if not block:
                self._file = None
        return passed


class FeatureCount:
    """Counts the features of a collection as it streams by, and checks that it is one."""

    def __init__(self) -> None:
        import ijson

        self.features = 0
        self._head = b""
        self._json = StreamedJson()
        self._size = _FeatureSize(self._json)
        self._json_error = ijson.JSONError
        self._items: list[Any] = ijson.sendable_list()
        self._parser = ijson.items_coro(self._items, "features.item", use_float=True)

    def feed(self, block: bytes) -> None:
        """Count the features of the next block. Raises Unreadable."""
        passed = self._json.feed(block)
        self._size.add(block)
        self._send(passed)

    def _send(self, block: bytes) -> None:
        if not block:
            return  # which would end the file
        self._head += block[: _HEAD_BYTES - len(self._head)]
        try:
            self._parser.send(block)
        except (self._json_error, UnicodeDecodeError) as error:
            self._count_items()
            raise Unreadable(self._explain(error)) from None
        self._count_items()

    def close(self) -> None:
        """End the file. Raises Unreadable where it is cut off, or has no features."""
        self._send(self._json.close())
        try:
            self._parser.close()
        except (self._json_error, UnicodeDecodeError) as error:
            self._count_items()
            raise Unreadable(self._explain(error)) from None
        self._count_items()
        if not self.features:
            raise Unreadable(_describe(self._head))

    def _explain(self, error: Exception) -> str:
        if holds_several_values(error):
            return f"The file has several JSON values. Records without a place are read from tables. {LONG_LINES}"
        after = f" after feature {self.features:,}" if self.features else ""
        return f"The JSON is broken or cut off{after}: {describe_parser_error(error)}."

    def _count_items(self) -> None:
        for item in self._items[: max(0, CHECKED_FEATURES - self.features)]:
            place = first_position(item.get("geometry")) if isinstance(item, dict) else None
            if place is not None and not in_degrees(*place):
                raise Unreadable(
                    f"The coordinates are projected, not degrees ({place[0]:g}, {place[1]:g}). Name their system with"
                    " crs=EPSG:<code>, or export the file in WGS 84 (EPSG:4326)."
                )
        if self._items:
            self._size.start_feature()
        self.features += len(self._items)
        self._items.clear()


def _describe(head: bytes) -> str:
    """Return what JSON without features is, and what to send instead."""
    expected = "a GeoJSON FeatureCollection is expected"
    if b'"Topology"' in head:
        return f"The file is TopoJSON; {expected}. Convert it (for instance with topo2geo or mapshaper.org)."
    if b'"error"' in head or b'"message"' in head:
        said = " ".join(head[:200].decode("utf-8", "replace").split())
        return f"The JSON is the error of a server, not data: {said} Download the file again."
    if b'"features"' in head:
        return f"The JSON has no features: its list is empty; {expected}."
    return f"The JSON has no features; {expected}. Send other JSON as CSV or .xlsx."
