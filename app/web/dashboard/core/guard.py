"""Access to pages, and the pages that are shown instead: the sign-in form, or an error page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import TRY_AGAIN
from app.errors import AppError, Forbidden, ServiceUnavailable
from app.web.accounts import auth, session
from app.web.dashboard.core import csrf, html

log = structlog.get_logger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def require_session(handler: Handler, *, admin: bool = False) -> Handler:
    """Wrap a page for signed-in users, or for administrators only. A POST must carry the token of one of our forms."""

    async def guarded(request: Request) -> Response:
        user = await auth.find_session_user(request)
        if user is None:
            return redirect_to_login(request)
        request.state.user = user
        if admin and not user.is_admin:
            raise Forbidden("This page is for administrators.")
        if request.method == "POST":
            await check_csrf(request)
        return await handler(request)

    return with_error_pages(guarded)


async def check_csrf(request: Request) -> None:
    """Check the token in the form. For an upload, whose body is not read here, it is in the query or in a header."""
    token = request.headers.get(csrf.HEADER) or request.query_params.get(csrf.FIELD)
    if token is None and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        token = str((await request.form()).get(csrf.FIELD, ""))
    csrf.check(request, request.cookies.get(session.COOKIE_NAME), token)


def redirect_to_login(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    onward = "" if here == "/" or request.method != "GET" else f"?next={quote(here)}"
    return html.redirect(request, f"/login{onward}")


def with_error_pages(handler: Handler) -> Handler:
    """Wrap a page so that errors are shown as HTML rather than as problem documents."""

    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except AppError as error:
            return error_page(request, error.status, error.title, error.detail)
        except TRY_AGAIN as error:
            log.warning("database_unavailable", path=request.url.path, error=repr(error))
            unavailable = ServiceUnavailable("The database cannot be reached at the moment. Try again shortly.")
            return error_page(request, unavailable.status, unavailable.title, unavailable.detail)
        except Exception as error:
            log.error("unexpected_error", path=request.url.path, exc_info=error)
            detail = "The error has been logged. Try again, or contact an administrator."
            return error_page(request, 500, "Something went wrong", detail)

    return wrapped


def error_page(request: Request, status: int, title: str, detail: str) -> Response:
    return html.page(request, "error.html", status=status, title=title, detail=detail)
