"""Access to pages, and the pages that are shown instead: the sign-in form, or an error page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.keys import Scope
from app.errors import AppError, Forbidden
from app.web.accounts import auth, session
from app.web.dashboard.core import csrf, html
from app.web.dashboard.core.form_data import read_form
from app.web.http.unavailable import CAUSES, explain

log = structlog.get_logger(__name__)

SESSION_PATHS = ("/logout",)
"""Forms that a session may send whatever the scopes of its key."""
Handler = Callable[[Request], Awaitable[Response]]


def require_session(handler: Handler, *, admin: bool = False) -> Handler:
    """Wrap a page for signed-in users, or for administrators only. A POST must carry the token of one of our forms."""

    async def guarded(request: Request) -> Response:
        user = await auth.find_session_user(request)
        if user is None:
            return redirect_to_login(request)
        request.state.user = user
        await request.app.state.rate_limit.check(request, auth.get_caller(request).key_id)
        if admin and not user.is_admin:
            raise Forbidden("This page is for administrators.")
        if request.method == "POST":
            await check_csrf(request)
            if request.scope["path"] not in SESSION_PATHS:
                auth.require_scope(request, Scope.WRITE)
        else:
            auth.require_scope(request, Scope.READ)
        return await handler(request)

    return with_error_pages(guarded)


async def check_csrf(request: Request) -> None:
    """Check the token in the form. For an upload, whose body is not read here, it is in the query or in a header."""
    token = request.headers.get(csrf.HEADER) or request.query_params.get(csrf.FIELD)
    if token is None and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        token = str((await read_form(request)).get(csrf.FIELD, ""))
    csrf.check(request, session.find_token(request), token)


def redirect_to_login(request: Request) -> Response:
    here = request.scope["path"] + (f"?{request.url.query}" if request.url.query else "")
    onward = "" if here == "/" or request.method != "GET" else f"?next={quote(here)}"
    return html.redirect(request, f"/login{onward}")


def with_error_pages(handler: Handler) -> Handler:
    """Wrap a page so that errors are shown as HTML rather than as problem documents."""

    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except AppError as error:
            return error_page(request, error.status, error.title, error.detail)
        except HTTPException as error:
            return error_page(request, error.status_code, HTTPStatus(error.status_code).phrase, error.detail)
        except CAUSES as error:
            unavailable = explain(error)
            log.warning(
                "request_unavailable",
                method=request.method,
                path=request.scope["path"],
                reason=unavailable.slug,
                error=repr(error),
            )
            return error_page(request, unavailable.status, unavailable.title, unavailable.detail)
        except Exception as error:
            log.error("unexpected_error", path=request.scope["path"], exc_info=error)
            detail = "The error has been logged. Try again, or contact an administrator."
            return error_page(request, 500, "Something went wrong", detail)

    return wrapped


def error_page(request: Request, status: int, title: str, detail: str) -> Response:
    return html.page(request, "error.html", status=status, title=title, detail=detail)
