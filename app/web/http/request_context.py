"""The id of every request, its time limit, and the access log.

A client may send `X-Request-Id`; otherwise one is made. It is in the response, in problem documents, in all log lines
of the request, and in the jobs that the request creates.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from time import monotonic
from types import MappingProxyType
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics
from app.db.core.time_limit import LIMIT, TimeLimit
from app.domain.jobs.request_id import request_id as current_id
from app.web.http.request_metrics import RequestMetrics

log = structlog.get_logger(__name__)

HEADER = b"x-request-id"
REQUEST_ID = "trigpoint.request_id"
"""Key of the id in the scope."""
RESPONSE_HEADERS = "trigpoint.response_headers"
"""Key in the scope of further headers for the response, whatever it is."""
CALLER = "trigpoint.caller"
"""Key in the scope of the `Caller` that a request has turned out to be."""
DATABASE_SECONDS = 4.4
"""What a request may spend on the database before its response begins. With a ROLLBACK of up to 0.5 s, a response is
there within five seconds of such waiting."""
_VALID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class AccessEnded(Exception):
    """The access behind a response has ended. Its connection is closed, so that the client sees it is incomplete."""


class RequestContext:
    """ASGI middleware: gives every request an id and a time limit, and logs it if `access_log` when it has ended."""

    def __init__(self, app: ASGIApp, *, access_log: bool, routes: Mapping[Any, str] = MappingProxyType({})) -> None:
        self._app = app
        self._access_log = access_log
        self._measure = RequestMetrics(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or secrets.token_hex(16)
        scope[REQUEST_ID] = request_id
        started = monotonic()
        limit = TimeLimit(DATABASE_SECONDS)
        sent: dict[str, Any] = {"status": 0, "bytes": 0, "complete": False}

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = scope.get(RESPONSE_HEADERS, ())
                message["headers"] = [*message["headers"], (HEADER, request_id.encode()), *more]
                sent["status"] = message["status"]
                limit.lift()
            elif message["type"] == "http.response.body":
                sent["bytes"] += len(message.get("body", b""))
                sent["complete"] = not message.get("more_body", False)
            await send(message)

        token, limit_token = current_id.set(request_id), LIMIT.set(limit)
        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        metrics.HTTP_IN_PROGRESS.inc()
        try:
            await self._app(scope, receive, send_with_id)
        except AccessEnded:
            log.info("download_ended_with_access", path=scope["path"])
        except Exception:
            if not sent["complete"]:  # an incomplete response must end with its connection
                raise
        finally:
            metrics.HTTP_IN_PROGRESS.dec()
            self._measure(scope, sent["status"], monotonic() - started)
            if self._access_log:
                _log_request(scope, sent, monotonic() - started)
            structlog.contextvars.reset_contextvars(**bound)
            LIMIT.reset(limit_token)
            current_id.reset(token)


def _given_id(scope: Scope) -> str | None:
    """Return the id that the client sent, None unless it has exactly one that is valid."""
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == HEADER]
    return values[0] if len(values) == 1 and _VALID.fullmatch(values[0]) else None


def _log_request(scope: Scope, sent: dict[str, Any], seconds: float) -> None:
    """Log one line. The query is left out: it may contain secrets and personal data."""
    caller = scope.get(CALLER)
    client = scope.get("client")
    log.info(
        "request_handled",
        method=scope["method"],
        path=scope["path"],
        status=sent["status"],
        complete=sent["complete"],
        duration_ms=round(seconds * 1000, 1),
        bytes=sent["bytes"],
        user_id=str(caller.user.id) if caller else None,
        key_id=str(caller.key_id) if caller else None,
        client=client[0] if client else None,
    )
