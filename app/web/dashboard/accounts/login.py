"""Signing in with an API key, and signing out."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import keys, sessions
from app.db.accounts.users import User
from app.db.core import audit
from app.errors import TooManyRequests, Unauthorized
from app.web.accounts import auth, key_lookup, session
from app.web.accounts.key_cache import key_cache
from app.web.dashboard.core import csrf, html
from app.web.dashboard.core.form_data import read_form
from app.web.platform import get_platform

MAX_LOGIN_BYTES = 20_000
ANONYMOUS_COOKIE = "trigpoint_visit"
"""Set while nobody is signed in, so that the sign-in form has a CSRF token as well."""


async def show(request: Request) -> Response:
    onward = html.local_path(request.query_params.get("next"))
    if await auth.find_session_user(request) is not None:
        return html.redirect(request, onward)
    return _page(request, onward)


def _page(request: Request, onward: str, error: str = "", status: int = 200) -> Response:
    cookie = session.get_cookie(request, ANONYMOUS_COOKIE) or secrets.token_urlsafe(16)
    token = csrf.create_token(cookie)
    response = html.page(request, "login.html", status=status, error=error, next=onward, token=token)
    session.set_cookie(request, response, ANONYMOUS_COOKIE, cookie, strict=True)
    return response


async def sign_in(request: Request) -> Response:
    """Start a new session, and end the one that the browser had."""
    platform = get_platform(request)
    form = await read_form(request, MAX_LOGIN_BYTES)
    csrf.check(request, session.get_cookie(request, ANONYMOUS_COOKIE), str(form.get(csrf.FIELD, "")))
    onward = html.local_path(str(form.get("next", "/")))
    text = str(form.get("key", "")).strip()
    try:
        key = await key_lookup.get_live_key(request, text)
    except (Unauthorized, TooManyRequests) as error:
        status = 403 if isinstance(error, Unauthorized) else error.status
        return _page(request, onward, error.detail, status)
    token, earlier = session.create_token(), session.find_token(request)
    secret = platform.settings.session_secret
    async with platform.pool.acquire() as conn, conn.transaction():
        if earlier is not None:
            await sessions.end(conn, session.digest(earlier, secret))
        await sessions.insert(conn, session.digest(token, secret), key.id, key.user.id)
        await keys.record_use(conn, key.id)
        await audit.record(conn, "SIGNED_IN", {"keyId": key.id}, user_id=key.user.id)
    key_cache(request.app).clear()
    response = html.redirect(request, onward)
    session.set_cookie(request, response, session.COOKIE_NAME, token, max_age=session.MAX_AGE_SECONDS)
    session.delete_cookie(request, response, ANONYMOUS_COOKIE)
    return response


async def sign_out(request: Request) -> Response:
    """End the session, or with the field `everywhere` all sessions of the user. Keys stay valid."""
    user: User = request.state.user
    platform = get_platform(request)
    form = await read_form(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        details = {}
        if form.get("everywhere"):
            details = {"sessions": await sessions.end_all(conn, user.id)}
        elif (id_hash := auth.get_caller(request).session_hash) is not None:
            await sessions.end(conn, id_hash)
        await audit.record(conn, "SIGNED_OUT", details, user_id=user.id)
    platform.access.check_soon()
    response = html.redirect(request, "/login")
    session.delete_cookie(request, response, session.COOKIE_NAME)
    return response
