"""A client of the REST API, used by the command line.

ApiError            the request failed; the message says why
├── NotReachable    no answer
└── AccessDenied    401 or 403: the key is missing, wrong or lacks the permission
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import aiohttp

Json = dict[str, Any]

GET_TRIES = 5
FIRST_PAUSE = 0.2
"""Seconds before the second try of an unanswered GET; doubled each time, 3 s in total."""
TERMINAL = frozenset({"completed", "failed", "cancelled"})


class ApiError(Exception):
    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NotReachable(ApiError):
    pass


class AccessDenied(ApiError):
    pass


class Client:
    """An async context manager for requests to one platform with one key. All methods raise ApiError."""

    def __init__(self, url: str, key: str | None = None, *, timeout: float = 60.0) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def __aenter__(self) -> Client:
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, params: Mapping[str, str | int | None] | None = None) -> Json:
        """Send a GET; it is repeated for a few seconds if there is no answer. Parameters that are None are omitted."""
        chosen = _given(params)
        pause = FIRST_PAUSE
        for _ in range(GET_TRIES - 1):
            try:
                return await self._send("GET", path, params=chosen)
            except NotReachable:
                await asyncio.sleep(pause)
                pause *= 2
        return await self._send("GET", path, params=chosen)

    async def post(self, path: str, body: Any = None, *, params: Mapping[str, str] | None = None) -> Json:
        return await self._send("POST", path, json=body, params=params)

    async def post_csv(self, path: str, text: str, *, params: Mapping[str, str] | None = None) -> Json:
        headers = {"Content-Type": "text/csv; charset=utf-8"}
        return await self._send("POST", path, data=text.encode(), headers=headers, params=params)

    async def patch(self, path: str, body: Any) -> Json:
        return await self._send("PATCH", path, json=body)

    async def post_file(self, path: str, file: Path, *, params: Mapping[str, str] | None = None) -> Json:
        """Stream a file as the request body, without a timeout."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        }
        with file.open("rb") as data:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=300)
            return await self._send("POST", path, data=data, headers=headers, params=params, timeout=timeout)

    async def download(self, path: str, file: Path, params: Mapping[str, str | int | None] | None = None) -> None:
        """Stream a response to a file. The file appears only when the response is complete."""
        part = file.with_name(file.name + ".part")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=300)
        try:
            async with self._session.get(self.url + path, params=_given(params), timeout=timeout) as response:
                if response.status >= 400:
                    raise _refusal(response, await _body(response))
                with part.open("wb") as target:
                    async for block in response.content.iter_any():
                        target.write(block)
        except (aiohttp.ClientError, TimeoutError) as error:
            part.unlink(missing_ok=True)
            raise self._not_reachable(error) from error
        part.replace(file)

    async def text(self, path: str, params: Mapping[str, str]) -> str:
        """Send a GET and return the response as text."""
        try:
            async with self._session.get(self.url + path, params=params) as response:
                if response.status >= 400:
                    raise _refusal(response, await _body(response))
                return await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._not_reachable(error) from error

    async def delete(self, path: str) -> None:
        await self._send("DELETE", path)

    async def readiness(self) -> tuple[bool, Json]:
        """Return whether the platform is ready, and the state of its parts."""
        try:
            async with self._session.get(self.url + "/readyz") as response:
                return response.status == 200, await _body(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._not_reachable(error) from error

    async def follow(self, job_id: str) -> AsyncIterator[Json]:
        """Yield the job now and after every poll interval, until it is finished."""
        while True:
            job = await self.get(f"/api/v1/jobs/{job_id}")
            yield job
            if job["status"] in TERMINAL:
                return
            await asyncio.sleep(job["poll_interval_ms"] / 1000)

    async def _send(self, method: str, path: str, **options: Any) -> Json:
        try:
            async with self._session.request(method, self.url + path, **options) as response:
                body = await _body(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._not_reachable(error) from error
        if response.status >= 400:
            raise _refusal(response, body)
        return body

    def _not_reachable(self, error: Exception) -> NotReachable:
        return NotReachable(f"no answer from {self.url}: {error or 'timed out'}")


def _given(params: Mapping[str, str | int | None] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (params or {}).items() if value is not None}


async def _body(response: aiohttp.ClientResponse) -> Json:
    """Return the JSON object of a response, or {} if there is none (a 204, or the error page of a proxy)."""
    if not response.content_type.endswith("json"):
        return {}
    try:
        body = await response.json(content_type=None)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {"items": body}


def _refusal(response: aiohttp.ClientResponse, body: Json) -> ApiError:
    """Convert a problem+json response, with its field errors, to an ApiError."""
    said = str(body.get("detail") or body.get("error") or body.get("title") or response.reason)
    details: Sequence[Any] = body.get("errors") or ()
    fields = [f"  {e.get('field', '')}: {e.get('message') or e.get('error')}" for e in details if isinstance(e, dict)]
    kind = AccessDenied if response.status in (401, 403) else ApiError
    return kind("\n".join([f"{said} ({response.status})", *fields]), response.status)
