"""Check, repair and measure polygons of parcels, thousands at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.imports.row_problems import ProblemCode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EQUATOR_METRES = 6_378_137.0
FLATTENING = 1 / 298.257223563
"""Flattening of the WGS 84 ellipsoid."""
GEOMETRY_POLYGON, GEOMETRY_MULTIPOLYGON, GEOMETRY_COLLECTION = 3, 6, 7
"""Shapely's type ids."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`wkb` as hexadecimal digits; `area` in square metres; the centroid in degrees."""

    wkb: str
    latitude: float
    longitude: float
    area: float
    repaired: bool
    reduced: bool = False
    """Whether it had points or lines beside the polygons, which are left out."""


@dataclass(frozen=True, slots=True)
class BadShape:
    code: ProblemCode
    error: str


def shapes(texts: Sequence[str | bytes | None], *, wkt: bool) -> list[Shape | BadShape | None]:
    """Return one entry for each text of GeoJSON or WKT, None for None.

    Only polygons and multipolygons in degrees are accepted, also within a collection. A polygon that crosses itself is
    repaired; lines and points that the repair leaves are dropped.
    """
    import numpy as np
    import shapely

    given: NDArray[Any] = np.array([text if text is not None else None for text in texts], dtype=object)
    read = shapely.from_wkt if wkt else shapely.from_geojson
    found = _read(read, given)
    mixed = shapely.get_type_id(found) == GEOMETRY_COLLECTION
    if mixed.any():
        found[mixed] = [_polygons_of(collection) for collection in found[mixed]]
    valid = shapely.is_valid(found)
    polygonal = np.isin(shapely.get_type_id(found), (GEOMETRY_POLYGON, GEOMETRY_MULTIPOLYGON))
    broken = polygonal & ~valid
    if broken.any():
        found[broken] = [_repaired(polygon) for polygon in found[broken]]
    found = shapely.force_2d(found)
    bounds = shapely.bounds(found)
    empty = shapely.is_empty(found)
    centroid = shapely.centroid(np.where(empty, None, found))  # the centroid of nothing has no coordinates to ask for
    longitude, latitude = shapely.get_x(centroid), shapely.get_y(centroid)
    area = square_metres(shapely.area(found), latitude)
    hexes = shapely.to_wkb(found, hex=True)
    results: list[Shape | BadShape | None] = []
    for index, text in enumerate(texts):
        results.append(
            _problem(text, found[index], bool(polygonal[index]), bool(empty[index]), bounds[index])
            or Shape(
                hexes[index],
                float(latitude[index]),
                float(longitude[index]),
                float(area[index]),
                bool(broken[index]),
                bool(mixed[index]),
            )
            if text is not None
            else None
        )
    return results


def centre(geometry: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the x and y of the centroid of a GeoJSON geometry; None where it has none, or cannot be read."""
    import numpy as np
    import orjson
    import shapely

    (found,) = _read(shapely.from_geojson, np.array([orjson.dumps(geometry)], dtype=object))
    point = None if found is None or shapely.is_empty(found) else shapely.centroid(found)
    return None if point is None or shapely.is_empty(point) else (point.x, point.y)


def _problem(
    text: str | bytes | None, found: Any, polygonal: bool, empty: bool, bounds: NDArray[np.float64]
) -> BadShape | None:
    """Return what is wrong with a geometry, None if it is good."""
    if found is None:
        return BadShape(ProblemCode.BAD_GEOMETRY, "has a geometry that cannot be read")
    if not polygonal:
        error = f"has a {found.geom_type} where a Polygon or MultiPolygon is expected"
        return BadShape(ProblemCode.BAD_GEOMETRY, error)
    if empty:
        return BadShape(ProblemCode.BAD_GEOMETRY, "has a polygon without an area")
    west, south, east, north = bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):
        error = f"has projected coordinates, not degrees ({west:.0f}, {south:.0f}); export it in WGS 84 (EPSG:4326)"
        return BadShape(ProblemCode.PROJECTED, error)
    return None


def _read(read: Callable[..., Any], given: NDArray[Any]) -> Any:
    """Parse geometries, None for what is none. Curves, which the library refuses, must not fail the others."""
    import numpy as np

    try:
        with np.errstate(invalid="ignore", over="ignore"):
            return read(given, on_invalid="ignore")
    except NotImplementedError:
        if len(given) == 1:
            return np.array([None], dtype=object)
        return np.concatenate([_read(read, given[at : at + 1]) for at in range(len(given))])


def _polygons_of(collection: Any) -> Any:
    """Return the polygons of a collection, in which KML has a label's point as well; without any, the collection."""
    import shapely

    parts = [part for part in shapely.get_parts(collection) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.multipolygons(shapely.get_parts(parts)) if parts else collection


def _repaired(geometry: Any) -> Any:
    """Return the polygons of a repaired polygon; None where its corners are not numbers."""
    import shapely

    try:
        repaired = shapely.make_valid(geometry)
    except shapely.errors.GEOSException:
        return None
    parts = [part for part in shapely.get_parts(repaired) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def square_metres(degrees: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert square degrees at a latitude by the ellipsoid's radii of curvature there; exact for small areas.

    See https://en.wikipedia.org/wiki/Earth_radius#Radii_of_curvature
    """
    import numpy as np

    eccentricity = FLATTENING * (2 - FLATTENING)
    with np.errstate(invalid="ignore"):
        phi = np.radians(latitude)
        w = 1 - eccentricity * np.sin(phi) ** 2
        meridian = EQUATOR_METRES * (1 - eccentricity) / w**1.5
        parallel = EQUATOR_METRES / np.sqrt(w) * np.cos(phi)
        return np.asarray(degrees * meridian * parallel * np.radians(1.0) ** 2, dtype=np.float64)
