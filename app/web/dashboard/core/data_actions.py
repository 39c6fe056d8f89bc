"""Actions on many rows of a data page: those that are ticked, or all that the filters select."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.table_views import TooSlow, ViewRow, list_rows
from app.errors import AppError, BadRequest, Forbidden
from app.web.dashboard.core import confirm, html
from app.web.dashboard.core.data_page import DataPage, RowAction, parse_address
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.core.guard import Handler
from app.web.platform import get_platform

SEPARATOR = "\n"
"""Between the parts of an id in a form."""


def action_handler(page: DataPage) -> Handler:
    """Return the handler that runs the actions of the page."""

    async def act(request: Request) -> Response:
        return await run_action(request, page)

    return act


async def run_action(request: Request, page: DataPage) -> Response:
    """Run the action that the form names, once it is confirmed, and go back to the list with a message."""
    user: User = request.state.user
    form = await read_form(request)
    back = html.local_path(str(form.get("next", page.path)), page.path)
    action = next((action for action in page.actions if action.name == form.get("action")), None)
    if action is None:
        raise BadRequest("Unknown action. Go back to the list and choose one.")
    if action.is_admin and not user.is_admin:
        raise Forbidden("This action is for administrators.")
    ids = [tuple(str(value).split(SEPARATOR)) for value in form.getlist("ids")]
    try:
        rows = await _chosen_rows(request, page, action, None if form.get("all") else ids)
    except AppError as error:
        return html.redirect(request, back, error.detail, tone="bad")
    question = action.question.format(rows=count_of(page, len(rows)))
    if (asking := confirm.ask(request, form, question, action.label)) is not None:
        return asking
    try:
        done = await action.run(request, rows)
    except AppError as error:
        return html.redirect(request, back, error.detail, tone="bad")
    return html.redirect(request, done.onward or back, done.message)


def count_of(page: DataPage, rows: int) -> str:
    return f"1 {page.singular}" if rows == 1 else f"{rows:,} {page.plural}"


async def _chosen_rows(
    request: Request, page: DataPage, action: RowAction, ids: Sequence[tuple[str, ...]] | None
) -> Sequence[ViewRow]:
    """Return the rows with these ids; without ids, all that the filters in the query select. Raises BadRequest."""
    if ids is not None:
        if not ids:
            raise BadRequest(f"No {page.plural} selected. Select at least one first.")
        if len(ids) > action.max_rows:
            raise BadRequest(f"Select at most {action.max_rows:,} {page.plural}.")
        return [ViewRow(row_id, {}, ()) for row_id in ids]
    asked = parse_address(page, request)
    if not asked.is_filtered:
        raise BadRequest("Choose a filter first. An action cannot apply to all rows at once.")
    user: User = request.state.user
    async with get_platform(request).pool.acquire() as conn:
        try:
            rows = await list_rows(conn, page.view, [], asked.choice, user.id, limit=action.max_rows + 1)
        except TooSlow:
            raise BadRequest("Finding these rows takes too long. Narrow the filters.") from None
    if len(rows) > action.max_rows:
        raise BadRequest(
            f"More than {action.max_rows:,} {page.plural} match. Narrow the filters, and act on them in parts."
        )
    if not rows:
        raise BadRequest(f"No {page.plural} match.")
    return rows


def uuids(rows: Sequence[ViewRow]) -> list[str]:
    """Return the ids of rows that have a UUID. Raises BadRequest for a form that was changed."""
    try:
        return [str(UUID(row.id[0])) for row in rows]
    except ValueError:
        raise BadRequest("The form has an id that is none. Reload the list and select the rows again.") from None
