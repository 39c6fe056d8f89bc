"""Every error is problem+json with an `error` member."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from tests.integration.households.calls import Answer, call


async def problem(response: Answer, status: int) -> dict[str, Any]:
    assert response.status == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json
    assert {"type", "title", "status", "detail", "instance", "error"} <= body.keys()
    assert body["status"] == status
    assert body["error"] == body["detail"]
    assert body["instance"] == response.path
    return body


async def test_framework_errors(client: aiohttp.ClientSession) -> None:
    await problem(await call(client, "GET", "/api/v1/nothing-here"), 404)
    refused = await call(client, "PUT", "/api/v1/households", json={})
    await problem(refused, 405)
    assert refused.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


async def test_bad_bodies(client: aiohttp.ClientSession) -> None:
    async def send(data: bytes, media: str = "application/json", **headers: str) -> Answer:
        return await call(client, "POST", "/api/v1/users", data=data, headers={"Content-Type": media, **headers})

    await problem(await send(b""), 400)
    wrong = await problem(await send(b'{"email":\n  oops}'), 400)
    assert (wrong["line"], wrong["column"]) == (2, 3)
    assert "line 2, column 3" in wrong["error"]
    await problem(await send(b'{"email": "\xff"}'), 400)
    await problem(await send(b'"\\ud800"'), 400)
    deep = await problem(await send(b"[" * 5000), 422)
    assert "more than 64 levels deep" in deep["detail"]
    await problem(await send(b"[1]"), 422)
    await problem(await send(b'{"email": "\\u0000"}'), 422)
    await problem(await send(b'{"\\u0000": 1}'), 422)
    await problem(await send(b"{}", "text/plain"), 415)
    await problem(await send(b"{}", **{"Content-Encoding": "gzip"}), 415)
    assert (await send(json.dumps({"email": "x@example.com", "name": "\\u0000"}).encode())).status == 201


@pytest.mark.parametrize("chunked", [False, True])
async def test_too_large(client: aiohttp.ClientSession, chunked: bool) -> None:
    async def chunks() -> Any:
        for _ in range(40):
            yield b" " * 50_000

    data = chunks() if chunked else BytesIO(b" " * 2_000_000)
    response = await call(client, "POST", "/api/v1/users", data=data, headers={"Content-Type": "application/json"})
    assert (await problem(response, 413))["limit"] == 1_000_000
    assert (await call(client, "GET", "/api/v1/me")).status == 200


async def test_query_parameters(client: aiohttp.ClientSession) -> None:
    unknown = await problem(await call(client, "GET", "/api/v1/households?colour=red"), 400)
    assert "colour" in unknown["error"] and "zipCode" in unknown["supportedParameters"]
    await problem(await call(client, "GET", "/api/v1/households?city=a&city=b"), 400)
    for query in ("limit=0", "limit=1001", "limit=x", "offset=-1", "offset=99999999999999999999", "geocoded=maybe"):
        body = await problem(await call(client, "GET", f"/api/v1/households?{query}"), 422)
        assert body["errors"][0]["field"] == query.partition("=")[0]
    await problem(await call(client, "GET", "/api/v1/households?city=%00"), 422)


async def test_filters_by_what_does_not_exist_are_refused(client: aiohttp.ClientSession) -> None:
    for name, message in (("type", "unknown job type; expected one of "), ("queue", "unknown queue; expected one of ")):
        listed = await call(client, "GET", "/api/v1/jobs", params={name: "nope"})
        body = {"action": "cancel", "filters": {name: "nope"}}
        for answer in (listed, await call(client, "POST", "/api/v1/jobs/bulk", json=body)):
            assert answer.status == 422 and answer.json["detail"].startswith(f"{name}: {message}"), answer.json
    alias = await call(client, "GET", "/api/v1/jobs", params={"type": "import_voters", "queue": "voter-import"})
    assert alias.status == 200
    broken = await call(client, "GET", "/api/v1/jobs", params={"dataContains": "{"})
    assert broken.json["detail"].startswith("dataContains: must be a JSON object, but is not valid JSON: line 1")


async def test_singular_and_plural(client: aiohttp.ClientSession) -> None:
    for body, detail in (
        ({"type": "noop", "dedupeKey": ""}, "dedupeKey: must have at least 1 character"),
        ({"type": "noop", "dedupeKey": "x" * 300}, "dedupeKey: must have at most 255 characters"),
    ):
        assert (await call(client, "POST", "/api/v1/jobs", json=body)).json["detail"] == detail
