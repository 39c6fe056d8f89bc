"""HTTP requests to providers: bounded in time and size, with errors from `providers.errors`.

Some providers take their key in the query string. Therefore no message contains a URL, and secrets are masked in every
text that a provider returns.
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

from app.domain.text import json_guard
from app.domain.text.json_guard import MAX_CONTAINERS, MAX_VALUES, UnsafeJson
from providers import metrics
from providers.errors import Busy, Misconfigured, ProviderError, Unavailable, from_status
from providers.latency import Latencies

MAX_BODY = 1 << 20
"""Maximum body size in bytes after decompression; a geocoder's answer has a few kB."""
MAX_ERROR_BODY = 64 << 10
"""Bytes of an error's body that are looked at."""
MAX_BYTES_ON_LOOP = 64 << 10
"""A longer body is parsed in a thread."""
MAX_LARGE_VALUES, MAX_LARGE_CONTAINERS = 3_000_000, 600_000
"""JSON values, and the objects and lists among them, in the largest answers: 10,000 addresses, the places of a city."""
MAX_DETAIL = 200
"""Maximum number of characters of a provider's error text in our message."""
MIN_RETRY_BUDGET = 0.25
"""Seconds of the budget that must be left for a second try."""
RETRY_PAUSE_SECONDS = (0.05, 0.2)
"""The shortest and the longest pause before a second try."""

MESSAGE_KEYS = (
    "error_message", "error_description", "error", "errors", "message", "title", "cause", "status", "meta", "geocoding",
    "results",
)  # fmt: skip
"""Keys under which providers put an error message, the most specific first."""

Judge = Callable[[int, str, float | None], ProviderError | None]
"""Takes (status, text, retry_after) of a reply other than 200; returns its error, or None for no match."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """A GET, or with a `body` a POST, whose content type is in `headers`.

    `secrets` are strings that must never occur in a message or a log. `timeout` is in seconds, `max_body` in bytes.
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
class HttpReply:
    """A reply with status 200. `retry_after` is in seconds, if the provider asks for a pause."""

    body: bytes
    retry_after: float | None = None


@dataclass(slots=True)
class _Budget:
    left: float  # seconds


async def exchange(
    session: aiohttp.ClientSession,
    request: Request,
    admit: Callable[[], Awaitable[None]],
    read: Callable[[HttpReply], Awaitable[T]],
    judge: Judge | None = None,
    latencies: Latencies | None = None,
    admitted: bool = False,
) -> T | None:
    """Send `request`, with one quick retry after a transient failure.

    Returns what `read` makes of a 200, or None if `judge` recognises no match. `admit` (the rate limiter) is awaited
    before each try, except before the first if `admitted`; if it raises Busy before the retry, the first failure is
    raised. Waiting for `admit` does not count: all tries together take at most `request.timeout`. Raises ProviderError.
    """
    budget = _Budget(request.timeout)
    failure: Unavailable | None = None

    async def send() -> T | None:
        nonlocal failure
        if failure is not None or not admitted:
            try:
                with metrics.RATE_LIMIT_WAIT.labels(request.provider).time():
                    await admit()
            except Busy:
                if failure is not None:
                    raise failure from None
                raise
        started = time.monotonic()
        outcome = "cancelled"
        try:
            reply = await _send(session, request, budget.left, judge)
            result = None if reply is None else await read(reply)
            outcome = "no_match" if reply is None else "ok"
            return result
        except Unavailable as error:
            failure = error
            outcome = metrics.outcome_of(error)
            raise
        except Exception as error:
            outcome = metrics.outcome_of(error)
            raise
        finally:
            seconds = time.monotonic() - started
            budget.left -= seconds
            metrics.CALLS.labels(request.provider, outcome).inc()
            metrics.SECONDS.labels(request.provider).observe(seconds)
            if latencies is not None:
                latencies.add(seconds)

    def is_worth_a_retry(error: BaseException) -> bool:
        return isinstance(error, Unavailable) and error.transient and budget.left > MIN_RETRY_BUDGET

    retrying = AsyncRetrying(
        retry=retry_if_exception(is_worth_a_retry),
        stop=stop_after_attempt(2),
        wait=wait_random(*RETRY_PAUSE_SECONDS),
        reraise=True,
    )
    return await retrying(send)


