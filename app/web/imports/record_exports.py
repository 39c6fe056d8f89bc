"""Download all parcels or points of interest, as a table or for a map."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from pydantic import Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection, Pool
from app.db.imports.exported_records import Key, RecordFilter, RecordTable, list_records
from app.domain.text.typed_columns import typed_columns
from app.web.accounts import auth
from app.web.http.downloads import send_table
from app.web.http.models import RequestModel
from app.web.http.off_loop import in_thread
from app.web.http.operation import operation
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import parse_query
from app.web.http.table_download import Row, Table
from app.web.http.table_formats import ALL_FORMATS, TableDownload, TableFormat, choose_format, table_reply
from app.web.platform import get_platform

PAGE_SIZE = 500
DECIMALS = 8
"""Of degrees in outlines: about a millimetre."""
GEOMETRY = "wkt"
MAX_CELL_CHARACTERS = 32_767
"""Of a cell of an .xlsx file."""
NUMBERS = ("acres", "latitude", "longitude", "areaM2")


class RecordExport(RequestModel, TableDownload):
    """Which records, and the format."""

    source: str | None = Field(default=None, max_length=100)
    """Only those of this source, such as `parcel:us-nc-durham`."""
    retired: bool = False
    """Include records that were retired because a later version of their file no longer had them."""


@dataclass(frozen=True)
class ExportedTable:
    table: RecordTable
    columns: tuple[str, ...]
    """The database's columns: source and record id first."""
    names: tuple[str, ...]
    """Of the columns of the download."""

    def index(self, name: str) -> int | None:
        return self.names.index(name) if name in self.names else None


PARCELS = ExportedTable(
    "parcels",
    ("source", "record_id", "owner", "address", "unit", "city", "state", "zip_code", "acres", "latitude", "longitude",
     "area_m2", "extra", "retired_at", "geometry"),
    ("source", "id", "owner", "address", "unit", "city", "state", "zipCode", "acres", "latitude", "longitude",
     "areaM2", "extra", "retiredAt", GEOMETRY),
)  # fmt: skip
POI_COLUMNS = ("name", "category", "latitude", "longitude", "extra", "retired_at")
POIS = ExportedTable("pois", ("source", "record_id", *POI_COLUMNS), ("source", "id", *map(to_camel, POI_COLUMNS)))


@operation("exportParcels", tag="Imports", query=RecordExport, returns={200: table_reply(ALL_FORMATS)})
async def export_parcels(request: Request) -> Response:
    """Download parcels in any format.

    Tables have their outlines as WKT in the column `wkt`, in degrees (WGS 84), so that they can be imported again; in
    the formats for maps these are the geometries. `extra` has the columns of the file that are no fields, as JSON.
    """
    return await _export(request, PARCELS)


@operation("exportPois", tag="Imports", query=RecordExport, returns={200: table_reply(ALL_FORMATS)})
async def export_pois(request: Request) -> Response:
    """Download points of interest in any format.

    `extra` has the columns of the file that are no fields, as JSON.
    """
    return await _export(request, POIS)


async def _export(request: Request, exported: ExportedTable) -> Response:
    await auth.require(request)
    query = parse_query(request, RecordExport)
    format = choose_format(request, query.format, ALL_FORMATS, TableFormat.CSV)
    longest = MAX_CELL_CHARACTERS if format is TableFormat.XLSX else None
    table = Table(
        exported.table,
        typed_columns(exported.names, numbers=NUMBERS, dates=("retiredAt",)),
        _pages(get_platform(request).pool, exported, RecordFilter(query.source, query.retired), longest),
        point=(exported.names.index("latitude"), exported.names.index("longitude")),
        geometry=exported.index(GEOMETRY),
    )
    return await send_table(request, table, format, bom=query.bom == "true")


async def _pages(
    pool: Pool, exported: ExportedTable, chosen: RecordFilter, longest: int | None
) -> AsyncIterator[Sequence[Row]]:
    async def read(conn: Connection, after: Key | None) -> list[tuple[Any, ...]]:
        return await list_records(conn, exported.table, exported.columns, chosen, after, PAGE_SIZE)

    with_wkt = _with_wkt(exported.columns.index("geometry"), longest) if GEOMETRY in exported.names else None
    async for page in keyset_pages(pool, read, lambda row: (row[0], row[1]), PAGE_SIZE):
        yield page if with_wkt is None else await in_thread(with_wkt, page)


def _with_wkt(index: int, longest: int | None) -> Callable[[Sequence[Row]], Sequence[Row]]:
    def convert(rows: Sequence[Row]) -> Sequence[Row]:
        shapes = shapely.from_wkb([row[index] for row in rows])
        texts = shapely.to_wkt(shapes, rounding_precision=DECIMALS)
        if longest is not None:
            texts = [
                f"an outline of {len(text):,} characters, too long for a cell" if text and len(text) > longest else text
                for text in texts
            ]
        return [[*row[:index], text, *row[index + 1 :]] for row, text in zip(rows, texts, strict=True)]

    return convert
