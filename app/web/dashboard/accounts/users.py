"""The page of users: create, change roles, disable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import users as stored_users
from app.errors import AppError
from app.web.accounts import users
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.platform import get_platform

MAX_USERS = 500
ROLE_QUESTIONS = {
    "admin": "Make this user an administrator? They can see and change everything, and manage users and keys.",
    "user": "Remove this user's admin role? They keep their own jobs, and lose the pages for administrators.",
}
"""By the new role."""


async def show(request: Request) -> Response:
    return await _page(request)


async def _page(request: Request, values: Mapping[str, str] | None = None, error: AppError | None = None) -> Response:
    """Render the page, with the input of the form and what was wrong with it."""
    async with get_platform(request).pool.acquire() as conn:
        page = await stored_users.list_users(conn, limit=MAX_USERS)
    return html.page(
        request,
        "users.html",
        status=error.status if error else 200,
        users=page.rows,
        more=page.total.count - len(page.rows),
        values=values or {},
        error=error.detail if error else "",
        role_questions=ROLE_QUESTIONS,
    )


async def create(request: Request) -> Response:
    form = await read_form(request)
    body = {name: str(form.get(name, "")) for name in ("email", "name", "role")}
    try:
        await internal_api.call(request, users.create, body)
    except AppError as error:
        return await _page(request, body, error)
    return html.redirect(request, "/users", f"User {body['name']} created. Create an API key for them next.")


async def update(request: Request) -> Response:
    """Change the role, or disable or enable the user."""
    form = await read_form(request)
    body: dict[str, Any] = {"role": str(form["role"])} if form.get("role") else {}
    question = ROLE_QUESTIONS.get(body.get("role", ""))
    if question and (page := confirm.ask(request, form, question, "Change the role")) is not None:
        return page
    if form.get("disabled"):
        body["disabled"] = form["disabled"] == "true"
    if body.get("disabled"):
        question = "Disable this user? Their keys stop working. Their jobs are kept."
        if (page := confirm.ask(request, form, question, "Disable user")) is not None:
            return page
    return await internal_api.call_and_redirect(
        request, users.update, body, method="PATCH", message="User updated.", back="/users"
    )
