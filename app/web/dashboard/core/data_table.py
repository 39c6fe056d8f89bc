"""The table of a data page: tabs with counts, filters, columns, rows, and the links to what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pages import Page
from app.db.core.pool import Connection
from app.db.core.table_views import InvalidPlace, TooSlow, ViewRow, count_choices, list_menu, list_page
from app.db.jobs import records as jobs
from app.errors import BadRequest
from app.web.dashboard.core import html
from app.web.dashboard.core.data_page import COLUMNS, CURSOR, ORDER, SEARCH, Asked, DataPage, parse_address
from app.web.dashboard.core.guard import Handler
from app.web.platform import get_platform

PAGE_ROWS = 50


@dataclass(frozen=True)
class Tab:
    label: str
    value: str
    """Empty for all rows."""
    count: int | None
    """None if counting takes long."""


def table_handler(page: DataPage) -> Handler:
    """Return the handler that shows the page."""

    async def show(request: Request) -> Response:
        return await show_table(request, page)

    return show


async def show_table(request: Request, page: DataPage) -> Response:
    """Show the rows that the address asks for. Raises BadRequest."""
    user: User = request.state.user
    asked = parse_address(page, request)
    async with get_platform(request).pool.acquire() as conn:
        try:
            rows = await list_page(
                conn, page.view, needed_columns(asked), asked.choice, user.id, after=asked.after, limit=PAGE_ROWS
            )
        except TooSlow:
            rows = None
        except InvalidPlace:
            raise BadRequest("This page of the list does not exist. Go back to the first one.") from None
        tabs = await _tabs(conn, asked, user)
        menus = {
            facet.name: {value: value for value in await list_menu(conn, page.view, facet.name, user.id)}
            for facet in page.facets
            if page.view.facets[facet.name].menu is not None
        }
        readable = await _readable_jobs(conn, asked, rows, user)
    return html.page(request, "data_table.html", **_context(asked, rows, tabs, menus, readable, user))


def needed_columns(asked: Asked) -> list[str]:
    """Return the columns of the view that the shown ones need."""
    names = [name for column in asked.columns for name in (column.name, *column.also)]
    return list(dict.fromkeys(names))


async def _tabs(conn: Connection, asked: Asked, user: User) -> list[Tab]:
    if not asked.page.facets:
        return []
    facet = asked.page.facets[0]
    counts = await count_choices(conn, asked.page.view, asked.choice, user.id, facet.name)
    tabs = [Tab(label, value, counts[value] if counts else None) for value, label in facet.choices.items()]
    return [Tab("All", "", None), *tabs]


async def _readable_jobs(conn: Connection, asked: Asked, rows: Page[ViewRow] | None, user: User) -> set[UUID]:
    """Return the jobs in the rows that the user may read: only these are links."""
    names = [column.name for column in asked.columns if column.kind == "job"]
    found = {row.values[name] for row in rows.rows for name in names} if rows else set()
    return await jobs.list_readable(conn, found, None if user.is_admin else user.id) if found else set()


def _context(
    asked: Asked,
    rows: Page[ViewRow] | None,
    tabs: list[Tab],
    menus: dict[str, dict[str, str]],
    readable: set[UUID],
    user: User,
) -> dict[str, Any]:
    page = asked.page
    controls = [
        facet
        for facet in page.facets[1:]
        if not facet.is_hidden or facet.name in asked.choice.filters  # a hidden one can be removed
    ]
    return {
        "page": page,
        "asked": asked,
        "rows": rows,
        "tabs": tabs,
        "tab": page.facets[0].name if page.facets else "",
        "controls": controls,
        "menus": menus,
        "readable": readable,
        "names": {"search": SEARCH, "order": ORDER, "columns": COLUMNS, "cursor": CURSOR},
        "next_page": asked.link({CURSOR: rows.rows[-1].place}) if rows and rows.has_more else None,
        "actions": [action for action in page.actions if user.is_admin or not action.is_admin],
        "formats": [format.value for format in page.formats],
    }
