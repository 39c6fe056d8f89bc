"""API keys and users: everybody has keys of their own, administrators look after both."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import keys as stored_keys
from app.db.accounts import users as stored_users
from app.db.accounts.users import User
from app.errors import AppError
from app.web.accounts import keys, session, users
from app.web.dashboard.core import confirm, html, internal_api
from app.web.platform import get_platform

MOST = 500


async def key_page(request: Request, new: dict[str, Any] | None = None, error: str = "", status: int = 200) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    async with platform.pool.acquire() as conn:
        rows, total = await stored_keys.list_keys(conn, None if user.is_admin else user.id, limit=MOST, offset=0)
        people = (await stored_users.list_users(conn, limit=MOST, offset=0))[0] if user.is_admin else []
    return html.page(
        request,
        "keys.html",
        status=status,
        keys=rows,
        more=total - len(rows),
        people=people,
        emails={person.id: person.email for person in people},
        new=new,
        error=error,
        present=session.parse_key_id(request.cookies[session.COOKIE_NAME]),
    )


async def show_keys(request: Request) -> Response:
    return await key_page(request)


async def create_key(request: Request) -> Response:
    """The page that answers is the only place where the key can be read."""
    form = await request.form()
    body = {"name": str(form.get("name", ""))} | ({"userId": form["userId"]} if form.get("userId") else {})
    try:
        new = await internal_api.call(request, keys.create, body)
    except AppError as error:
        return await key_page(request, error=error.detail, status=error.status)
    return await key_page(request, new=new)


async def revoke_key(request: Request) -> Response:
    form = await request.form()
    own = session.parse_key_id(request.cookies[session.COOKIE_NAME])
    yours = " You are signed in with it." if own is not None and str(own) == request.path_params["id"] else ""
    question = f"Revoke this key? Anything that uses it loses access within seconds.{yours}"
    if (page := confirm.ask(request, form, question, "Revoke key")) is not None:
        return page
    return await _done(request, keys.revoke, None, "DELETE", "/keys", "Key revoked.")


async def show_users(request: Request) -> Response:
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        rows, total = await stored_users.list_users(conn, limit=MOST, offset=0)
    return html.page(request, "users.html", people=rows, more=total - len(rows))


async def create_user(request: Request) -> Response:
    form = await request.form()
    body = {name: str(form.get(name, "")) for name in ("email", "name", "role")}
    return await _done(
        request, users.create, body, "POST", "/users", f"User {body['name']} created. Create an API key for them next."
    )


async def change_user(request: Request) -> Response:
    """A role, or whether the user is disabled."""
    form = await request.form()
    body: dict[str, Any] = {"role": str(form["role"])} if form.get("role") else {}
    if form.get("disabled"):
        body["disabled"] = form["disabled"] == "true"
    if body.get("disabled"):
        question = "Disable this user? Their keys stop working. Their jobs are kept."
        if (page := confirm.ask(request, form, question, "Disable user")) is not None:
            return page
    return await _done(request, users.update, body, "PATCH", "/users", "User updated.")


async def _done(
    request: Request, handler: internal_api.Handler, body: Any, method: str, back: str, words: str
) -> Response:
    try:
        await internal_api.call(request, handler, body, method=method)
    except AppError as error:
        return html.see_other(request, back, error.detail, tone="bad")
    return html.see_other(request, back, words)
