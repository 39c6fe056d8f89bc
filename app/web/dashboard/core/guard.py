"""Who may see a page, and what they see instead: the sign-in, or a page that says what is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import TRY_AGAIN
from app.errors import AppError, Forbidden, Unavailable
from app.web.accounts import auth, session
from app.web.dashboard.core import csrf, html

log = structlog.get_logger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def page(handler: Handler, *, admin: bool = False) -> Handler:
    """A page for who is signed in. A post must carry the token of one of our forms."""

    async def guarded(request: Request) -> Response:
        user = await auth.find_session_user(request)
        if user is None:
            return to_login(request)
        request.state.user = user
        if admin and not user.is_admin:
            raise Forbidden("This page is for administrators.")
        if request.method == "POST":
            await check(request)
        return await handler(request)

    return safely(guarded)


async def check(request: Request) -> None:
    """A form's token stands in the form; that of an upload, whose body is not read here, in the address or a header."""
    given = request.headers.get(csrf.HEADER) or request.query_params.get(csrf.FIELD)
    if given is None and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        given = str((await request.form()).get(csrf.FIELD, ""))
    csrf.check(request, request.cookies.get(session.COOKIE_NAME), given)


def to_login(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    onward = "" if here == "/" or request.method != "GET" else f"?next={quote(here)}"
    return html.see_other(request, f"/login{onward}")


def safely(handler: Handler) -> Handler:
    """What goes wrong is a page for people, not a problem document."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except AppError as error:
            return problem(request, error.status, error.title, error.detail)
        except TRY_AGAIN as error:
            log.warning("database_unavailable", path=request.url.path, error=repr(error))
            gone = Unavailable("The database cannot be reached at the moment. Try again shortly.")
            return problem(request, gone.status, gone.title, gone.detail)
        except Exception as error:
            log.error("unexpected_error", path=request.url.path, exc_info=error)
            return problem(
                request,
                500,
                "Something went wrong",
                "The error has been logged. Try again, or contact an administrator.",
            )

    return answered


def problem(request: Request, status: int, title: str, detail: str) -> Response:
    return html.page(request, "problem.html", status=status, title=title, detail=detail)
