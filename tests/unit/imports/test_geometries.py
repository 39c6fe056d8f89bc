"""Geometries of parcels and points of interest that are more than a polygon or a point."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest

from app.domain.imports.geometry import Shape, shapes
from app.domain.imports.layout import Layout
from app.domain.imports.pois import PoiReader
from app.domain.imports.survey import FileFormat

SQUARE: dict[str, Any] = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
POINT: dict[str, Any] = {"type": "Point", "coordinates": [1, 1]}


def collection(*geometries: dict[str, Any]) -> dict[str, Any]:
    return {"type": "GeometryCollection", "geometries": list(geometries)}


def test_the_polygons_of_a_collection_are_the_parcel() -> None:
    other = {"type": "MultiPolygon", "coordinates": [[[[4, 0], [6, 0], [6, 2], [4, 2], [4, 0]]]]}
    texts = [orjson.dumps(geometry) for geometry in (collection(POINT, SQUARE), collection(SQUARE, other), SQUARE)]
    labelled, both, plain = shapes(texts, wkt=False)
    assert isinstance(labelled, Shape) and isinstance(both, Shape) and isinstance(plain, Shape)
    assert (labelled.longitude, labelled.latitude, labelled.area) == (1, 1, plain.area)
    assert (both.longitude, both.latitude) == (3, 1)
    assert [shape.reduced for shape in (labelled, both, plain)] == [True, True, False]
    [refused] = shapes([orjson.dumps(collection(POINT))], wkt=False)
    assert not isinstance(refused, Shape) and refused is not None and "GeometryCollection" in refused.error


@pytest.mark.parametrize(
    ("geometry", "place"),
    [
        (POINT, "1.0\t1.0"),
        (SQUARE, "1.0\t1.0"),
        ({"type": "LineString", "coordinates": [[0, 0], [4, 0]]}, "0.0\t2.0"),
        ({"type": "MultiPoint", "coordinates": [[0, 0], [2, 4]]}, "2.0\t1.0"),
        (collection(SQUARE), "1.0\t1.0"),
    ],
)
def test_a_point_of_interest_is_in_the_centre_of_its_outline(geometry: dict[str, Any], place: str) -> None:
    raw = orjson.dumps({"type": "Feature", "properties": {"id": "a", "category": "school"}, "geometry": geometry})
    chunk = PoiReader(io.BytesIO(raw), Layout(FileFormat.LINES, []), {"offset": 0, "line": 0}).chunk()
    assert place in chunk.rows.decode(), chunk.problems
