"""The access log: one line for each request, with the user and without the query."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
import structlog

from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is logged as `request_handled`."""
    found: list[dict[str, Any]] = []

    class Log:
        def info(self, event: str, **fields: Any) -> None:
            found.append({"event": event, **structlog.contextvars.get_contextvars(), **fields})

    monkeypatch.setattr("app.web.http.request_context.log", Log())
    return found


async def test_a_request_is_logged_with_its_caller(
    settings: Settings, client: aiohttp.ClientSession, lines: list[dict[str, Any]]
) -> None:
    me = (await call(client, "GET", "/api/v1/me")).json
    assert not lines, "off unless it is switched on"
    async with (
        harness.api(settings.model_copy(update={"access_log": True})) as url,
        aiohttp.ClientSession(url, headers=dict(client.headers)) as logged,
    ):
        headers = {"X-Request-Id": "one"}
        answer = await call(logged, "GET", "/api/v1/jobs", params={"q": "secret"}, headers=headers)
        await call(logged, "GET", "/nowhere", headers={"Authorization": "", "X-Request-Id": "two"})
    first, second = (next(line for line in lines if line["request_id"] == name) for name in ("one", "two"))
    assert (first["method"], first["path"], first["status"], first["complete"]) == ("GET", "/api/v1/jobs", 200, True)
    assert (first["user_id"], first["client"], first["bytes"]) == (me["id"], "127.0.0.1", len(answer.raw))
    assert first["key_id"] and "secret" not in str(first)
    assert (second["status"], second["user_id"]) == (404, None)