def parse_json(
    body: bytes, provider: str, *, max_values: int = MAX_VALUES, max_containers: int = MAX_CONTAINERS
) -> Any:
    """Return the JSON in `body`. Raises Unavailable for anything else, and for JSON that is too deep or too large."""
    try:
        data = json_guard.parse_json(body, max_values=max_values, max_containers=max_containers)
    except UnsafeJson as error:
        raise Unavailable(f"garbled answer: {error}", provider=provider) from None
    except orjson.JSONDecodeError as error:
        raise Unavailable("garbled answer: not JSON", provider=provider) from error
    if data is None:
        raise Unavailable("garbled answer: null", provider=provider)
    return data


async def parse_json_off_loop(body: bytes, provider: str) -> Any:
    """Return the JSON in `body`, parsed in a thread if it is long. Raises as `parse_json`."""
    if len(body) <= MAX_BYTES_ON_LOOP:
        return parse_json(body, provider)
    return await asyncio.to_thread(parse_json, body, provider)


async def _send(
    session: aiohttp.ClientSession, request: Request, budget: float, judge: Judge | None
) -> HttpReply | None:
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
        # "from None", here and below: the cause would show the URL in a traceback.
        raise Misconfigured("the configured url is not an HTTP address", provider=name) from None
    except aiohttp.ClientPayloadError as error:
        raise Unavailable("the answer was cut off", provider=name, transient=True) from error
    except (_ConnectionFailed, aiohttp.ClientConnectionError, ConnectionError) as error:
        cause = error.__cause__ if isinstance(error, _ConnectionFailed) else error
        raise Unavailable(f"connection failed ({type(cause).__name__})", provider=name, transient=True) from cause
    except aiohttp.ClientError as error:
        raise Unavailable(f"garbled answer ({type(error).__name__})", provider=name) from None

    if status == 200:
        return HttpReply(body, retry_after)
    text = redact(body[:MAX_ERROR_BODY].decode("utf-8", "replace"), request.secrets)
    failure = judge(status, text, retry_after) if judge else error_of(name, status, text, retry_after)
    if failure is None:
        return None
    raise failure


class _ConnectionFailed(Exception):
    """Replaces the errors after which aiohttp would repeat the request by itself."""


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Middleware that stops aiohttp from repeating a GET after a broken connection, past the rate limiter."""
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
    """Return the error for a reply, from the table in `providers.errors`."""
    if 300 <= status < 400:
        return Misconfigured(f"HTTP {status}: the configured url redirects elsewhere", provider=provider)
    return from_status(provider, status, brief(text), retry_after)


def brief(text: str) -> str:
    """Return the message in a provider's error body: from JSON if possible, otherwise its beginning; empty for HTML."""
    with suppress(orjson.JSONDecodeError, UnsafeJson):  # plain text
        text = _find_message(json_guard.parse_json(text)) or text
    text = " ".join(text.split())
    return "" if text.startswith("<") else text[:MAX_DETAIL]


def _find_message(data: object) -> str | None:
    """Return the first text under one of MESSAGE_KEYS, at any depth."""
    match data:
        case str():
            return data
        case list():
            return next((message for entry in data if (message := _find_message(entry))), None)
        case dict():
            return next((message for key in MESSAGE_KEYS if (message := _find_message(data.get(key)))), None)
    return None


def redact(text: str, secrets: Sequence[str]) -> str:
    """Return `text` with all secrets masked."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
    return text


MAX_RETRY_AFTER_SECONDS = 31 * 86400.0
"""A month, the period of the longest quotas."""


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds in a Retry-After header, a number or an HTTP date (RFC 9110, 10.2.3), or None if invalid.

        At most MAX_RETRY_AFTER_SECONDS, because servers send arbitrarily large values.
    --
    """
    if not value:
        return None
    if value.strip().isdecimal():
        return min(float(value), MAX_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), MAX_RETRY_AFTER_SECONDS)
