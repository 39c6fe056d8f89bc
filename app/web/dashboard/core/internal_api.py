"""Calls the handlers of the REST interface inside the process, as the signed-in user.

So permissions, checks and the audit log are the same whether an action comes from a page or from an API client.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.errors import AppError
from app.web.accounts import auth
from app.web.dashboard.core import html

Handler = Callable[[Request], Awaitable[Response]]
IDEMPOTENCY_FIELD = "once"
"""Form field with an idempotency key, so that a second click does not create a second job."""


async def call(
    request: Request,
    handler: Handler,
    body: Any = None,
    *,
    method: str = "POST",
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    idempotency_key: str | None = None,
) -> Any:
    """Return the handler's response as parsed JSON, None if it has no content. Raises AppError as the handler does.

    `body` is sent as JSON. `path` replaces the path parameters of `request`.
    """
    raw = b"" if body is None else orjson.dumps(body)
    headers = [(b"content-length", str(len(raw)).encode())]
    if body is not None:
        headers.append((b"content-type", b"application/json"))
    if idempotency_key:
        headers.append((b"idempotency-key", idempotency_key.encode()))

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    return await _dispatch(request, handler, method, path, query, headers, receive)


async def upload(request: Request, handler: Handler) -> Any:
    """Like `call`, but pass on the unread body of `request`, a form with a file."""
    headers = [(name, value) for name, value in request.headers.raw if name in (b"content-type", b"content-length")]
    if idempotency_key := request.query_params.get(IDEMPOTENCY_FIELD):
        headers.append((b"idempotency-key", idempotency_key.encode()))
    return await _dispatch(request, handler, "POST", None, None, headers, request.receive)


async def call_and_redirect(
    request: Request,
    handler: Handler,
    body: Any = None,
    *,
    message: str,
    back: str,
    onward: str | None = None,
    method: str = "POST",
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Response:
    """Call the handler, then redirect to `onward` with the message, or to `back` with what was wrong."""
    try:
        await call(request, handler, body, method=method, path=path, query=query)
    except AppError as error:
        return html.redirect(request, back, error.detail, tone="bad")
    return html.redirect(request, onward or back, message)


async def _dispatch(
    request: Request,
    handler: Handler,
    method: str,
    path: Mapping[str, str] | None,
    query: Mapping[str, str] | None,
    headers: list[tuple[bytes, bytes]],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
) -> Any:
    scope = dict(request.scope) | {
        "method": method,
        "path_params": request.path_params if path is None else path,
        "query_string": urlencode(query or {}).encode(),
        "headers": headers,
        auth.ACTING_USER: request.state.user,
    }
    response = await handler(Request(scope, receive))
    return orjson.loads(response.body) if response.body else None
