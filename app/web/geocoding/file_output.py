"""The output of a geocode_file job: the file as it was sent, with columns added."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
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
from app.domain.text import csv_writer
from app.errors import Conflict, NotFound
from app.web.accounts import auth
from app.web.http.csv_export import csv_lines_response, to_cell
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import path_id
from app.web.jobs.access import get_job
from app.web.platform import get_platform

COLUMNS = ("latitude", "longitude", "accuracy", "confidence", "provider", "matched_address", "error")
"""The added columns; one that the file has already gets the prefix `geocode_`."""
PAGE_SIZE = 2000


async def download(request: Request) -> Response:
    """Stream the output. A job that failed or was cancelled has the rows that it finished.

    200 text/csv; 409 until the job has finished.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job = await get_job(platform, path_id(request), user)
    if job.kind != GEOCODE_FILE.kind:
        raise NotFound(f"A {job.kind} job has no output file.")
    if job.status not in TERMINAL:
        raise Conflict("The job is not finished. Its output is available when it is.", headers={"Retry-After": "1"})
    async with platform.pool.acquire() as conn:
        upload = await uploads.find_for_job(conn, UUID(orjson.loads(job.data)["uploadId"]), job.id)
    if upload is None:
        raise NotFound("This job has no file.")
    layout = Layout.from_json(upload.layout)
    present = {name.casefold() for name in layout.header}
    added = [f"geocode_{name}" if name in present else name for name in COLUMNS]
    return await csv_lines_response(
        f"{upload.name.rpartition('.')[0] or upload.name}-geocoded.csv",
        csv_writer.line([*layout.header, *added], layout.delimiter),
        _lines(platform.pool, job.id, layout.delimiter),
    )


async def _lines(pool: Pool, job_id: UUID, delimiter: str) -> AsyncIterator[Iterable[str]]:
    async def read(conn: Connection, after: int | None) -> list[GeocodedRow]:
        return await file_rows.list_after(conn, job_id, after, PAGE_SIZE)

    async for rows in keyset_pages(pool, read, lambda row: row.row, PAGE_SIZE):
        yield (_line(row, delimiter) for row in rows)


def _line(row: GeocodedRow, delimiter: str) -> str:
    """Return the row as it was sent, followed by the added cells and by cells beyond the header's columns."""
    added = csv_writer.line((to_cell(getattr(row, name)) for name in COLUMNS), delimiter)
    return delimiter.join(part for part in (row.line, added, row.beyond) if part is not None)
