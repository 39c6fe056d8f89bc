"""Signing in with an API key, and out."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts import keys
from app.db.accounts.users import User
from app.db.core import audit
from app.web.accounts import auth, session
from app.web.dashboard.core import csrf, html
from app.web.platform import get_platform

VISIT = "trigpoint_visit"
"""Cookie of who is not signed in yet, so that the sign-in form has a token, too."""
MOST_FAILURES = 10
WINDOW_SECONDS = 60.0
MOST_REMEMBERED = 10_000


class Failures:
    """Failed sign-ins by address, within the last minute. Keys have 256 random bits: this only spares the database."""

    def __init__(self) -> None:
        self._at: OrderedDict[str, list[float]] = OrderedDict()

    def too_many(self, address: str) -> bool:
        recent = [at for at in self._at.get(address, ()) if at > monotonic() - WINDOW_SECONDS]
        return len(recent) >= MOST_FAILURES

    def note(self, address: str) -> None:
        recent = [at for at in self._at.pop(address, ()) if at > monotonic() - WINDOW_SECONDS]
        self._at[address] = [*recent, monotonic()]
        if len(self._at) > MOST_REMEMBERED:
            self._at.popitem(last=False)


async def form(request: Request) -> Response:
    if await auth.find_session_user(request) is not None:
        return html.see_other(request, html.own_path(request.query_params.get("next")))
    return _form(request)


def _form(request: Request, error: str = "", status: int = 200, onward: str | None = None) -> Response:
    visit = request.cookies.get(VISIT) or secrets.token_urlsafe(16)
    onward = onward or html.own_path(request.query_params.get("next"))
    response = html.page(request, "login.html", status=status, error=error, next=onward, token=csrf.token(visit))
    response.set_cookie(VISIT, visit, httponly=True, samesite="strict", secure=html.secure(request))
    return response


async def sign_in(request: Request) -> Response:
    platform = get_platform(request)
    asked = await request.form()
    csrf.check(request, request.cookies.get(VISIT), str(asked.get(csrf.FIELD, "")))
    onward = html.own_path(str(asked.get("next", "/")))
    state = request.app.state
    if not hasattr(state, "login_failures"):
        state.login_failures = Failures()
    failures: Failures = state.login_failures
    address = request.client.host if request.client else ""
    if failures.too_many(address):
        return _form(request, "Too many attempts. Wait a minute and try again.", 429, onward)
    text = str(asked.get("key", "")).strip()
    async with platform.pool.acquire() as conn, conn.transaction():
        live_key = await keys.find_live(conn, text) if text else None
        if live_key is not None:
            await keys.record_use(conn, live_key.id)
            await audit.record(conn, "SIGNED_IN", {"keyId": live_key.id}, user_id=live_key.user.id)
    if live_key is None:
        failures.note(address)
        return _form(request, "This API key is unknown or was revoked.", 403, onward)
    cookie = session.create_cookie(live_key.id, live_key.key_hash, platform.settings.session_secret)
    response = html.see_other(request, onward)
    response.set_cookie(
        session.COOKIE_NAME,
        cookie,
        max_age=session.MAX_AGE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=html.secure(request),
    )
    response.delete_cookie(VISIT)
    return response


async def sign_out(request: Request) -> Response:
    """The cookie goes; the key stays good."""
    user: User = request.state.user
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        await audit.record(conn, "SIGNED_OUT", {}, user_id=user.id)
    response = html.see_other(request, "/login")
    response.delete_cookie(session.COOKIE_NAME)
    return response
