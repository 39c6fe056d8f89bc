"""Polygons of parcels, thousands at once: checked, mended where that is possible, measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.imports.row_problems import Code

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EQUATOR = 6_378_137.0
FLATTENING = 1 / 298.257223563
"""WGS 84: metres, and the ratio."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`wkb` as hexadecimal digits; `area` in square metres; the centroid in degrees."""

    wkb: str
    latitude: float
    longitude: float
    area: float
    repaired: bool


@dataclass(frozen=True, slots=True)
class BadShape:
    code: Code
    error: str


def shapes(texts: Sequence[str | bytes | None], *, wkt: bool) -> list[Shape | BadShape | None]:
    """One entry a geometry, given as GeoJSON or as WKT text; None for none.

    Only polygons and multipolygons in degrees are good. One that crosses itself is repaired; what is left of lines and
    points in that goes.
    """
    import numpy as np
    import shapely

    given: NDArray[Any] = np.array([text if text is not None else None for text in texts], dtype=object)
    read = shapely.from_wkt if wkt else shapely.from_geojson
    found = _read(read, given)
    valid = shapely.is_valid(found)
    polygonal = np.isin(shapely.get_type_id(found), (3, 6))
    broken = polygonal & ~valid
    if broken.any():
        found[broken] = [_repaired(one) for one in found[broken]]
    found = shapely.force_2d(found)
    bounds = shapely.bounds(found)
    empty = shapely.is_empty(found)
    centroid = shapely.centroid(np.where(empty, None, found))  # the centroid of nothing has no coordinates to ask for
    longitude, latitude = shapely.get_x(centroid), shapely.get_y(centroid)
    area = square_metres(shapely.area(found), latitude)
    hexes = shapely.to_wkb(found, hex=True)
    answers: list[Shape | BadShape | None] = []
    for at, text in enumerate(texts):
        answers.append(
            _answer(text, found[at], bool(polygonal[at]), bool(empty[at]), bounds[at])
            or Shape(hexes[at], float(latitude[at]), float(longitude[at]), float(area[at]), bool(broken[at]))
            if text is not None
            else None
        )
    return answers


def _answer(
    text: str | bytes | None, found: Any, polygonal: bool, empty: bool, bounds: NDArray[np.float64]
) -> BadShape | None:
    """What is wrong with a geometry, if anything is."""
    if found is None:
        return BadShape(Code.BAD_GEOMETRY, "has a geometry that cannot be read")
    if not polygonal:
        return BadShape(Code.BAD_GEOMETRY, f"has a {found.geom_type} where a Polygon or MultiPolygon is expected")
    if empty:
        return BadShape(Code.BAD_GEOMETRY, "has a polygon without an area")
    west, south, east, north = bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):
        error = f"has projected coordinates, not degrees ({west:.0f}, {south:.0f}); export it in WGS 84 (EPSG:4326)"
        return BadShape(Code.PROJECTED, error)
    return None


def _read(read: Callable[..., Any], given: NDArray[Any]) -> Any:
    """The geometries, None for what is none. One that the library cannot hold, as curves, would be the end of all."""
    import numpy as np

    try:
        with np.errstate(invalid="ignore", over="ignore"):
            return read(given, on_invalid="ignore")
    except NotImplementedError:
        if len(given) == 1:
            return np.array([None], dtype=object)
        return np.concatenate([_read(read, given[at : at + 1]) for at in range(len(given))])


def _repaired(geometry: Any) -> Any:
    """The polygons that a repair makes of one that crosses itself; None where its corners are no numbers."""
    import shapely

    try:
        mended = shapely.make_valid(geometry)
    except shapely.errors.GEOSException:
        return None
    parts = [part for part in shapely.get_parts(mended) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def square_metres(degrees: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Square degrees at a latitude, by the ellipsoid's radii of curvature there: exact enough for what is small.

    See https://en.wikipedia.org/wiki/Earth_radius#Radii_of_curvature
    """
    import numpy as np

    eccentricity = FLATTENING * (2 - FLATTENING)
    with np.errstate(invalid="ignore"):
        phi = np.radians(latitude)
        w = 1 - eccentricity * np.sin(phi) ** 2
        meridian = EQUATOR * (1 - eccentricity) / w**1.5
        parallel = EQUATOR / np.sqrt(w) * np.cos(phi)
        return np.asarray(degrees * meridian * parallel * np.radians(1.0) ** 2, dtype=np.float64)
