"""One way to ask a provider over HTTP: within a time budget and a size, errors as `providers.errors`.

Keys travel in the query string of some providers, so no message made here contains an address, and whatever a provider
says is searched for the caller's secrets before it is repeated.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import orjson
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random

from providers.errors import Busy, Misconfigured, ProviderError, Unavailable, from_status
from providers.latency import Latencies

#: Largest body read, in bytes after decompression; a geocoder's answer has a few kB.
MAX_BODY = 1 << 20
#: Characters of a provider's error text that are repeated in ours.
MAX_DETAIL = 200
#: Seconds that must be left of the budget for a second try to be worth sending.
MIN_RETRY_BUDGET = 0.25

#: Where providers put the words of an error, the most telling ones first.
SAYING = (
    "error_message", "error_description", "error", "errors", "message", "title", "cause", "status", "meta", "geocoding",
    "results",
)  # fmt: skip

#: Reads (status, text, retry_after) of a reply other than 200: the error it is, or None where it says "no match".
Judge = Callable[[int, str, float | None], ProviderError | None]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """A GET, or with a `body` a POST, whose content type is among the `headers`.

    `secrets` are strings that must never be seen in a message or a log; `timeout` is in seconds, `max_body` in bytes.
    """

    provider: str
    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    timeout: float
    secrets: Sequence[str] = ()
    body: bytes | None = None
    max_body: int = MAX_BODY


@dataclass(frozen=True, slots=True)
class Reply:
    """A 200. `retry_after` is in seconds, where the provider wants others to wait so long."""

    body: bytes
    retry_after: float | None = None


@dataclass(slots=True)
class _Budget:
    left: float  # seconds


async def exchange(
    session: aiohttp.ClientSession,
    request: Request,
    admit: Callable[[], Awaitable[None]],
    read: Callable[[Reply], Awaitable[T]],
    judge: Judge | None = None,
    latencies: Latencies | None = None,
    admitted: bool = False,
) -> T | None:
    """Send `request`, once more if it failed in passing; what `read` makes of a 200, None where `judge` saw no match.

    `admit` is awaited before each sending, but for the first one where that is `admitted`: a retry is a request to the
    provider too and waits its turn; where it raises Busy, the first failure stands. The time spent there is not
    counted; all sendings together take at most `request.timeout`. Raises ProviderError.
    """
    budget = _Budget(request.timeout)
    failure: Unavailable | None = None
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(
            lambda error: isinstance(error, Unavailable) and error.transient and budget.left > MIN_RETRY_BUDGET
        ),
        stop=stop_after_attempt(2),
        wait=wait_random(0.05, 0.2),
        reraise=True,
    ):
        with attempt:
            if failure is not None or not admitted:
                try:
                    await admit()
                except Busy:
                    if failure is not None:
                        raise failure from None
                    raise
            started = time.monotonic()
            try:
                reply = await _send(session, request, budget.left, judge)
                return None if reply is None else await read(reply)
            except Unavailable as error:
                failure = error
                raise
            finally:
                seconds = time.monotonic() - started
                budget.left -= seconds
                if latencies is not None:
                    latencies.add(seconds)
    raise AssertionError("tenacity ends by returning or raising")


def parse_json(body: bytes, provider: str) -> Any:
    """The JSON in a body; Unavailable where there is none."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unavailable("garbled answer: not JSON", provider=provider) from error
    if data is None:
        raise Unavailable("garbled answer: null", provider=provider)
    return data


async def _send(session: aiohttp.ClientSession, request: Request, budget: float, judge: Judge | None) -> Reply | None:
    name = request.provider
    try:
        async with asyncio.timeout(budget):
            async with session.request(
                "GET" if request.body is None else "POST",
                request.url,
                params=request.params,
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
                middlewares=(_once,),
                timeout=aiohttp.ClientTimeout(total=None),  # ours is the one above
            ) as response:
                body = await _read(response, name, request.max_body)
                status, retry_after = response.status, parse_retry_after(response.headers.get("Retry-After"))
    except TimeoutError as error:
        raise Unavailable(f"no answer within {request.timeout:g} s", provider=name) from error
    except aiohttp.InvalidURL:
        # Without its cause, here and below, where the cause would carry the address into a traceback.
        raise Misconfigured("the configured url is not an HTTP address", provider=name) from None
    except aiohttp.ClientPayloadError as error:
        raise Unavailable("the answer was cut off", provider=name, transient=True) from error
    except (_ConnectionFailed, aiohttp.ClientConnectionError, ConnectionError) as error:
        cause = error.__cause__ if isinstance(error, _ConnectionFailed) else error
        raise Unavailable(f"connection failed ({type(cause).__name__})", provider=name, transient=True) from cause
    except aiohttp.ClientError as error:
        raise Unavailable(f"garbled answer ({type(error).__name__})", provider=name) from None

    if status == 200:
        return Reply(body, retry_after)
    text = redact(body.decode("utf-8", "replace"), request.secrets)
    failure = judge(status, text, retry_after) if judge else error_of(name, status, text, retry_after)
    if failure is None:
        return None
    raise failure


class _ConnectionFailed(Exception):
    """In place of the errors at which aiohttp would repeat the request by itself."""


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Middleware that keeps aiohttp from sending a GET again when its connection broke: the limiter would not know."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _ConnectionFailed from error


async def _read(response: aiohttp.ClientResponse, provider: str, at_most: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > at_most:
            raise Unavailable(f"garbled answer: more than {at_most} bytes", provider=provider)
    return bytes(body)


def error_of(provider: str, status: int, text: str, retry_after: float | None) -> ProviderError:
    """The error that the table of `providers.errors` makes of a reply."""
    if 300 <= status < 400:
        return Misconfigured(f"HTTP {status}: the configured url redirects elsewhere", provider=provider)
    return from_status(provider, status, brief(text), retry_after)


def brief(text: str) -> str:
    """The message in a provider's error text: the JSON forms in use, else its first characters; nothing of HTML."""
    with suppress(orjson.JSONDecodeError):  # it is plain text then
        text = _said(orjson.loads(text)) or text
    text = " ".join(text.split())
    return "" if text.startswith("<") else text[:MAX_DETAIL]


def _said(data: object) -> str | None:
    """The first text under one of SAYING, at any depth."""
    match data:
        case str():
            return data
        case list():
            return next((said for one in data if (said := _said(one))), None)
        case dict():
            return next((said for key in SAYING if (said := _said(data.get(key)))), None)
    return None


def redact(text: str, secrets: Sequence[str]) -> str:
    """`text` with every secret in it masked."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
    return text


#: Seconds: a month, over which the longest quota runs.
MOST_RETRY_AFTER = 31 * 86400.0


def parse_retry_after(value: str | None) -> float | None:
    """Seconds in a Retry-After header, given as seconds or as an HTTP date (RFC 9110, 10.2.3); None if unreadable.

    At most MOST_RETRY_AFTER: servers say anything, and nobody can wait for longer than time lasts.
    """
    if not value:
        return None
    if value.strip().isdecimal():
        return min(float(value), MOST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), MOST_RETRY_AFTER)
