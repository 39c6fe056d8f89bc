"""The page of API keys: users see and create their own, administrators those of all users."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import keys as stored_keys
from app.db.accounts import users as stored_users
from app.db.accounts.users import User
from app.errors import AppError
from app.web.accounts import auth, keys, session
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.platform import get_platform

MAX_KEYS = 500
MAX_USERS = 500
MAX_DAYS = 3650
FIELDS = ("name", "userId", "access", "days")
SECRET_COOKIE = "trigpoint_new_key"
"""Carries the secret of a new key to the page that shows it; scripts cannot read it, and it is deleted there."""
SECRET_SECONDS = 30
ACCESS = {"read": ["read"], "write": ["read", "write"]}
"""Choices of the form, with the scopes that they stand for; without one, the key may do what its creator's may."""


async def show(request: Request) -> Response:
    """Show the keys, and once the secret of the one that the form has just created."""
    new_key = session.get_cookie(request, SECRET_COOKIE)
    response = await _page(request, new_key=new_key)
    if new_key is not None:
        session.delete_cookie(request, response, SECRET_COOKIE)
    return response


async def create(request: Request) -> Response:
    """Create a key and go on to the page that shows it once: reloading that page creates no second one."""
    form = await read_form(request)
    body: dict[str, Any] = {"name": str(form.get("name", ""))}
    if form.get("userId"):
        body["userId"] = form["userId"]
    if (access := str(form.get("access", ""))) in ACCESS:
        body["scopes"] = ACCESS[access]
    if (days := str(form.get("days", ""))).isdecimal():
        now = get_platform(request).changes.now()
        body["expiresAt"] = (now + timedelta(days=min(int(days), MAX_DAYS))).isoformat()
    try:
        new_key = await internal_api.call(request, keys.create, body)
    except AppError as error:
        values = {name: str(form.get(name, "")) for name in FIELDS}
        return await _page(request, error=error.detail, status=error.status, values=values)
    response = html.redirect(request, "/keys")
    session.set_cookie(request, response, SECRET_COOKIE, new_key["key"], max_age=SECRET_SECONDS, strict=True)
    return response


async def revoke(request: Request) -> Response:
    form = await read_form(request)
    question = "Revoke this key? Anything that uses it loses access within seconds."
    if str(_session_key_id(request)) == request.path_params["id"]:
        question += " You are signed in with it."
    if (page := confirm.ask(request, form, question, "Revoke key")) is not None:
        return page
    return await internal_api.call_and_redirect(
        request, keys.revoke, method="DELETE", message="Key revoked.", back="/keys"
    )


async def _page(
    request: Request,
    *,
    new_key: str | None = None,
    error: str = "",
    status: int = 200,
    values: Mapping[str, str] | None = None,
) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    async with platform.pool.acquire() as conn:
        owner_id = None if user.is_admin else user.id
        shown = await stored_keys.list_keys(conn, owner_id, limit=MAX_KEYS)
        users = (await stored_users.list_users(conn, limit=MAX_USERS)).rows if user.is_admin else ()
    context: dict[str, Any] = {
        "keys": shown.rows,
        "more": shown.total.count - len(shown.rows),
        "users": users,
        "emails": {owner.id: owner.email for owner in users},
        "new_key": new_key,
        "now": platform.changes.now(),
        "session_key_id": _session_key_id(request),
        "error": error,
        "values": values or {},
    }
    return html.page(request, "keys.html", status=status, **context)


def _session_key_id(request: Request) -> UUID:
    """Return the id of the key that the user signed in with."""
    return auth.get_caller(request).key_id
