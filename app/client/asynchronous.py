"""`Client`: the REST API as a class, for asyncio."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from types import TracebackType
from typing import Any, Protocol
from uuid import UUID

from app.client import models
from app.client.downloads import Download
from app.client.errors import JobCancelled, JobFailed, WaitTimeout
from app.client.files import Progress, Upload
from app.client.following import follow
from app.client.operations import Operations
from app.client.transport import KEY, Request, Transport, as_type


class Created(Protocol):
    """A response to a request that created a job."""

    @property
    def job_id(self) -> UUID | None: ...


JobRef = models.Job | Created | UUID | str
"""A job, the response to the request that created it, or its id."""

URL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 60.0


class Client(Operations):
    """All operations of one platform with one key. Close it, or use it as `async with Client() as client`.

    `url` defaults to the variable TRIGPOINT_URL, or else to http://127.0.0.1:8000, and `key` to TRIGPOINT_API_KEY.
    `timeout` is in seconds per try, without uploads and downloads: those end when they stall.

    Methods raise TrigpointError, and OSError for files that cannot be read or written. A request that fails for the
    moment is sent again, up to five times, as long as that cannot do anything twice.
    """

    def __init__(self, url: str | None = None, key: str | None = None, *, timeout: float = TIMEOUT_SECONDS) -> None:
        url = url or os.environ.get("TRIGPOINT_URL") or URL
        self.transport = Transport(url, key or os.environ.get("TRIGPOINT_API_KEY"), timeout)

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self.transport.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Send a request for which there is no method, or whose response is wanted as it is, and return its JSON.

        A list becomes the member `items`. `body` is JSON or a model, or with a `media_type` a file. With an
        `idempotency_key` (see `new_key`), the request is also sent again after a lost connection.
        """
        body = await self.transport.json(
            Request(
                method,
                path,
                query=query or {},
                body=body if media_type is None else Upload(body, media_type, media_type, on_progress),
                headers={} if idempotency_key is None else {KEY: idempotency_key},
            )
        )
        return body if isinstance(body, dict) else {"items": body}

    def download(self, path: str, *, query: Mapping[str, Any] | None = None) -> Download:
        """Return a file for which there is no method."""
        return Download(self.transport, Request("GET", path, query=query or {}))

    async def create_job(
        self, request: models.JobRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.JobCreated:
        """Create a job, such as `GeocodeHouseholdsJob(data=…)`.

        `idempotency_key`: repeating the request with it returns the same job; without it, a new key is made for each
        call and kept for its retries.
        """
        created = await self.create_jobs(request, idempotency_key=idempotency_key)
        assert isinstance(created, models.JobCreated)
        return created

    async def follow_job(self, job: JobRef) -> AsyncGenerator[models.Job, None]:
        """Yield a job as it is now, and after each change until it has finished.

        By server-sent events, or by polling where they do not arrive. A lost connection, or a restart of the platform,
        only delays it.
        """
        async with aclosing(follow(self.transport, _id_of(job))) as states:
            async for state in states:
                yield as_type(models.Job, state)

    async def wait_for(
        self,
        job: JobRef,
        *,
        on_progress: Callable[[models.Job], object] | None = None,
        timeout: float | None = None,
    ) -> models.Job:
        """Wait until a job has completed and return it.

        `on_progress` is called with the job after each change. `timeout` is in seconds; without it, there is no limit.
        Raises JobFailed and JobCancelled, and WaitTimeout, which leaves the job as it is.
        """
        last: models.Job | None = None
        try:
            async with asyncio.timeout(timeout) as limit, aclosing(self.follow_job(job)) as states:
                async for last in states:
                    if on_progress is not None:
                        on_progress(last)
        except TimeoutError as error:
            if not limit.expired():  # of `on_progress`
                raise
            raise WaitTimeout(f"job {_id_of(job)} has not finished within {timeout} seconds", last) from error
        assert last is not None
        match last.status:
            case "failed":
                raise JobFailed(last)
            case "cancelled":
                raise JobCancelled(last)
        return last


def _id_of(job: JobRef) -> UUID | str:
    match job:
        case UUID() | str():
            return job
        case models.Job():
            return job.id
    if job.job_id is None:
        raise ValueError("the job belongs to another user, and cannot be followed")
    return job.job_id
