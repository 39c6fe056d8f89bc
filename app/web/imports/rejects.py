"""The rows that an import left out, as a file to mend and send again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.db.core.pool import Pool
from app.db.imports import staging
from app.db.jobs import records as jobs
from app.domain.imports.findings import REPORTED
from app.domain.text import csv_writer
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http.request_parsing import path_id
from app.web.jobs.records import reader
from app.web.platform import get_platform

PAGE = 500


async def download(request: Request) -> Response:
    """The original columns, `error_code` and `error`."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn:
        header = await staging.reject_header(conn, job_id) if await jobs.readable(conn, job_id, reader(user)) else None
    if header is None:
        raise NotFound(f"There is no import job {job_id}.")
    headers = {"Content-Disposition": f'attachment; filename="rejected-{job_id}.csv"'}
    return StreamingResponse(_lines(platform.pool, job_id, header or ["feature"]), 200, headers, "text/csv")


async def _lines(pool: Pool, job_id: UUID, header: list[str]) -> AsyncIterator[str]:
    before = tuple(header[-len(REPORTED) :]) == REPORTED
    yield _csv([header if before else [*header, *REPORTED]])
    after = 0
    while True:
        async with pool.acquire() as conn:
            rows = await staging.rejects(conn, job_id, after, PAGE)
        if not rows:
            return
        width, own = len(header), len(header) - len(REPORTED) * before
        yield _csv([*_filled(row["cells"], width)[:own], row["code"], row["error"]] for row in rows)
        after = rows[-1]["line"]


def _filled(cells: Iterable[str], width: int) -> list[str]:
    """As many cells as the header has: what is short is filled up, what is too much stands in the last one.

    What a spreadsheet would run is kept from it; an import takes the apostrophe off again.
    """
    row = [csv_writer.guarded(cell) or "" for cell in cells]
    if len(row) > width:
        row[width - 1 :] = [" ".join(row[width - 1 :])]
    return row + [""] * (width - len(row))


def _csv(rows: Iterable[list[str]]) -> str:
    return "".join(f"{csv_writer.line(row)}\r\n" for row in rows)
