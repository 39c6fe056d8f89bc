"""Downloads of tables, whose rows are read page by page, in every format that they are offered in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.domain.text import csv_writer
from app.domain.text.typed_columns import TypedColumn
from app.errors import BadRequest
from app.storage.file_writer import write_table
from app.storage.writing.request import CannotWrite, TargetFormat
from app.web.http.map_formats import KML_END, FeatureWriter, kml_begin
from app.web.http.off_loop import in_thread
from app.web.http.responses import attachment, encode
from app.web.http.table_formats import MEDIA_TYPES, PARTIAL, TableFormat

BOM = "\ufeff"
BLOCK_BYTES = 1 << 18
SUFFIXES = {format: f".{format}" for format in TableFormat}

Row = Sequence[Any]
"""Cells: text, numbers, booleans, times, ids; None for an empty one. Some rows have cells beyond the columns."""


@dataclass(frozen=True)
class Table:
    """A table to download."""

    name: str
    """Of the file, without a suffix."""
    columns: Sequence[TypedColumn]
    pages: AsyncIterator[Sequence[Row]]
    point: tuple[int, int] | None = None
    """Indexes of the columns with latitude and longitude."""
    geometry: int | None = None
    """Index of the column with the geometry as WKT, in degrees, which takes the place of the point in map formats."""
    id_column: int | None = None
    """Index of the column with the id of the features."""
    delimiter: str = ","
    quoted: Collection[int] = ()
    """Indexes of the columns whose cells are all quoted in CSV."""
    is_header_quoted: bool = False
    partial: str | None = None
    """The status of the job, if the rows are only a part of what was asked for."""


async def table_response(table: Table, format: TableFormat, *, bom: bool = True) -> Response:
    """Return the download. Raises BadRequest where the format has no room for the table.

    The first page is read before the response begins, so that an error in it becomes a problem document.
    """
    suffix = "-partial" if table.partial else ""
    headers = attachment(f"{table.name}{suffix}{SUFFIXES[format]}")
    if table.partial:
        headers[PARTIAL.name] = table.partial
    media_type = MEDIA_TYPES[format]
    match format:
        case TableFormat.XLSX | TableFormat.GPKG:
            file = await _written_file(table, TargetFormat(format.value))
            return FileDownload(file, media_type=media_type, headers=headers)
        case TableFormat.CSV:
            begin, encode_page, end = (BOM if bom else "").encode() + _csv_header(table), _csv_page(table), b""
            media_type += "; charset=utf-8"
        case TableFormat.KML:
            begin, encode_page, end = kml_begin(table.name), _kml_page(table), KML_END
        case TableFormat.GEOJSONL:
            begin, encode_page, end = b"", _geojson_page(table, b"\n", b"\n"), b""
        case TableFormat.GEOJSON:
            return await _collection(table, headers)
    first: Sequence[Row] = await anext(table.pages, [])

    async def blocks() -> AsyncIterator[bytes]:
        if begin:
            yield begin
        yield await in_thread(encode_page, first)
        async for page in table.pages:
            yield await in_thread(encode_page, page)
        if end:
            yield end

    return StreamingResponse(blocks(), media_type=media_type, headers=headers)


async def _collection(table: Table, headers: dict[str, str]) -> Response:
    encode_page = _geojson_page(table, b",", b"")
    first: Sequence[Row] = await anext(table.pages, [])

    async def blocks() -> AsyncIterator[bytes]:
        yield b'{"type":"FeatureCollection","features":[' + await in_thread(encode_page, first)
        is_empty = not first
        async for page in table.pages:
            if page:
                yield (b"" if is_empty else b",") + await in_thread(encode_page, page)
                is_empty = False
        yield b"]}"

    return StreamingResponse(blocks(), media_type=MEDIA_TYPES[TableFormat.GEOJSON], headers=headers)


def _csv_header(table: Table) -> bytes:
    names = [csv_writer.guarded(column.name) for column in table.columns]
    quoted = range(len(names)) if table.is_header_quoted else ()
    return (csv_writer.quoted_line(names, table.delimiter, quoted) + "\r\n").encode()


def _csv_page(table: Table) -> Callable[[Sequence[Row]], bytes]:
    def encode_page(rows: Sequence[Row]) -> bytes:
        lines = (
            csv_writer.quoted_line([_csv_cell(cell) for cell in row], table.delimiter, table.quoted) for row in rows
        )
        return "".join(f"{line}\r\n" for line in lines).encode()

    return encode_page


def _csv_cell(value: object) -> object:
    """Mark text that a spreadsheet would calculate as text; write booleans in lower case and times in ISO 8601."""
    match value:
        case str():
            return csv_writer.guarded(value)
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat()
        case _:
            return value


def _features(table: Table) -> FeatureWriter:
    assert table.point is not None, "a table without coordinates is not offered as a map"
    return FeatureWriter(table.columns, table.point, table.id_column, table.geometry)


def _geojson_page(table: Table, between: bytes, end: bytes) -> Callable[[Sequence[Row]], bytes]:
    writer, width = _features(table), len(table.columns)

    def encode_page(rows: Sequence[Row]) -> bytes:
        return between.join(writer.geojson(_fitted(row, width)) for row in rows) + (end if rows else b"")

    return encode_page


def _kml_page(table: Table) -> Callable[[Sequence[Row]], bytes]:
    writer, width = _features(table), len(table.columns)
    return lambda rows: b"".join(writer.kml(_fitted(row, width)) for row in rows)


def _fitted(row: Row, width: int) -> Row:
    """Return the row as features have it: cells beyond the columns are part of the last one, which is text."""
    if len(row) <= width:
        return row
    beyond = f"surplus cells: {', '.join(map(str, row[width:]))}"
    return [*row[: width - 1], "; ".join(filter(None, [row[width - 1], beyond]))]


async def _written_file(table: Table, format: TargetFormat) -> BinaryIO:
    width = len(table.columns)

    def encode_page(rows: Iterable[Row]) -> bytes:
        fitted = rows if format is TargetFormat.XLSX else (_fitted(row, width) for row in rows)
        return b"".join(encode(list(row)) + b"\n" for row in fitted)

    async def blocks() -> AsyncIterator[bytes]:
        async for page in table.pages:
            yield await in_thread(encode_page, page)

    try:
        return await write_table(format, table.name, list(table.columns), table.point, table.geometry, blocks())
    except CannotWrite as error:
        raise BadRequest(str(error)) from None


class FileDownload(StreamingResponse):
    """Sends an open file, and closes it in any case."""

    def __init__(self, file: BinaryIO, *, media_type: str, headers: dict[str, str]) -> None:
        self._file = file
        size = os.fstat(file.fileno()).st_size
        super().__init__(self._blocks(), media_type=media_type, headers={**headers, "Content-Length": str(size)})

    async def _blocks(self) -> AsyncIterator[bytes]:
        while block := await asyncio.to_thread(self._file.read, BLOCK_BYTES):
            yield block

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()
