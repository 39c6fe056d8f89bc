"""The formats that tables are downloaded in: chosen by `format=`, by the Accept header, or by the path."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request

from app.web.http.list_headers import list_header
from app.web.http.operation import CONTENT_DISPOSITION, Header, Media, Reply


class TableFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GEOJSONL = "geojsonl"
    GPKG = "gpkg"
    KML = "kml"


class SheetFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    TableFormat.CSV: "text/csv",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableFormat.GEOJSON: "application/geo+json",
    TableFormat.GEOJSONL: "application/geo+json-seq",
    TableFormat.GPKG: "application/geopackage+sqlite3",
    TableFormat.KML: "application/vnd.google-earth.kml+xml",
}
ALL_FORMATS = tuple(TableFormat)
SHEET_FORMATS = (TableFormat.CSV, TableFormat.XLSX)
PARTIAL = Header(
    "Trigpoint-Partial",
    "Only if the file has a part of the rows: the status of its job. The file's name then ends with `-partial`.",
    {"type": "string", "enum": ["pending", "processing", "failed", "cancelled"]},
)


class SheetDownload(BaseModel):
    """Query parameters of a download of a table."""

    format: SheetFormat | None = None
    """`csv` or `xlsx`; without it, the Accept header chooses."""
    bom: Literal["true", "false"] = "true"
    """Whether CSV begins with a byte order mark, by which Excel recognises UTF-8."""


class TableDownload(BaseModel):
    """Query parameters of a download of a table with coordinates."""

    format: TableFormat | None = None
    """`csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`; without it, the Accept
    header chooses."""
    bom: Literal["true", "false"] = "true"
    """Whether CSV begins with a byte order mark, by which Excel recognises UTF-8."""


def table_reply(formats: Sequence[TableFormat], *more: Header) -> Reply:
    """Return the declaration of a download in these formats."""
    return Reply(Media(tuple(MEDIA_TYPES[format] for format in formats)), headers=[CONTENT_DISPOSITION, *more])


def choose_format(
    request: Request, asked: TableFormat | SheetFormat | None, formats: Sequence[TableFormat], default: TableFormat
) -> TableFormat:
    """Return the format of the query, otherwise the one that the Accept header prefers, otherwise the default."""
    if asked is not None:
        return TableFormat(asked)
    best, best_quality = default, 0.0
    for entry in (list_header(request, "accept") or "").lower().replace(" ", "").split(","):
        name, *options = entry.split(";")
        format = next((format for format in formats if MEDIA_TYPES[format] == name), None)
        if format is None and name in ("*/*", "text/*", "application/*"):
            format = default
        quality = _quality(options)
        if format is not None and quality > best_quality:
            best, best_quality = format, quality
    return best


def _quality(options: Sequence[str]) -> float:
    for option in options:
        if option.startswith("q="):
            try:
                return float(option[2:])
            except ValueError:
                return 0.0
    return 1.0
