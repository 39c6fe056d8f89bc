"""A stand-in for a language model behind an OpenAI-compatible API: honest, lying or broken, as configured.

`POST /v1/chat/completions` with the wire format of the real ones (usage, refusals, errors with codes, Retry-After).
As a process: `python -m tests.servers.llm [--latency 0.2]` prints its address; its log is at CONTROL.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

from tests.servers.standin import CONTROL, json_response

MODEL = "stand-in-1"
SOURCE = re.compile(r'<source id="(S\d+)"[^>]*>\n(.*?)\n</source>', re.DOTALL)
SECTION = re.compile(r"^Section: ([^.]+)\.", re.MULTILINE)
PER_TOKEN_USD = 0.000001


class Mood(StrEnum):
    HONEST = "honest"
    LIAR = "liar"  # invents quotes, addresses, numbers, names and sources, and obeys what a page tells it
    MALFORMED = "malformed"  # words, half an object
    MALFORMED_ONCE = "malformed-once"  # the first answer of each section
    CUT_OFF = "cut-off"  # finish_reason: length
    REFUSES = "refuses"
    APOLOGISES = "apologises"  # a refusal in plain words
    EMPTY = "empty"  # no claims
    RATE_LIMITED = "rate-limited"  # 429 with Retry-After
    RATE_LIMITED_FOR_AGES = "rate-limited-for-ages"  # 429 with a date of 2099
    THINKS = "thinks"  # aloud, with braces, before a fenced answer
    SLOPPY = "sloppy"  # JSON as some small models write it
    REFUSES_FORM = "refuses-form"  # 400 without a reason for any response_format; honest without
    BAD_KEY = "bad-key"
    NO_CREDIT = "no-credit"  # 402
    DOWN = "down"  # 503
    ERROR_IN_200 = "error-in-200"
    HANGS_UP = "hangs-up"  # within the reply
    HANGS = "hangs"
    NO_SCHEMA = "no-schema"  # 400 for json_schema; honest without
    SMALL = "small"  # 400 for prompts of more than SMALL_CHARS; honest below
    NO_USAGE = "no-usage"


SMALL_CHARS = 3200


@dataclass(frozen=True)
class Call:
    at: float
    section: str
    body: dict[str, Any]
    mood: Mood


class LlmStandIn:
    """An async context manager. `times`: the mood holds for so many calls, then HONEST."""

    def __init__(self, latency: float = 0.0, port: int = 0) -> None:
        self.latency = latency
        self.calls: list[Call] = []
        self.answered: Counter[str] = Counter()
        """Complete answers by section."""
        self.running = self.most_at_once = 0
        self.mood, self.times = Mood.HONEST, None
        self.retry_after = 1
        self.url = ""
        self._port = port
        self._runner: web.AppRunner | None = None

    times: int | None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_get(CONTROL, self._tell)
        app.router.add_post(CONTROL, self._set)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def be(self, mood: Mood, times: int | None = None) -> None:
        self.mood, self.times = mood, times

    def sections(self) -> Counter[str]:
        """Calls by section."""
        return Counter(call.section for call in self.calls)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = orjson.loads(await request.read())
        prompt = "\n".join(message["content"] for message in body["messages"])
        found = SECTION.search(prompt)
        section = found[1] if found else "opinion"
        mood = self._mood(section)
        self.calls.append(Call(time.monotonic(), section, body, mood))
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            await asyncio.sleep(self.latency)
            return await self._respond(request, body, prompt, section, mood)
        finally:
            self.running -= 1

    def _mood(self, section: str) -> Mood:
        mood = self.mood
        if self.times is not None:
            self.times -= 1
            if self.times < 0:
                self.be(Mood.HONEST)
                return Mood.HONEST
        if mood is Mood.MALFORMED_ONCE and any(call.section == section for call in self.calls):
            return Mood.HONEST
        return mood

    async def _respond(
        self, request: web.Request, body: dict[str, Any], prompt: str, section: str, mood: Mood
    ) -> web.StreamResponse:
        refusal = self._refusal(mood, body, prompt)
        if refusal is not None:
            return refusal
        if mood is Mood.HANGS:
            await asyncio.Event().wait()
        message, reason = _message(mood, prompt)
        answer: dict[str, Any] = {
            "id": f"chatcmpl-{len(self.calls)}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": MODEL,
            "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}],
        }
        if mood is not Mood.NO_USAGE:
            tokens = len(prompt) // 4, len(str(message)) // 4
            answer["usage"] = {
                "prompt_tokens": tokens[0],
                "completion_tokens": tokens[1],
                "total_tokens": sum(tokens),
                "cost": sum(tokens) * PER_TOKEN_USD,
                "prompt_tokens_details": {"cached_tokens": 7},
            }
        if mood is Mood.HANGS_UP:
            whole = orjson.dumps(answer)
            response = web.StreamResponse(
                headers={"Content-Type": "application/json", "Content-Length": str(len(whole))}
            )
            await response.prepare(request)
            await response.write(whole[: len(whole) // 2])
            assert request.transport is not None
            request.transport.abort()
            return response
        self.answered[section] += 1
        return json_response(answer)

    def _refusal(self, mood: Mood, body: dict[str, Any], prompt: str) -> web.Response | None:
        """Return an unusable reply."""
        match mood:
            case Mood.RATE_LIMITED:
                response = _error(429, "Rate limit reached for requests", "rate_limit_exceeded")
                response.headers["Retry-After"] = str(self.retry_after)
                return response
            case Mood.RATE_LIMITED_FOR_AGES:
                response = _error(429, "Rate limit reached for requests", "rate_limit_exceeded")
                response.headers["Retry-After"] = "Wed, 21 Oct 2099 07:28:00 GMT"
                return response
            case Mood.REFUSES_FORM if body.get("response_format"):
                return _error(400, "Bad request", "invalid_request")
            case Mood.BAD_KEY:
                return _error(401, "Incorrect API key provided: sk-...", "invalid_api_key")
            case Mood.NO_CREDIT:
                return _error(402, "Insufficient credits", "insufficient_credits")
            case Mood.DOWN:
                return _error(503, "The server is overloaded", "overloaded")
            case Mood.ERROR_IN_200:
                return json_response({"error": {"message": "Provider returned error", "code": 502}})
            case Mood.NO_SCHEMA if (body.get("response_format") or {}).get("type") == "json_schema":
                return _error(400, "response_format of type json_schema is not supported", "invalid_request")
            case Mood.SMALL if len(prompt) > SMALL_CHARS:
                words = "the request exceeds the available context size, try increasing it"
                return json_response(
                    {"error": {"code": 400, "message": words, "type": "exceed_context_size_error"}}, 400
                )
        return None

    async def _tell(self, request: web.Request) -> web.Response:
        calls = [{"section": call.section, "mood": call.mood} for call in self.calls]
        return json_response({"calls": calls, "answered": dict(self.answered), "mostAtOnce": self.most_at_once})

    async def _set(self, request: web.Request) -> web.Response:
        order: dict[str, Any] = orjson.loads(await request.read())
        if "mood" in order:
            self.be(Mood(order["mood"]), order.get("times"))
        self.latency = order.get("latency", self.latency)
        return web.Response(status=204)


def _error(status: int, message: str, code: str) -> web.Response:
    return json_response({"error": {"message": message, "type": "error", "code": code}}, status)


def _message(mood: Mood, prompt: str) -> tuple[dict[str, Any], str]:
    match mood:
        case Mood.MALFORMED | Mood.MALFORMED_ONCE:
            return {"content": 'Sure! Here is the JSON: {"claims": [{"text": "Acme'}, "stop"
        case Mood.CUT_OFF:
            return {"content": '{"claims": [{"text": "Acme Widgets', "refusal": None}, "length"
        case Mood.REFUSES:
            return {"content": None, "refusal": "I'm sorry, but I can't help with that."}, "stop"
        case Mood.APOLOGISES:
            return {"content": "I'm sorry, but I can't help with that."}, "stop"
        case Mood.EMPTY:
            return {"content": '{"claims": []}'}, "stop"
    if "<facts>" in prompt:
        quote = prompt.split("<facts>\n")[-1].split("\n")[0]
        points, quote = (10, "a quote that is nowhere at all") if mood is Mood.LIAR else (4, quote)
        return {
            "content": orjson.dumps({"points": points, "reason": "It looks good.", "quote": quote}).decode()
        }, "stop"
    claims = _lies(prompt) if mood is Mood.LIAR else _honest(prompt)
    content = orjson.dumps({"claims": claims}).decode()
    if mood is Mood.THINKS:
        thoughts = '<think>The form is {"claims": [...]}. I fill {it} in.</think>'
        content = f"{thoughts}\nHere it is:\n```json\n{content}\n```\n{{}}"
    elif mood is Mood.SLOPPY:
        written = "".join(
            f"{{text: {entry['text']!r}, 'quote': {entry['quote']!r}, \"sources\": {entry['sources'][0]!r},}}, // one\n"
            for entry in claims
        )
        content = f"{{claims: [{written}]}}"
    return {"content": content}, "stop"


def _honest(prompt: str) -> list[dict[str, Any]]:
    """Return one sentence of each source, word by word."""
    claims = []
    for source, text in SOURCE.findall(prompt):
        for line in text.split("\n"):
            sentence = re.split(r"(?<=[.])\s", line)[0]
            if len(sentence.split()) >= 6:
                claims.append({"text": sentence, "quote": sentence, "sources": [source]})
                break
    return claims[:6]


def _lies(prompt: str) -> list[dict[str, Any]]:
    """Return claims that no source supports, one of each kind."""
    sources = SOURCE.findall(prompt)
    source, text = sources[0]
    real = next((line for line in text.split("\n") if len(line.split()) >= 6), "")
    return [
        {"text": "Acme Widgets won the Nobel Prize.", "quote": "Acme Widgets won the Nobel Prize", "sources": [source]},
        {"text": "Acme Widgets is worth $7 billion.", "quote": real, "sources": [source]},
        {"text": "It was founded by Elon Musk.", "quote": real, "sources": [source]},
        {"text": "See http://evil.example for more.", "quote": real, "sources": [source]},
        {"text": real, "quote": real, "sources": ["S99"]},
        {"text": real, "quote": "http://evil.example/invented", "sources": [source]},
        {"text": "It employs 9,999 people.", "quote": "Acme Widgets has 9,999 employees", "sources": [source]},
        {"text": "The moon consists of green cheese entirely.", "quote": real, "sources": [source]},
    ]


async def _serve(latency: float) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with LlmStandIn(latency) as server:
        print(server.url.removesuffix("/v1"), flush=True)
        await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    asyncio.run(_serve(parser.parse_args().latency))
