"""Rows as points or outlines of a GeoPackage; rows without coordinates have no geometry."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from app.domain.text.typed_columns import CellKind, TypedColumn, cell_text, typed_cell, unique_names
from app.storage.writing.request import CannotWrite, WritingRequest

ROWS_PER_BATCH = 5_000
FID = "trigpoint_fid"
"""Name of the column with the numbers of the rows, which the format requires; `fid` may be one of the table's own."""
GEOMETRY = "geom"
MAX_COLUMNS = 1_990
"""SQLite has room for 2,000."""


def write_layer(request: WritingRequest, rows: Iterator[list[Any]]) -> None:
    """Write the file in batches. Raises CannotWrite for a table that the format has no room for."""
    os.environ["OGR_SQLITE_JOURNAL"] = "OFF"
    import pyarrow
    import pyogrio
    from pyogrio.raw import write_arrow

    if len(request.columns) > MAX_COLUMNS:
        raise CannotWrite(
            f"The table has {len(request.columns):,} columns; a GeoPackage has room for {MAX_COLUMNS:,}. Use CSV."
        )
    pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})
    columns = [column for index, column in enumerate(request.columns) if index != request.geometry]
    names = unique_names(columns, (FID, GEOMETRY))
    types = [_arrow_type(column, pyarrow) for column in columns]
    schema = pyarrow.schema([*zip(names, types, strict=True), (GEOMETRY, pyarrow.binary())])
    batches = _batches(request, rows, schema, pyarrow)
    write_arrow(
        pyarrow.RecordBatchReader.from_batches(schema, batches),
        request.path,
        layer=request.title,
        driver="GPKG",
        geometry_name=GEOMETRY,
        geometry_type="Point" if request.geometry is None else "MultiPolygon",
        crs="EPSG:4326",
        layer_options={"FID": FID, "GEOMETRY_NAME": GEOMETRY},
    )


def _arrow_type(column: TypedColumn, pyarrow: Any) -> Any:
    """Return the type of a column; text for one with cells of several kinds."""
    match list(column.kinds):
        case [CellKind.NUMBER]:
            return pyarrow.float64()
        case [CellKind.BOOLEAN]:
            return pyarrow.bool_()
        case _:
            return pyarrow.string()


def _batches(request: WritingRequest, rows: Iterator[list[Any]], schema: Any, pyarrow: Any) -> Iterator[Any]:
    import shapely

    while batch := list(islice(rows, ROWS_PER_BATCH)):
        arrays = []
        columns = [entry for entry in enumerate(request.columns) if entry[0] != request.geometry]
        for (index, column), field in zip(columns, schema, strict=False):
            cells = [row[index] if index < len(row) else None for row in batch]
            arrays.append(pyarrow.array([_value(cell, column, field.type, pyarrow) for cell in cells], field.type))
        if request.geometry is None:
            points = [_point(row, request.point) for row in batch]
            blobs = [None if point is None else shapely.to_wkb(shapely.Point(point)) for point in points]
        else:
            blobs = [_outline(row[request.geometry]) for row in batch]
        yield pyarrow.record_batch([*arrays, pyarrow.array(blobs, pyarrow.binary())], schema=schema)


def _value(cell: Any, column: TypedColumn, type: Any, pyarrow: Any) -> Any:
    if cell is None or cell == "":
        return None
    if pyarrow.types.is_string(type):
        return cell if isinstance(cell, str) else cell_text(cell)
    return typed_cell(cell, column.kinds) if isinstance(cell, str) else cell


def _outline(wkt: str | None) -> bytes | None:
    """Return polygons as WKB of a multipolygon, so that all rows have one type."""
    import shapely

    if not wkt:
        return None
    blob: bytes = shapely.to_wkb(shapely.MultiPolygon(list(shapely.get_parts(shapely.from_wkt(wkt)))))
    return blob


def _point(row: Sequence[Any], point: tuple[int, int] | None) -> tuple[float, float] | None:
    """Return longitude and latitude."""
    if point is None or row[point[0]] is None or row[point[1]] is None:
        return None
    return float(row[point[1]]), float(row[point[0]])
