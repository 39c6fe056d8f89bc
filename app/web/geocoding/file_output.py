"""The output of a geocode_file job: the file as it was sent, with columns added."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection, Pool
from app.db.geocoding import file_rows
from app.db.geocoding.file_rows import GeocodedRow
from app.db.imports import uploads
from app.domain.geocoding.kinds import GEOCODE_FILE
from app.domain.imports.layout import Layout
from app.domain.jobs.status import TERMINAL
from app.domain.text.csv_writer import split_line, unguarded
from app.domain.text.typed_columns import CellKind, TypedColumn
from app.errors import Conflict, NotFound
from app.web.accounts import auth
from app.web.http.downloads import send_table
from app.web.http.operation import operation
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import parse_query, path_id
from app.web.http.table_download import Row, Table
from app.web.http.table_formats import ALL_FORMATS, PARTIAL, TableDownload, TableFormat, choose_format, table_reply
from app.web.jobs.access import get_job
from app.web.jobs.partial_output import partial_status
from app.web.jobs.pruned import require_kept
from app.web.platform import get_platform

NUMBERS = ("latitude", "longitude", "confidence", "expected_error_metres")
COLUMNS = (
    "latitude",
    "longitude",
    "accuracy",
    "confidence",
    "provider",
    "matched_address",
    "error",
    "expected_error_metres",
)
"""The added columns; one that the file has already gets the prefix `geocode_`."""
PAGE_SIZE = 2000


@operation(
    "downloadGeocodedFile",
    tag="Geocoding",
    query=TableDownload,
    returns={200: table_reply(ALL_FORMATS, PARTIAL)},
    errors=[Conflict],
)
async def download_csv(request: Request) -> Response:
    """Download the file of a `geocode_file` job with columns for coordinates, as CSV unless `format` is given.

    The added columns are `latitude, longitude, accuracy, confidence, provider, matched_address, error,
    expected_error_metres`; one that the
    file has already gets the prefix `geocode_`. A row with coordinates may have an `error`, too: it says which value
    of the address could not be right and was left out.

    The file is available once the job has finished. After a job that failed or was cancelled, it has the rows that were
    geocoded until then: its name ends with `-partial`, and the header `Trigpoint-Partial` says so.

    In GeoJSON, GeoPackage and KML, a row without coordinates is a feature without a geometry.
    """
    return await _download(request, is_csv=True)


@operation(
    "downloadGeocodedTable",
    tag="Geocoding",
    query=TableDownload,
    returns={200: table_reply(ALL_FORMATS, PARTIAL)},
    errors=[Conflict],
)
async def download(request: Request) -> Response:
    """Download the file of a `geocode_file` job with columns for coordinates, in the format in which it was sent.

    A spreadsheet comes back as .xlsx: the sheet that was read, with the types and number formats of its cells. Any
    other table comes back as CSV. See `/api/v1/jobs/{id}/output.csv` for the columns.
    """
    return await _download(request, is_csv=False)


async def _download(request: Request, *, is_csv: bool) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    query = parse_query(request, TableDownload)
    job = await get_job(platform, path_id(request), user)
    if job.kind != GEOCODE_FILE.kind:
        raise NotFound(f"A {job.kind} job has no output file.")
    if job.status not in TERMINAL:
        raise Conflict("The job is not finished. Its output is available when it is.", headers={"Retry-After": "1"})
    async with platform.pool.acquire() as conn:
        upload = await uploads.find_for_job(conn, UUID(orjson.loads(job.data)["uploadId"]), job.id)
        is_empty = job.processed_items > 0 and not await file_rows.list_after(conn, job.id, None, 1)
    require_kept(platform, job, "geocoded_rows", is_empty=is_empty)
    if upload is None:
        raise NotFound("This job has no file.")
    layout = Layout.from_json(upload.layout)
    sent = TableFormat.CSV if is_csv or layout.spreadsheet_columns is None else TableFormat.XLSX
    width = len(layout.header)
    table = Table(
        f"{upload.name.rpartition('.')[0] or upload.name}-geocoded",
        [*layout.sent_columns, *_added_columns(layout)],
        _pages(platform.pool, job.id, layout.delimiter),
        point=(width, width + 1),
        delimiter=layout.delimiter,
        quoted=range(width + len(COLUMNS)) if layout.quotes_all else layout.quoted,
        is_header_quoted=layout.is_header_quoted,
        partial=partial_status(job),
    )
    format = choose_format(request, query.format, ALL_FORMATS, sent)
    return await send_table(request, table, format, bom=query.bom == "true")


def _added_columns(layout: Layout) -> list[TypedColumn]:
    present = {name.casefold() for name in layout.header}
    return [
        TypedColumn(
            f"geocode_{name}" if name in present else name, [CellKind.NUMBER if name in NUMBERS else CellKind.TEXT]
        )
        for name in COLUMNS
    ]


async def _pages(pool: Pool, job_id: UUID, delimiter: str) -> AsyncIterator[Sequence[Row]]:
    async def read(conn: Connection, after: int | None) -> list[GeocodedRow]:
        return await file_rows.list_after(conn, job_id, after, PAGE_SIZE)

    async for rows in keyset_pages(pool, read, lambda row: row.row, PAGE_SIZE):
        yield [_cells(row, delimiter) for row in rows]


def _cells(row: GeocodedRow, delimiter: str) -> Row:
    """Return the cells as they were sent, followed by the added ones and by cells beyond the header's columns."""
    sent, beyond = (
        [] if part is None else [unguarded(cell) for cell in split_line(part, delimiter)]
        for part in (row.line, row.beyond)
    )
    return [*sent, *(getattr(row, name) for name in COLUMNS), *beyond]
