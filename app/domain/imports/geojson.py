"""GeoJSON collections of any size: counted while they stream in, and read one feature at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from app.domain.imports.coordinates import first_position, in_degrees
from app.domain.imports.features import FeatureRow, to_feature
from app.domain.text.errors import Unreadable

MAX_FEATURE_BYTES = 32 << 20
"""Maximum size of a GeoJSON feature. States with all their islands are smaller."""
CHECKED_FEATURES = 100
"""How many features must have coordinates in degrees before a file is accepted."""
_CRS = re.compile(rb'"crs"\s*:\s*\{.{0,200}?"name"\s*:\s*"([^"]{0,200})"', re.DOTALL)
_DEGREES = re.compile(r"CRS:?84|4326|WGS ?84", re.IGNORECASE)
_END = object()


def check_crs(head: bytes) -> None:
    """Raises Unreadable where the file declares coordinates other than degrees (the `crs` before RFC 7946)."""
    match = _CRS.search(head)
    if match and not _DEGREES.search(name := match[1].decode(errors="replace")):
        raise Unreadable(f"The coordinates are projected ({name}). Export the file in WGS 84 (EPSG:4326).")


class FeatureCollection:
    """`position` counts features: a file that is one JSON value can only be read from its beginning."""

    def __init__(self, file: BinaryIO, position: Mapping[str, int]) -> None:
        self.position = {"offset": 0, "line": position.get("line", 0)}
        if "left" in position:
            self.position["left"] = position["left"]
        self._items = self._read_items(file)
        for _ in range(self.position["line"]):
            next(self._items, None)

    @staticmethod
    def _read_items(file: BinaryIO) -> Iterator[Any]:
        import ijson

        bounded = _BoundedFile(file)
        file.seek(0)
        try:
            for item in ijson.items(bounded, "features.item", use_float=True):
                bounded.bytes_since_feature = 0
                yield item
        except ijson.JSONError as error:
            raise Unreadable(f"The JSON is broken or cut off: {str(error)[:200]}") from None

    def read(self, count: int) -> list[FeatureRow]:
        rows: list[FeatureRow] = []
        while len(rows) < count and (item := next(self._items, _END)) is not _END:
            self.position["line"] += 1
            rows.append((self.position["line"], to_feature(item)))
        return rows


class _BoundedFile:
    """A file that raises Unreadable when a single feature takes more than MAX_FEATURE_BYTES."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bytes_since_feature = 0

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.bytes_since_feature += len(block)
        if self.bytes_since_feature > MAX_FEATURE_BYTES:
            raise _feature_too_large()
        return block


def _feature_too_large() -> Unreadable:
    return Unreadable(
        f"More than {MAX_FEATURE_BYTES >> 20} MB without the end of a feature: the file is not a GeoJSON"
        " FeatureCollection."
    )


class FeatureCount:
    """Counts the features of a collection as it streams by, and checks that it is one."""

    def __init__(self) -> None:
        import ijson

        self.features = 0
        self._bytes_since_feature = 0
        self._json_error = ijson.JSONError
        self._items: list[Any] = ijson.sendable_list()
        self._parser = ijson.items_coro(self._items, "features.item", use_float=True)

    def feed(self, block: bytes) -> None:
        """Count the features of the next block. Raises Unreadable."""
        self._bytes_since_feature += len(block)
        if self._bytes_since_feature > MAX_FEATURE_BYTES:
            raise _feature_too_large()
        try:
            self._parser.send(block)
        except self._json_error as error:
            raise Unreadable(f"The JSON is broken: {str(error)[:200]}") from None
        self._count_items()

    def close(self) -> None:
        """End the file. Raises Unreadable where it is cut off, or has no features."""
        try:
            self._parser.close()
        except self._json_error as error:
            raise Unreadable(f"The JSON is cut off or broken: {str(error)[:200]}") from None
        self._count_items()
        if not self.features:
            raise Unreadable("The JSON has no features; a GeoJSON FeatureCollection is expected.")

    def _count_items(self) -> None:
        for item in self._items[: max(0, CHECKED_FEATURES - self.features)]:
            place = first_position(item.get("geometry")) if isinstance(item, dict) else None
            if place is not None and not in_degrees(*place):
                raise Unreadable(
                    f"The coordinates are projected, not degrees ({place[0]:g}, {place[1]:g}). Export the file in"
                    " WGS 84 (EPSG:4326)."
                )
        if self._items:
            self._bytes_since_feature = 0
        self.features += len(self._items)
        self._items.clear()
