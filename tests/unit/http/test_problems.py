"""The problem documents of unexpected errors and invalid values."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import asyncpg
import orjson
import pytest
from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.web.http.problems import EXCEPTION_HANDLERS, invalid


async def answer_to(error: Exception) -> tuple[int, dict[str, str], Any]:
    """Return the response of an application whose handler raises `error`."""

    async def fail(request: Request) -> Response:
        raise error

    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": []}
    app = Starlette(routes=[Route("/", fail)], exception_handlers=EXCEPTION_HANDLERS)
    with suppress(RuntimeError):  # after the response, Starlette raises an unexpected error again
        await app(scope, receive, send)
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, orjson.loads(body["body"])


@pytest.mark.parametrize(
    "error",
    [
        OSError("connect to 10.0.0.5 failed"),
        TimeoutError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("10.0.0.5"),
        asyncpg.AdminShutdownError("10.0.0.5"),
        asyncpg.TooManyConnectionsError("10.0.0.5"),
        asyncpg.DeadlockDetectedError("10.0.0.5"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_lost_database_is_503(error: Exception) -> None:
    status, headers, body = await answer_to(error)
    assert status == 503
    assert int(headers["retry-after"]) >= 1
    assert headers["content-type"] == "application/problem+json"
    assert "10.0.0.5" not in orjson.dumps(body).decode()


async def test_an_unexpected_error_is_500_without_details() -> None:
    status, headers, body = await answer_to(RuntimeError("the password is hunter2"))
    assert status == 500
    assert headers["content-type"] == "application/problem+json"
    assert "hunter2" not in orjson.dumps(body).decode()
    assert body["error"] == body["detail"]


def test_pydantic_errors_become_plain_messages() -> None:
    class Inner(BaseModel):
        count: int = Field(ge=1)
        code: str = Field(pattern=r"^[a-z]{2}$")

    class Outer(BaseModel):
        inner: Inner
        flag: bool

    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"inner": {"count": 0, "code": "abc"}})
    error = invalid(caught.value, Outer, "0.data")
    findings = {entry["field"]: entry["message"] for entry in error.extra["errors"]}
    assert findings["0.data.inner.count"] == "must be at least 1"
    assert findings["0.data.flag"] == "is required"
    assert "^[a-z]{2}$" in findings["0.data.inner.code"]
    assert error.detail == "0.data.inner.count: must be at least 1 (and 2 more)"
