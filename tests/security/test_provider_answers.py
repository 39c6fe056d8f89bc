"""A hostile or broken provider causes a provider error, whatever it sends: no crash, no large values, no held loop."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from pydantic import BaseModel

from app.domain.text import json_guard
from providers.errors import BadRequest, ProviderError, Unavailable
from providers.http import MAX_BYTES_ON_LOOP, brief
from providers.json_api import JsonApi
from providers.llm.base import CostSource, Endpoint, ModelReply, Prompt, Usage
from providers.llm.models import parse
from tests.unit.geocoding.cases import CountingLimiter

DEEP_LIST, DEEP_OBJECT = b"[" * 500_000, b'{"a":' * 100_000
CROWDED = b'{"a":[' + b"[]," * 300_000 + b"0]}"
HOSTILE = {
    "deep list": DEEP_LIST,
    "deep object": DEEP_OBJECT,
    "closed and deep": b"[" * 900 + b"]" * 900,
    "crowded": CROWDED,
    "large integer": b'{"a":' + b"9" * 5_000 + b"}",
    "not JSON": b"<html>",
    "null": b"null",
    "empty": b"",
    "not UTF-8": b'{"a":"\xff"}',
}


class Server:
    """Sends the same body to everybody."""

    def __init__(self) -> None:
        self.body, self.status, self.headers = b"{}", 200, {"Content-Type": "application/json"}
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(body=self.body, status=self.status, headers=self.headers)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def api(server: Server) -> AsyncIterator[JsonApi]:
    async with aiohttp.ClientSession() as session:
        yield JsonApi("test", server.url, session, CountingLimiter(), windows=(), headers={}, secrets=())


@pytest.mark.parametrize("name", HOSTILE)
async def test_json_apis(server: Server, api: JsonApi, name: str) -> None:
    server.body = HOSTILE[name]
    with pytest.raises(Unavailable, match="garbled answer"):
        await api.get("/")


@pytest.mark.parametrize("name", HOSTILE)
async def test_bodies_of_errors(server: Server, api: JsonApi, name: str) -> None:
    server.body, server.status = HOSTILE[name], 400
    with pytest.raises(BadRequest) as caught:
        await api.get("/")
    assert len(str(caught.value)) < 300


def test_messages_in_deep_errors() -> None:
    assert brief('{"error":{"message":"too many"}}') == "too many"
    assert brief('{"error":' * 1_000 + '"x"' + "}" * 1_000).startswith('{"error":')


async def test_long_answers_are_parsed_in_a_thread(
    server: Server, api: JsonApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[bool] = []
    original = json_guard.parse_json

    def parse_and_note(*args: Any, **kwargs: Any) -> Any:
        threads.append(threading.current_thread() is not threading.main_thread())
        return original(*args, **kwargs)

    monkeypatch.setattr(json_guard, "parse_json", parse_and_note)
    server.body = b'{"a":1}'
    assert await api.get("/") == {"a": 1}
    server.body = orjson.dumps({"a": "x" * MAX_BYTES_ON_LOOP})
    assert len((await api.get("/"))["a"]) == MAX_BYTES_ON_LOOP
    assert threads == [False, True]


PROMPT = Prompt([{"role": "user", "content": "x"}], {}, "section", 100)
CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{}"}}
ANSWER = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [CHOICE]}
STRANGE: list[Any] = [
    [], 5, "x", {}, ANSWER | {"choices": 5}, ANSWER | {"choices": [None]}, ANSWER | {"choices": ["x"]},
    ANSWER | {"choices": {"a": 1}}, ANSWER | {"choices": [{}]}, ANSWER | {"choices": [CHOICE | {"message": None}]},
    ANSWER | {"choices": [CHOICE | {"message": {"content": {"a": 1}}}]},
    ANSWER | {"choices": [CHOICE | {"message": {"content": "x", "refusal": 5}}]}, ANSWER | {"model": {"a": 1}},
]  # fmt: skip


async def complete(url: str) -> ModelReply:
    from providers.llm.client import ChatClient  # not by every process that collects: it takes a second

    client = ChatClient(Endpoint("llm", f"{url}/v1", "m", timeout_seconds=5.0), "Trigpoint/1.0")
    try:
        return await client.complete(PROMPT)
    finally:
        await client.close()


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("name", HOSTILE)
async def test_models(server: Server, name: str, status: int) -> None:
    server.body, server.status = HOSTILE[name], status
    with pytest.raises(Unavailable) as caught:
        await complete(server.url)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("answer", STRANGE, ids=range(len(STRANGE)))
async def test_models_that_answer_something_else(server: Server, answer: Any) -> None:
    server.body = orjson.dumps(answer)
    with pytest.raises(ProviderError):
        await complete(server.url)


@pytest.mark.parametrize("status", [200, 500])
async def test_models_that_send_without_end(server: Server, status: int) -> None:
    server.body, server.status = b'{"a":"' + b"x" * 8_000_000, status
    with pytest.raises(Unavailable):
        await complete(server.url)
    server.headers |= {"Content-Encoding": "gzip"}
    with pytest.raises(Unavailable):
        await complete(server.url)


@pytest.mark.parametrize("usage", [{"prompt_tokens": "5"}, {"prompt_tokens": 10**15, "completion_tokens": 1}, 5, []])
async def test_usage_that_cannot_be_true(server: Server, usage: Any) -> None:
    server.body = orjson.dumps(ANSWER | {"usage": usage})
    try:
        reply = await complete(server.url)
    except Unavailable:
        return
    assert reply.usage.cost_source is CostSource.WORST_CASE


class Anything(BaseModel):
    a: Any


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"null", "empty", "not UTF-8", "not JSON"}))
def test_texts_of_models(name: str) -> None:
    text = '{"a":' + HOSTILE[name].decode() + "}"
    with pytest.raises(ValueError):
        parse(ModelReply(text, "m", False, None, Usage(1, 1, 0, 0, None, CostSource.UNKNOWN), None, 1), Anything)
