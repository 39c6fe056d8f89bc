"""Esri JSON, and GeoJSON in other coordinate systems, as one GeoJSON feature per line in WGS 84."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import ijson
import numpy as np
import orjson
import shapely
from pyproj import CRS

from app.domain.text.errors import Unreadable
from app.domain.text.json_errors import describe_parser_error
from app.domain.text.json_guard import MAX_DEPTH
from app.domain.text.streamed_json import StreamedJson, original_text
from app.storage.conversion.request import ConversionRequest, SourceFormat
from app.storage.conversion.wgs84 import ToWgs84, feature_lines, parse_declared, parse_named

FEATURES_PER_BATCH = 1_000


def read_json_features(request: ConversionRequest, notes: list[str]) -> Iterator[bytes]:
    """Yield the features. Raises Unreadable."""
    is_esri = request.format is SourceFormat.ESRI_JSON
    with open(request.path, "rb") as file:
        try:
            crs = parse_named(request.crs) if request.crs else _declared_crs(file, is_esri=is_esri)
            to_wgs84 = ToWgs84(crs, notes)
            items = _items(file)
            count = 0
            while batch := list(islice(items, FEATURES_PER_BATCH)):
                count += len(batch)
                lines = _esri_lines(batch, to_wgs84) if is_esri else _geojson_lines(batch, to_wgs84)
                # a number that no parser takes is refused with its own feature, when the import reads the line
                yield original_text(lines.decode()).encode()
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise Unreadable(f"The JSON is broken or cut off: {describe_parser_error(error)}.") from None
    if not count:
        raise Unreadable(f"The {request.format} has no features.")
    if is_esri:
        notes.append("The file is Esri JSON, as feature services return it.")


class _CheckedJson:
    """The file from its beginning, as a parser may see it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file
        self._json = StreamedJson()
        file.seek(0)
        if file.read(len(BOM_UTF8)) != BOM_UTF8:
            file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises Unreadable where the JSON is nested too deeply."""
        passed = b""
        while size and not passed and self._file is not None:  # all of a block may have to wait for the next one
            block = self._file.read(size)
            passed = self._json.feed(block) if block else self._json.close()
            if not block:
                self._file = None
        if self._json.is_deep:
            raise Unreadable(f"The JSON is nested more than {MAX_DEPTH} levels deep.")
        return passed


def _items(file: BinaryIO) -> Iterator[Any]:
    """Return the features of a collection, or the values of the lines."""
    found = ijson.items(_CheckedJson(file), "features.item", use_float=True, multiple_values=True)
    first = next(found, None)
    if first is not None:
        yield first
        yield from found
        return
    yield from ijson.items(_CheckedJson(file), "", use_float=True, multiple_values=True)


def _declared_crs(file: BinaryIO, *, is_esri: bool) -> CRS | None:
    checked = _CheckedJson(file)
    declared = next(ijson.items(checked, "spatialReference" if is_esri else "crs", multiple_values=True), None)
    if not isinstance(declared, dict):
        return None
    if not is_esri:
        properties = declared.get("properties")
        name = properties.get("name") if isinstance(properties, dict) else None
        return parse_declared(name) if isinstance(name, str) else None
    return _esri_crs(declared)


def _esri_crs(declared: dict[str, Any]) -> CRS | None:
    for name in ("latestWkid", "wkid"):
        if isinstance(code := declared.get(name), int):
            for authority in ("EPSG", "ESRI"):
                try:
                    return parse_declared(f"{authority}:{code}")
                except Unreadable:
                    continue
    text = declared.get("wkt2") or declared.get("wkt")
    return parse_declared(text) if isinstance(text, str) else None


def _geojson_lines(batch: list[Any], to_wgs84: ToWgs84) -> bytes:
    """Return the features as lines; values that are no features stay as they are, and are reported by the import."""
    is_feature = [isinstance(item, dict) and isinstance(item.get("properties") or {}, dict) for item in batch]
    features = [item for item, good in zip(batch, is_feature, strict=True) if good]
    texts = [orjson.dumps(item["geometry"]).decode() if item.get("geometry") else None for item in features]
    geometries = to_wgs84.convert(shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore"))
    ids = [item.get("id") for item in features]
    return _in_order(
        batch, is_feature, feature_lines(geometries, [item.get("properties") or {} for item in features], ids)
    )


def _esri_lines(batch: list[Any], to_wgs84: ToWgs84) -> bytes:
    """Return the features as lines; values that are no features stay as they are, as with GeoJSON."""
    is_feature = [isinstance(item, dict) and isinstance(item.get("attributes") or {}, dict) for item in batch]
    features = [item for item, good in zip(batch, is_feature, strict=True) if good]
    geometries = np.array([_esri_geometry(item.get("geometry")) for item in features], dtype=object)
    lines = feature_lines(to_wgs84.convert(geometries), [item.get("attributes") or {} for item in features])
    return _in_order(batch, is_feature, lines)


def _in_order(batch: list[Any], is_feature: list[bool], lines: bytes) -> bytes:
    """Return the lines of the features, and the other values in their places: reports count the features."""
    if all(is_feature):
        return lines
    features = iter(lines.splitlines(keepends=True))
    return b"".join(
        next(features) if good else orjson.dumps(item) + b"\n" for item, good in zip(batch, is_feature, strict=True)
    )


def _esri_geometry(value: Any) -> Any:
    """Return the geometry; None for one that is empty, a curve or damaged."""
    if not isinstance(value, dict):
        return None
    try:
        if "x" in value:
            return shapely.Point(float(value["x"]), float(value["y"]))
        if "points" in value:
            return shapely.MultiPoint([point[:2] for point in value["points"]])
        if "paths" in value:
            return shapely.MultiLineString([[point[:2] for point in path] for path in value["paths"]])
        if "rings" in value:
            return _polygon([[point[:2] for point in ring] for ring in value["rings"]])
    except (TypeError, ValueError, KeyError, shapely.errors.GEOSException):
        return None
    return None


def _polygon(rings: list[list[list[float]]]) -> Any:
    """Return the polygon of rings: clockwise ones are outlines, the others are holes."""
    made = [shapely.LinearRing(ring) for ring in rings if len(ring) > 3]
    outlines = [ring for ring in made if not ring.is_ccw] or made[:1]
    holes: list[list[Any]] = [[] for _ in outlines]
    for ring in made:
        if ring in outlines:
            continue
        inside = (
            n for n, outline in enumerate(outlines) if shapely.Polygon(outline).covers(shapely.Point(ring.coords[0]))
        )
        holes[next(inside, 0)].append(ring)
    polygons = [shapely.Polygon(outline, inner) for outline, inner in zip(outlines, holes, strict=True)]
    if not polygons:
        return None
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
