"""Signing in with an API key, and signing out."""

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

ANONYMOUS_COOKIE = "trigpoint_visit"
"""Set while nobody is signed in, so that the sign-in form has a CSRF token as well."""
MAX_FAILURES = 10
WINDOW_SECONDS = 60.0
MAX_ADDRESSES = 10_000


class FailedSignIns:
    """Failed sign-ins per client address within the last minute.

    This only spares the database: keys have 256 random bits and cannot be guessed.
    """

    def __init__(self) -> None:
        self._times: OrderedDict[str, list[float]] = OrderedDict()

    def too_many(self, address: str) -> bool:
        return len(self._recent(address)) >= MAX_FAILURES

    def record(self, address: str) -> None:
        times = [*self._recent(address), monotonic()]
        self._times.pop(address, None)
        self._times[address] = times
        if len(self._times) > MAX_ADDRESSES:
            self._times.popitem(last=False)

    def _recent(self, address: str) -> list[float]:
        return [time for time in self._times.get(address, ()) if time > monotonic() - WINDOW_SECONDS]


async def show(request: Request) -> Response:
    onward = html.local_path(request.query_params.get("next"))
    if await auth.find_session_user(request) is not None:
        return html.redirect(request, onward)
    return _page(request, onward)


def _page(request: Request, onward: str, error: str = "", status: int = 200) -> Response:
    cookie = request.cookies.get(ANONYMOUS_COOKIE) or secrets.token_urlsafe(16)
    token = csrf.create_token(cookie)
    response = html.page(request, "login.html", status=status, error=error, next=onward, token=token)
    response.set_cookie(ANONYMOUS_COOKIE, cookie, httponly=True, samesite="strict", secure=html.is_https(request))
    return response


async def sign_in(request: Request) -> Response:
    platform = get_platform(request)
    form = await request.form()
    csrf.check(request, request.cookies.get(ANONYMOUS_COOKIE), str(form.get(csrf.FIELD, "")))
    onward = html.local_path(str(form.get("next", "/")))
    failures = _failed_sign_ins(request)
    address = request.client.host if request.client else ""
    if failures.too_many(address):
        return _page(request, onward, "Too many attempts. Wait a minute and try again.", 429)
    text = str(form.get("key", "")).strip()
    async with platform.pool.acquire() as conn, conn.transaction():
        live_key = await keys.find_live(conn, text) if text else None
        if live_key is not None:
            await keys.record_use(conn, live_key.id)
            await audit.record(conn, "SIGNED_IN", {"keyId": live_key.id}, user_id=live_key.user.id)
    if live_key is None:
        failures.record(address)
        return _page(request, onward, "This API key is unknown or was revoked.", 403)
    response = html.redirect(request, onward)
    response.set_cookie(
        session.COOKIE_NAME,
        session.create_cookie(live_key.id, live_key.key_hash, platform.settings.session_secret),
        max_age=session.MAX_AGE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=html.is_https(request),
    )
    response.delete_cookie(ANONYMOUS_COOKIE)
    return response


def _failed_sign_ins(request: Request) -> FailedSignIns:
    state = request.app.state
    if not hasattr(state, "failed_sign_ins"):
        state.failed_sign_ins = FailedSignIns()
    failures: FailedSignIns = state.failed_sign_ins
    return failures


async def sign_out(request: Request) -> Response:
    """Delete the session cookie; the key stays valid."""
    user: User = request.state.user
    async with get_platform(request).pool.acquire() as conn:
        await audit.record(conn, "SIGNED_OUT", {}, user_id=user.id)
    response = html.redirect(request, "/login")
    response.delete_cookie(session.COOKIE_NAME)
    return response
