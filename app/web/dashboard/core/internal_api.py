"""The REST interface asked from within, in the name of who is signed in: one way to do a thing, however it is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.web.accounts import auth

Handler = Callable[[Request], Awaitable[Response]]
ONCE = "once"
"""Field of a form that keeps a second click from creating a second thing."""


async def call(
    request: Request,
    handler: Handler,
    body: Any = None,
    *,
    method: str = "POST",
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    once: str | None = None,
) -> Any:
    """The JSON that the handler answers, None for no content. Raises AppError as it does."""
    raw = b"" if body is None else orjson.dumps(body)
    headers = [(b"content-length", str(len(raw)).encode())]
    if body is not None:
        headers.append((b"content-type", b"application/json"))
    if once:
        headers.append((b"idempotency-key", once.encode()))

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    return await _answer(request, handler, method, path, query, headers, receive)


async def upload(request: Request, handler: Handler) -> Any:
    """The same with the body of this request, which nobody has read yet: a form with a file."""
    headers = [(name, value) for name, value in request.headers.raw if name in (b"content-type", b"content-length")]
    if once := request.query_params.get(ONCE):
        headers.append((b"idempotency-key", once.encode()))
    return await _answer(request, handler, "POST", None, None, headers, request.receive)


async def _answer(
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
