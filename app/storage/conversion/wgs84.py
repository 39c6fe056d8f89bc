"""Geometries in any coordinate system as GeoJSON in WGS 84, and features as lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from app.domain.text.errors import NeedsOption

MAX_FEATURE_BYTES = 1_000_000
"""Of a line: what the reader of lines takes."""
DECIMALS = 8
"""About a millimetre."""
_NAMED = re.compile(r"(?i)(?:(EPSG|ESRI|OGC|IGNF):)?[A-Za-z0-9]{1,16}")
_SAME_WITHIN_METRES = re.compile(
    r"(?i)WGS ?_?(?:19)?84|CRS:?84|NAD ?_?83|North_?American_?(?:Datum_?)?1983|ETRS89|ETRF|GDA"
)
WAY_OUT = "Name it with crs=EPSG:<code>, or export the file in WGS 84 (EPSG:4326)."


def parse_named(name: str) -> CRS:
    """Return the system that a user names. Raises Unreadable for anything but an authority's code."""
    if _NAMED.fullmatch(name.strip()):
        try:
            return CRS.from_user_input(f"EPSG:{name.strip()}" if name.strip().isdecimal() else name.strip())
        except ProjError:
            pass
    raise NeedsOption(f"crs: unknown coordinate system {name[:60]!r}; expected a code such as EPSG:2227.")


def parse_declared(text: str) -> CRS:
    """Return the system that a file declares, as WKT, PROJJSON or a code. Raises Unreadable."""
    try:
        return CRS.from_user_input(text)
    except ProjError:
        raise NeedsOption(f"The file's coordinate system cannot be read ({text[:80]!r}). {WAY_OUT}") from None


class ToWgs84:
    """Converts the geometries of one layer. `crs` is None where neither the file nor its sender names the system."""

    def __init__(self, crs: CRS | None, notes: list[str]) -> None:
        """Raises Unreadable where there is no way from `crs` to WGS 84."""
        self._crs = crs
        self._transformer: Transformer | None = None
        self._is_checked = False
        if crs is None:
            return
        if crs.is_compound or crs.is_bound:
            crs = (crs.sub_crs_list[0] if crs.is_compound else crs.source_crs) or crs
        is_degrees = crs.is_geographic and all(axis.unit_name == "degree" for axis in crs.axis_info[:2])
        if is_degrees and _SAME_WITHIN_METRES.search(crs.name):
            return
        try:
            self._transformer = Transformer.from_crs(crs, 4326, always_xy=True)
        except ProjError:
            raise NeedsOption(f"Coordinates in {crs.name} cannot be transformed. {WAY_OUT}") from None
        note = f"The coordinates were transformed from {crs.name} to WGS 84."
        if note not in notes:
            notes.append(note)

    def convert(self, geometries: Any) -> Any:
        """Return an array of geometries in degrees; None for those that cannot be converted. Raises Unreadable."""
        geometries = shapely.force_2d(geometries)
        if self._transformer is not None:
            geometries = shapely.transform(geometries, self._to_degrees)
        bounds = shapely.bounds(geometries)
        present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
        good = np.isfinite(bounds).all(axis=1)
        if present.any() and not self._is_checked:
            self._is_checked = True
            inside = good & (np.abs(bounds) <= [180, 90, 180, 90]).all(axis=1)
            if not (inside & present).any():
                self._refuse(bounds[present][0])
        geometries[present & ~good] = None
        return geometries

    def _to_degrees(self, points: Any) -> Any:
        assert self._transformer is not None
        x, y = self._transformer.transform(points[:, 0], points[:, 1])
        return np.round(np.column_stack([x, y]), DECIMALS)

    def _refuse(self, bounds: Any) -> None:
        if self._crs is not None:
            raise NeedsOption(f"The coordinates do not fit the coordinate system {self._crs.name}. {WAY_OUT}")
        raise NeedsOption(
            f"The coordinates are projected, not degrees ({bounds[0]:g}, {bounds[1]:g}), and the file does not name"
            f" its coordinate system (of a shapefile, the .prj). {WAY_OUT}"
        )


def feature_lines(geometries: Any, properties: Sequence[dict[str, Any]], ids: Sequence[Any] | None = None) -> bytes:
    """Return features as lines. A geometry that makes a line too long is left out."""
    lines: list[bytes] = []
    texts = shapely.to_geojson(geometries)
    for number, (text, values) in enumerate(zip(texts, properties, strict=True)):
        feature_id = ids[number] if ids is not None else None
        start = b'{"type":"Feature",' + (b'"id":' + orjson.dumps(feature_id) + b"," if feature_id is not None else b"")
        body = orjson.dumps(values, default=_json_value, option=orjson.OPT_NON_STR_KEYS)
        line = start + b'"properties":' + body + b',"geometry":' + (text.encode() if text else b"null") + b"}\n"
        if len(line) > MAX_FEATURE_BYTES:
            line = start + b'"properties":' + body + b',"geometry":null}\n'
        lines.append(line)
    return b"".join(lines)


def _json_value(value: Any) -> Any:
    """Return what JSON can express of a value: text of decimals, nothing of binary data."""
    return None if isinstance(value, bytes | bytearray | memoryview) else str(value)
