"""The rows that an import rejected, as a table to correct and send again."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.imports import reports
from app.domain.imports.layout import Layout
from app.domain.imports.row_problems import REPORT_COLUMNS, RejectedRow
from app.domain.text.csv_writer import unguarded
from app.domain.text.typed_columns import TypedColumn, typed_columns
from app.domain.text.unmended import SURPLUS
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http.downloads import send_table
from app.web.http.operation import operation
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import parse_query, path_id
from app.web.http.table_download import Row, Table
from app.web.http.table_formats import PARTIAL, SHEET_FORMATS, SheetDownload, TableFormat, choose_format, table_reply
from app.web.jobs.access import get_job
from app.web.jobs.partial_output import partial_status
from app.web.jobs.pruned import require_kept
from app.web.platform import get_platform

PAGE_SIZE = 500
FEATURES = TypedColumn("feature")
"""The column of a file of map data."""


@operation(
    "downloadRejectedRows", tag="Imports", query=SheetDownload, returns={200: table_reply(SHEET_FORMATS, PARTIAL)}
)
async def download_csv(request: Request) -> Response:
    """Download the rows that an import rejected, to correct and import again, as CSV unless `format` is given.

    They have their original columns, and `error_code` and `error`. While the job runs, and after it failed or was
    cancelled, these are the rows of the part that was read.
    """
    return await _download(request, is_csv=True)


@operation(
    "downloadRejectedTable", tag="Imports", query=SheetDownload, returns={200: table_reply(SHEET_FORMATS, PARTIAL)}
)
async def download(request: Request) -> Response:
    """Download the rows that an import rejected, in the format in which the file was sent: .xlsx or CSV.

    See `/api/v1/jobs/{id}/rejected.csv`.
    """
    return await _download(request, is_csv=False)


async def _download(request: Request, *, is_csv: bool) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    query = parse_query(request, SheetDownload)
    job = await get_job(platform, path_id(request), user)
    async with platform.pool.acquire() as conn:
        stored = await reports.find_layout(conn, job.id)
        is_empty = job.failed_items > 0 and not await reports.list_rejected_rows(conn, job.id, 0, 1)
    if stored is None:
        raise NotFound(f"Job {job.id} is not an import.")
    require_kept(platform, job, "rejected_rows", is_empty=is_empty)
    layout = Layout.from_json(stored)
    width = len(layout.header) or 1
    own = layout.own or 1

    async def read(conn: Connection, after: int | None) -> list[RejectedRow]:
        return await reports.list_rejected_rows(conn, job.id, after or 0, PAGE_SIZE)

    def to_row(rejected: RejectedRow) -> Row:
        return [*_own_cells(rejected.cells, own, width), rejected.code, rejected.error]

    pages = keyset_pages(platform.pool, read, lambda row: row.line, PAGE_SIZE)
    table = Table(
        f"rejected-{job.id}",
        [*(layout.sent_columns[:own] or [FEATURES]), *typed_columns(REPORT_COLUMNS)],
        ([to_row(rejected) for rejected in page] async for page in pages),
        delimiter=";" if layout.delimiter == ";" else ",",
        partial=partial_status(job),
    )
    sent = TableFormat.CSV if is_csv or layout.spreadsheet_columns is None else TableFormat.XLSX
    return await send_table(
        request, table, choose_format(request, query.format, SHEET_FORMATS, sent), bom=query.bom == "true"
    )


def _own_cells(cells: Sequence[str], own: int, width: int) -> list[str]:
    """Return as many cells as the file has columns of its own, without those of an earlier report.

    Missing cells are empty, surplus ones are joined to the last. The cells are as they were sent, so they may have the
    guard of an earlier report.
    """
    row = [unguarded(cell) for cell in (*cells[:own], *cells[width:])]
    if len(row) > own:
        row[own - 1 :] = [SURPLUS.join(row[own - 1 :])]
    return [*row, *[""] * (own - len(row))]
