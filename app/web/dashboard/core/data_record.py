"""The page of one record of a data page that has no page of its own kind: all its columns."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.table_views import get_row
from app.db.jobs import records as jobs
from app.domain.text.json_guard import load_stored
from app.errors import NotFound
from app.web.dashboard.core import html
from app.web.dashboard.core.data_page import DataPage
from app.web.dashboard.core.guard import Handler
from app.web.dashboard.core.results import to_sections
from app.web.platform import get_platform


def record_handler(page: DataPage) -> Handler:
    """Return the handler that shows one record of the page, by the parts of its `id`."""

    async def show(request: Request) -> Response:
        return await show_record(request, page)

    return show


async def show_record(request: Request, page: DataPage) -> Response:
    """Show all columns of a record. Raises NotFound."""
    user: User = request.state.user
    record_id = request.query_params.getlist("id")
    names = [name for column in page.columns for name in (column.name, *column.also)]
    if len(record_id) != len(page.view.id) or any("\0" in part for part in record_id):
        raise NotFound(f"This address names no {page.singular}.")
    async with get_platform(request).pool.acquire() as conn:
        row = await get_row(conn, page.view, list(dict.fromkeys(names)), user.id, record_id)
        if row is None:
            raise NotFound(f"No such {page.singular}. It was deleted since.")
        found = {row.values[column.name] for column in page.columns if column.kind == "job"}
        readable = await jobs.list_readable(conn, found, None if user.is_admin else user.id)
    sections = {
        column.label: to_sections(load_stored(row.values[column.name]))
        for column in page.columns
        if column.kind == "json" and row.values[column.name]
    }
    return html.page(request, "data_record.html", page=page, row=row, readable=readable, sections=sections)
