"""The page of users: create, change roles, disable."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import users as stored_users
from app.web.accounts import users
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.platform import get_platform

MAX_USERS = 500


async def show(request: Request) -> Response:
    async with get_platform(request).pool.acquire() as conn:
        page = await stored_users.list_users(conn, limit=MAX_USERS)
    return html.page(request, "users.html", users=page.rows, more=page.total.count - len(page.rows))


async def create(request: Request) -> Response:
    form = await read_form(request)
    body = {name: str(form.get(name, "")) for name in ("email", "name", "role")}
    message = f"User {body['name']} created. Create an API key for them next."
    return await internal_api.call_and_redirect(request, users.create, body, message=message, back="/users")


async def update(request: Request) -> Response:
    """Change the role, or disable or enable the user."""
    form = await read_form(request)
    body: dict[str, Any] = {"role": str(form["role"])} if form.get("role") else {}
    if form.get("disabled"):
        body["disabled"] = form["disabled"] == "true"
    if body.get("disabled"):
        question = "Disable this user? Their keys stop working. Their jobs are kept."
        if (page := confirm.ask(request, form, question, "Disable user")) is not None:
            return page
    return await internal_api.call_and_redirect(
        request, users.update, body, method="PATCH", message="User updated.", back="/users"
    )
