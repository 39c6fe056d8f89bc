"""The ASGI application: Starlette, within what concerns every request and every response, errors included."""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AddressTooLong, AppError, BadRequest, NotFound
from app.web.http.open_transfers import OpenTransfers
from app.web.http.problems import problem_response
from app.web.http.request_context import RequestContext
from app.web.http.response_defaults import ResponseDefaults
from app.web.http.slow_bodies import WINDOW_SECONDS, SlowBodies

MAX_PATH_CHARACTERS = 4_000
_HOST = re.compile(rb"[A-Za-z0-9._~-]*(?:\[[0-9A-Fa-f:.]*\])?(?::[0-9]{0,5})?")


class Application(Starlette):
    """Starlette whose middleware sees the responses of its error handlers, too."""

    access_log = False
    """Whether every request is logged."""
    start_refusal = ""
    """Why the application does not start, for its operator; logged in place of a traceback."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or start and stop the application."""
        await super().__call__(scope, receive, self._explain_refusal(send) if scope["type"] == "lifespan" else send)

    def _explain_refusal(self, send: Send) -> Send:
        async def explained(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and self.start_refusal:
                message = {**message, "message": self.start_refusal}
            await send(message)

        return explained

    def build_middleware_stack(self) -> ASGIApp:
        self.router.redirect_slashes = False  # its redirects name the Host header; app.web.http.problems redirects
        app = _check_address(_check_host(super().build_middleware_stack()))
        return RequestContext(
            ResponseDefaults(OpenTransfers(SlowBodies(app, window_seconds=WINDOW_SECONDS))),
            access_log=self.access_log,
            routes={route.endpoint: route.path for route in self.routes if isinstance(route, Route)},
        )


def _check_address(app: ASGIApp) -> ASGIApp:
    """Refuse addresses that nothing has: with U+0000, which Postgres text cannot hold, or a path that is too long.

    The query of an API request is checked with its parameters, so that the response names the parameter.
    """

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        error: AppError | None = None
        if scope["type"] == "http":
            path = scope["path"]
            if "\0" in path:
                error = NotFound("Nothing has this address: it contains the character U+0000.")
            elif len(path) > MAX_PATH_CHARACTERS:
                error = AddressTooLong(f"The path of the address exceeds {MAX_PATH_CHARACTERS:,} characters.")
            elif b"%00" in scope["query_string"] and not path.startswith("/api/"):
                error = BadRequest("The query contains the character U+0000, which no value may contain.")
        if error is None:
            await app(scope, receive, send)
        else:
            await problem_response(Request(scope), error)(scope, receive, send)

    return checked


def _check_host(app: ASGIApp) -> ASGIApp:
    """Refuse what is no host name (RFC 9112, section 3.2). Any name is fine: no response depends on it."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        is_http = scope["type"] == "http"
        if is_http and not all(_HOST.fullmatch(value) for name, value in scope["headers"] if name == b"host"):
            scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"host"]
            error = BadRequest("The Host header is not a host name with an optional port.")
            await problem_response(Request(scope), error)(scope, receive, send)
            return
        await app(scope, receive, send)

    return checked
