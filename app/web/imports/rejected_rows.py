"""The rows that an import rejected, as a CSV file to correct and send again."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.imports import reports
from app.db.jobs import records as jobs
from app.domain.imports.row_problems import REPORT_COLUMNS, RejectedRow
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http.csv_export import csv_response
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

PAGE_SIZE = 500


async def download(request: Request) -> Response:
    """Download the rejected rows: the original columns, then `error_code` and `error`. 200 text/csv."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn:
        can_read = await jobs.is_readable(conn, job_id, reader_id(user))
        header = await reports.find_header(conn, job_id) if can_read else None
    if header is None:
        raise NotFound(f"Import job {job_id} not found.")
    header = header or ["feature"]
    reported_before = tuple(header[-len(REPORT_COLUMNS) :]) == REPORT_COLUMNS
    own = len(header) - len(REPORT_COLUMNS) * reported_before

    async def read(conn: Connection, after: int | None) -> list[RejectedRow]:
        return await reports.list_rejected_rows(conn, job_id, after or 0, PAGE_SIZE)

    pages = keyset_pages(platform.pool, read, lambda row: row.line, PAGE_SIZE)
    rows = ([[*_filled(row.cells, len(header))[:own], row.code, row.error] for row in page] async for page in pages)
    return await csv_response(f"rejected-{job_id}.csv", [*header[:own], *REPORT_COLUMNS], rows)


def _filled(cells: Iterable[str], width: int) -> list[str]:
    """Return as many cells as the header has: missing ones are empty, surplus ones are joined to the last."""
    row = list(cells)
    if len(row) > width:
        row[width - 1 :] = [" ".join(row[width - 1 :])]
    return row + [""] * (width - len(row))
