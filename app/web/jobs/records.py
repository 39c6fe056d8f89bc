"""Jobs of any kind: create, read, wait for, list, and what went wrong with their items."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.records import Inserted
from app.domain.jobs.kind_code import KindFailed, guard_kind_code
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import DERIVED, NewJob
from app.domain.jobs.status import Status
from app.errors import BadRequest, Invalid, NotFound
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.request_parsing import path_id, query, read_json
from app.web.http.responses import JSON
from app.web.jobs import presenters
from app.web.jobs.filters import JobFilters
from app.web.platform import Platform, get_platform

MOST_A_REQUEST = 10_000
BODY_LIMIT = 20_000_000
LONGEST_WAIT = 30.0
"""Seconds that `Prefer: wait=N` may hold an answer back."""


class JobRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: str
    data: dict[str, Any] = {}
    priority: int = Field(default=5, ge=1, le=9)
    """1 first."""
    dedupeKey: str | None = Field(default=None, min_length=1, max_length=255)


async def create(request: Request) -> Response:
    """202 with the job, or with the list of jobs for a list; nothing is created unless all of it is valid."""
    user = await auth.require(request)
    platform = get_platform(request)
    body, value = await read_json(request, BODY_LIMIT)
    many = isinstance(value, list)
    entries = value if many else [value]
    if not 1 <= len(entries) <= MOST_A_REQUEST:
        raise BadRequest(f"Send 1 to {MOST_A_REQUEST:,} jobs a request; this one has {len(entries):,}.")
    new = [validated(platform, user, entry, f"{i}" if many else "") for i, entry in enumerate(entries)]

    async def insert(conn: Connection) -> Response:
        return created(await jobs.insert(conn, new, user.id), many)

    response = await idempotency.once(request, user, body, insert)
    platform.dispatcher.schedule_pass()
    return response


def validated(platform: Platform, user: User, entry: Any, place: str) -> NewJob:
    """One requested job, checked by its kind's schema. `place` is where it stands in a list."""
    try:
        asked = JobRequest.model_validate(entry)
        spec = platform.kind(asked.type)
        if spec is None:
            known = ", ".join(sorted(platform.specs))
            raise Invalid([(f"{place}.type".lstrip("."), f"is no kind of job; there are: {known}")])
        prefix = f"{place}.data".lstrip(".")
        key = f"{user.id}:{asked.dedupeKey}" if asked.dedupeKey else DERIVED
        with guard_kind_code(spec.kind):
            return spec.new_job(spec.args.model_validate(asked.data), priority=asked.priority, dedupe_key=key)
    except ValidationError as error:
        raise invalid(error, place if error.title == JobRequest.__name__ else prefix) from None
    except KindFailed as error:
        raise Invalid([(prefix, f"cannot be checked: {error}")]) from error


def created(inserted: list[Inserted], many: bool) -> Response:
    entries = [{"jobId": str(one.id), "isNew": one.is_new, "status": Status.PENDING} for one in inserted]
    hint = {"poll_interval_ms": FIRST_MS}
    headers = {"Retry-After": retry_after(FIRST_MS)}
    if many:
        return JSON({"success": True, "jobs": entries, "total": len(entries)} | hint, 202, headers)
    location = {"Location": f"/api/v1/jobs/{inserted[0].id}"}
    return JSON({"success": True} | entries[0] | hint, 202, headers | location)


async def show(request: Request) -> Response:
    """The job; with `Prefer: wait=N` after its end or N seconds, whichever is first. 304 where the ETag still holds."""
    return await shown(request, lambda row: (presenters.job(row), 200))


async def shown(request: Request, present: Callable[[Record], tuple[dict[str, Any], int]]) -> Response:
    """`show` in a presenter's words and with its status code."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    row = await find(platform, job_id, user)
    headers: dict[str, str] = {}
    wait = preferred_wait(request)
    if wait is not None:
        row = await wait_for_end(platform, job_id, user, row, wait)
        headers["Preference-Applied"] = f"wait={wait:g}"
    body, status = present(row)
    headers |= {"ETag": f'W/"{version(row)}"', "Cache-Control": "private, no-cache"}
    if "poll_interval_ms" in body:
        headers["Retry-After"] = retry_after(body["poll_interval_ms"])
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSON(body, status, headers)


def version(row: Record) -> str:
    """Changes with the job."""
    return f"{int(row['updated_at'].timestamp() * 1_000_000):x}"


async def find(platform: Platform, job_id: UUID, user: User) -> Record:
    async with platform.pool.acquire() as conn:
        row = await jobs.get(conn, job_id, reader(user))
    if row is None:
        raise NotFound(f"There is no job {job_id}.")
    return row


def reader(user: User) -> UUID | None:
    """Whose jobs the user may see; None is everyone's."""
    return None if user.is_admin else user.id


async def wait_for_end(platform: Platform, job_id: UUID, user: User, row: Record, wait: float) -> Record:
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    async with platform.changes.watch(job_id) as changed:
        row = await find(platform, job_id, user)
        while row["completed_at"] is None and (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await changed.wait()
            except TimeoutError:
                break
            changed.clear()
            row = await find(platform, job_id, user)
    return row


def preferred_wait(request: Request) -> float | None:
    """The N of `Prefer: wait=N` (RFC 7240), at most LONGEST_WAIT; what is no number is ignored, as the RFC says."""
    for preference in request.headers.get("prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.lower() == "wait" and value.strip('"').isdecimal():
            return min(float(value.strip('"')), LONGEST_WAIT)
    return None


def matches(if_none_match: str | None, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag.removeprefix("W/") in tags or "*" in tags


class ListQuery(Paging, JobFilters):
    cursor: UUID | None = None


async def index(request: Request) -> Response:
    """The caller's jobs (an admin's: all), newest first. `nextCursor` continues where new jobs shift an offset."""
    user = await auth.require(request)
    platform = get_platform(request)
    asked = query(request, ListQuery)
    async with platform.pool.acquire() as conn:
        rows, total = await jobs.select(
            conn, asked.chosen(platform), reader(user), before=asked.cursor, limit=asked.limit, offset=asked.offset
        )
    next_cursor = str(rows[-1]["id"]) if len(rows) == asked.limit else None
    page = page_of("jobs", [presenters.job(row) for row in rows], total, asked)
    return JSON(page | {"nextCursor": next_cursor})


async def errors(request: Request) -> Response:
    """Every item of the job that failed, oldest first."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), query(request, Paging)
    async with platform.pool.acquire() as conn:
        found = await jobs.errors(conn, job_id, reader(user), limit=paging.limit, offset=paging.offset)
    if found is None:
        raise NotFound(f"There is no job {job_id}.")
    rows, total = found
    entries = [
        presenters.item_error(
            r["item_id"], r["address"], r["error"], r["at"], r["detail"] and orjson.loads(r["detail"])
        )
        for r in rows
    ]
    return JSON(page_of("errors", entries, total, paging))


async def timeline(request: Request) -> Response:
    """What happened to the job, oldest first, beginning with its creation."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), query(request, Paging)
    async with platform.pool.acquire() as conn:
        found = await jobs.timeline(conn, job_id, reader(user), limit=paging.limit, offset=paging.offset)
    if found is None:
        raise NotFound(f"There is no job {job_id}.")
    rows, total = found
    events = [presenters.event(row) for row in rows]
    return JSON(page_of("events", events, total, paging))
