"""Rows with coordinates as GeoJSON and KML. A row without coordinates is a feature without a geometry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson
import shapely

from app.domain.text.typed_columns import TypedColumn, typed_cell, unique_names
from app.web.http.responses import encode

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LABELS = ("name", "full name", "title", "company", "business name", "address")
"""Names of columns whose values name a placemark, the best first."""
KML_BEGIN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>%b</name>\n'
)
KML_END = b"</Document></kml>\n"


class FeatureWriter:
    """Writes rows as features."""

    def __init__(
        self,
        columns: Sequence[TypedColumn],
        point: tuple[int, int],
        id_column: int | None,
        geometry: int | None = None,
    ) -> None:
        """`point` has the indexes of latitude and longitude, which become the geometry, unless `geometry` is the index
        of a column that has it as WKT."""
        self._columns = list(columns)
        self._names = unique_names(columns)
        self._latitude, self._longitude = point
        self._geometry = geometry
        self._hidden = point if geometry is None else (geometry,)
        self._id = id_column
        names = [column.name.strip().lower().replace("_", " ") for column in columns]
        self._label = next((names.index(name) for name in LABELS if name in names), 0)

    def geojson(self, row: Sequence[Any]) -> bytes:
        """Return a row as a GeoJSON feature in one line."""
        properties = {
            name: _json_value(cell, column)
            for index, (name, column, cell) in enumerate(zip(self._names, self._columns, row, strict=False))
            if index not in self._hidden
        }
        id = {} if self._id is None else {"id": row[self._id]}
        return encode({"type": "Feature", **id, "geometry": self._geojson_geometry(row), "properties": properties})

    def kml(self, row: Sequence[Any]) -> bytes:
        """Return a row as a placemark."""
        data = "".join(
            f"<Data name={quoteattr(_xml_text(name))}><value>{escape(_xml_text(cell))}</value></Data>"
            for index, (name, cell) in enumerate(zip(self._names, row, strict=False))
            if cell is not None and cell != "" and index != self._geometry
        )
        place = self._kml_geometry(row)
        label = escape(_xml_text(row[self._label]))
        text = f"<Placemark><name>{label}</name><ExtendedData>{data}</ExtendedData>{place}</Placemark>\n"
        return text.encode()

    def _shape(self, row: Sequence[Any]) -> Any:
        """Return the geometry of a row as a shape; None without one."""
        return None if self._geometry is None or not row[self._geometry] else shapely.from_wkt(row[self._geometry])

    def _geojson_geometry(self, row: Sequence[Any]) -> Any:
        if (shape := self._shape(row)) is not None:
            return orjson.Fragment(shapely.to_geojson(shape))
        point = self._point(row)
        return None if point is None else {"type": "Point", "coordinates": point}

    def _kml_geometry(self, row: Sequence[Any]) -> str:
        if (shape := self._shape(row)) is not None:
            return kml_polygons(shape)
        point = self._point(row)
        return "" if point is None else f"<Point><coordinates>{point[0]!r},{point[1]!r}</coordinates></Point>"

    def _point(self, row: Sequence[Any]) -> tuple[float, float] | None:
        latitude, longitude = row[self._latitude], row[self._longitude]
        return None if latitude is None or longitude is None else (longitude, latitude)


def kml_polygons(shape: Any) -> str:
    """Return the polygons of a shape as KML."""
    polygons = []
    for part in shapely.get_parts(shape):
        outer, *holes = (
            f"<LinearRing><coordinates>{' '.join(f'{x!r},{y!r}' for x, y in ring.coords)}</coordinates></LinearRing>"
            for ring in (part.exterior, *part.interiors)
        )
        inner = "".join(f"<innerBoundaryIs>{ring}</innerBoundaryIs>" for ring in holes)
        polygons.append(f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{inner}</Polygon>")
    return polygons[0] if len(polygons) == 1 else f"<MultiGeometry>{''.join(polygons)}</MultiGeometry>"


def kml_begin(title: str) -> bytes:
    """Return the beginning of a KML document, before its placemarks."""
    return KML_BEGIN % escape(_xml_text(title)).encode()


def _json_value(cell: Any, column: TypedColumn) -> Any:
    """Return numbers and booleans of a spreadsheet as such; dates stay text, as JSON has none."""
    if not isinstance(cell, str):
        return cell
    value = typed_cell(cell, column.kinds)
    return value if isinstance(value, int | float) else cell


def _xml_text(value: object) -> str:
    """Return the text of a value without the characters that XML has no way to write."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _NOT_XML.sub(" ", str(value))
