"""The request to the converting process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceFormat(StrEnum):
    SPREADSHEET = "spreadsheet"
    """.xlsx, .xlsb, .xls or .ods."""
    SHAPEFILE = "shapefile"
    """In a zip file, like the file geodatabase."""
    FILE_GEODATABASE = "file geodatabase"
    GEOPACKAGE = "GeoPackage"
    FLATGEOBUF = "FlatGeobuf file"
    KML = "KML file"
    KMZ = "KMZ file"
    PARQUET = "GeoParquet file"
    OSM = "OpenStreetMap extract"
    """.osm.pbf."""
    ESRI_JSON = "Esri JSON"
    GEOJSON = "GeoJSON"
    """A collection or one feature per line, whose coordinates are not in WGS 84."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Which part of a file is read, and how."""

    sheet: str = ""
    """Name of a sheet of a spreadsheet; the first one with a table if it is empty."""
    layer: str = ""
    """Name of a layer of map data; `*` for all."""
    crs: str = ""
    """Coordinate system, such as `EPSG:2227`; takes precedence over that of the file."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A sheet of a spreadsheet, or a layer of map data."""

    name: str
    rows: int | None
    """None if counting would take long."""


@dataclass(frozen=True, slots=True)
class ConversionRequest:
    format: SourceFormat
    path: str
    sheet: str
    layer: str
    crs: str
    max_unpacked_bytes: int
    any_layer: bool = False
    """Whether to read the first of several layers where none is named; otherwise that is an error."""
