"""The rows that an import left out, as a file to mend and send again."""

from __future__ import annotations

from collections.abc import Iterable

from asyncpg import Record
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.imports import staging
from app.db.jobs import records as jobs
from app.domain.imports.row_problems import REPORTED
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http.csv_export import csv_response
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

PAGE_SIZE = 500


async def download(request: Request) -> Response:
    """The original columns, `error_code` and `error`."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn:
        header = (
            await staging.reject_header(conn, job_id) if await jobs.readable(conn, job_id, reader_id(user)) else None
        )
    if header is None:
        raise NotFound(f"There is no import job {job_id}.")
    header = header or ["feature"]
    reported_before = tuple(header[-len(REPORTED) :]) == REPORTED
    own = len(header) - len(REPORTED) * reported_before

    async def read(conn: Connection, after: int | None) -> list[Record]:
        return await staging.rejects(conn, job_id, after or 0, PAGE_SIZE)

    pages = keyset_pages(platform.pool, read, lambda row: row["line"], PAGE_SIZE)
    rows = (
        [[*_filled(row["cells"], len(header))[:own], row["code"], row["error"]] for row in page] async for page in pages
    )
    return await csv_response(f"rejected-{job_id}.csv", [*header[:own], *REPORTED], rows)


def _filled(cells: Iterable[str], width: int) -> list[str]:
    """As many cells as the header has: what is short is filled up, what is too much stands in the last one."""
    row = list(cells)
    if len(row) > width:
        row[width - 1 :] = [" ".join(row[width - 1 :])]
    return row + [""] * (width - len(row))
