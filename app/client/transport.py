"""Requests and responses, with retries: what all methods of the client stand on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import quote
from uuid import UUID, uuid4

import aiohttp
from pydantic import TypeAdapter, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from app.client.errors import (
    ApiError,
    Conflict,
    Limited,
    NotFound,
    NotReachable,
    ServerError,
    Unavailable,
    UnexpectedResponse,
    api_error,
)
from app.client.files import Upload
from app.client.model import Model

T = TypeVar("T")

TRIES = 5
FIRST_PAUSE = 0.2
"""Seconds before the second try; doubled each time, about 3 s in total."""
MAX_RETRY_AFTER = 60.0
"""Seconds that a response may ask to wait before the next try; for a longer wait its error is raised."""
CONNECT_SECONDS = 30.0
STALLED_SECONDS = 300.0
"""How long an upload or a download may make no progress; neither has another limit."""
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Request:
    """A request; parameters and headers that are None are left out.

    `body` is JSON or a model, or an Upload. `accept` are error statuses whose bodies are ordinary responses.
    """

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    accept: Container[int] = ()

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it again after a lost connection does no harm."""
        if isinstance(self.body, Upload) and not self.body.is_repeatable:
            return False
        return self.method in REPEATABLE or KEY in self.headers


def new_key() -> str:
    """Return an Idempotency-Key."""
    return uuid4().hex


def path_segment(value: object) -> str:
    """Return a value as one segment of a path."""
    return quote(str(value), safe="")


class Transport:
    """Sends requests to one platform with one key. All methods raise TrigpointError."""

    def __init__(self, url: str, key: str | None, timeout_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def json(self, request: Request, *, retries: bool = True) -> Any:
        """Return the JSON of the response; {} if it has none, as a 204 or the page of a proxy."""

        async def send() -> Any:
            async with self.response(request) as response:
                return await self._json(response)

        return await (self.retrying(request, send) if retries else send())

    async def model(self, request: Request, type_: Any) -> Any:
        """Return the response as a value of this type."""
        return as_type(type_, await self.json(request))

    @asynccontextmanager
    async def response(
        self, request: Request, *, timeout: aiohttp.ClientTimeout | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request once and yield the response, whose body has not been read."""
        headers = {name: value for name, value in request.headers.items() if value is not None}
        options: dict[str, Any] = {"params": _parameters(request.query), "timeout": timeout or self._timeout}
        if isinstance(request.body, Upload):
            headers |= request.body.headers()
            options["data"] = request.body.blocks()
            options["timeout"] = timeout or streaming()
        elif request.body is not None:
            headers["Content-Type"] = "application/json"
            options["data"] = json.dumps(_jsonable(request.body)).encode()
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers)
        try:
            async with self._session.request(
                request.method, self.url + request.path, headers=headers, **options
            ) as response:
                if response.status >= 400 and response.status not in request.accept:
                    problem = await self._json(response)
                    raise api_error(
                        response.status,
                        response.reason or "",
                        problem if isinstance(problem, dict) else {},
                        _retry_after(response),
                    )
                yield response
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise self.not_reachable(error) from error

    async def retrying(self, request: Request, send: Callable[[], Awaitable[T]]) -> T:
        """Send a request until there is a response, as long as sending it again cannot do anything twice."""
        lost = False

        def may_repeat(error: BaseException) -> bool:
            nonlocal lost
            was_lost, lost = lost, lost or isinstance(error, NotReachable)
            return _may_repeat(request, error, was_lost=was_lost)

        retries = AsyncRetrying(
            stop=stop_after_attempt(TRIES),
            wait=_pause,
            retry=retry_if_exception(may_repeat),
            sleep=asyncio.sleep,
            reraise=True,
        )
        try:
            return await retries(send)
        except NotFound:
            if lost and request.method == "DELETE":  # the try without a response has deleted it
                return cast(T, {})
            raise

    def not_reachable(self, error: Exception) -> NotReachable:
        sent = not isinstance(error, aiohttp.ClientConnectorError)
        return NotReachable(f"no answer from {self.url}: {str(error) or 'timed out'}", sent=sent)

    async def _json(self, response: aiohttp.ClientResponse) -> Any:
        if not response.content_type.endswith("json"):
            return {}
        try:
            return await response.json(content_type=None)
        except ValueError:
            return {}


def streaming() -> aiohttp.ClientTimeout:
    """Return the limits of an upload or a download, which may take any time while it makes progress."""
    return aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=STALLED_SECONDS)


def as_type(type_: Any, body: Any) -> Any:
    """Return JSON as a value of this type. Raises UnexpectedResponse."""
    try:
        return _adapter(type_).validate_python(body)
    except ValidationError as error:
        raise UnexpectedResponse(f"unexpected response, as of another version: {error}") from error


@cache
def _adapter(type_: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_)


def _may_repeat(request: Request, error: BaseException, *, was_lost: bool) -> bool:
    match error:
        case NotReachable():
            return request.is_repeatable or not error.sent
        case Limited():  # refused before anything was done
            return error.retry_after is not None and error.retry_after <= MAX_RETRY_AFTER
        case Unavailable():
            return request.is_repeatable and (error.retry_after or 0.0) <= MAX_RETRY_AFTER
        case ServerError():
            return request.is_repeatable and error.status in (502, 504)  # of a proxy
        case Conflict():  # the try without a response is still running
            return was_lost and KEY in request.headers
    return False


_backoff = wait_exponential_jitter(multiplier=FIRST_PAUSE, max=10.0, jitter=FIRST_PAUSE)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, ApiError) and error.retry_after is not None:
        return error.retry_after
    return _backoff(state)


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Return the Retry-After of a response in seconds, of whichever form (RFC 9110, section 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _parameters(query: Mapping[str, Any]) -> dict[str, str]:
    return {name: _parameter(value) for name, value in query.items() if value is not None}


def _parameter(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case Mapping() | list():
            return json.dumps(value)
    return str(value)


def _jsonable(value: Any) -> Any:
    match value:
        case Model():
            return value.to_json()
        case Mapping():
            return {name: _jsonable(part) for name, part in value.items()}
        case list() | tuple():
            return [_jsonable(part) for part in value]
        case UUID() | date():
            return _parameter(value)
    return value
