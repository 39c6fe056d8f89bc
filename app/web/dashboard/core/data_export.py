"""Downloads of data pages: all rows that the page's filters select, with all its columns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.core.table_views import TooSlow, ViewRow, list_rows
from app.db.jobs import records as jobs
from app.errors import BadRequest
from app.web.dashboard.core.data_page import Asked, DataPage, parse_address
from app.web.dashboard.core.guard import Handler
from app.web.http.downloads import send_table
from app.web.http.pagination import keyset_pages
from app.web.http.table_download import Row, Table
from app.web.http.table_formats import TableFormat
from app.web.platform import get_platform

PAGE_ROWS = 1_000


def export_handler(page: DataPage) -> Handler:
    """Return the handler that downloads the rows of the page."""

    async def export(request: Request) -> Response:
        return await export_rows(request, page)

    return export


async def export_rows(request: Request, page: DataPage) -> Response:
    """Download the rows that the address asks for, in its `format`. Raises BadRequest."""
    asked = parse_address(page, request)
    try:
        format = TableFormat(request.query_params.get("format", "csv"))
    except ValueError:
        format = None
    if format not in page.formats:
        raise BadRequest(f"Choose one of these formats: {', '.join(page.formats)}.")
    names = [column.name for column in page.export_columns]
    table = Table(
        page.plural.replace(" ", "-"),
        page.export_columns,
        _pages(request, asked),
        point=(names.index(page.point[0]), names.index(page.point[1])) if page.point else None,
        id_column=names.index("id") if "id" in names else None,
    )
    try:
        return await send_table(request, table, format)
    except TooSlow:
        raise BadRequest("Finding these rows takes too long. Narrow the filters, then download again.") from None


async def _pages(request: Request, asked: Asked) -> AsyncIterator[Sequence[Row]]:
    user: User = request.state.user
    columns = [column for column in asked.page.columns if column.is_exported]
    names = [column.name for column in columns]
    job_names = [column.name for column in columns if column.kind == "job"]

    async def read(conn: Connection, after: tuple[str, ...] | None) -> Sequence[tuple[ViewRow, Row]]:
        rows = await list_rows(conn, asked.page.view, names, asked.choice, user.id, after=after, limit=PAGE_ROWS)
        hidden: set[object] = set()
        if job_names:
            found = {row.values[name] for row in rows for name in job_names}
            hidden = found - await jobs.list_readable(conn, found, None if user.is_admin else user.id)
        return [(row, [_cell(row.values[name], hidden) for name in names]) for row in rows]

    pool = get_platform(request).pool
    async for page in keyset_pages(pool, read, lambda entry: entry[0].place, PAGE_ROWS):
        yield [cells for _, cells in page]


def _cell(value: Any, hidden: set[object]) -> Any:
    """Return a value as a cell; ids of jobs of other users are left out."""
    return None if value is not None and value in hidden else value
