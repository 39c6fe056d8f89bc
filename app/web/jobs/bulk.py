"""`POST /api/v1/jobs/bulk`: cancel, retry or delete all jobs that match a filter, one transaction per batch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import asyncpg
from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import bulk
from app.db.jobs.bulk import Action
from app.db.jobs.creator import Creator
from app.errors import BadRequest, LimitReached
from app.web.accounts import auth
from app.web.http.known_fields import wire_names
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import operation
from app.web.http.request_parsing import read_model
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.jobs.filters import JobFilters
from app.web.platform import Platform, get_platform

MAX_IDS = 10_000
NIL = UUID(int=0)
LOST_RACES = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError)
"""Raised when another transaction takes the dedupe key of one of the jobs at the same time."""


class BulkFilters(JobFilters):
    ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MAX_IDS)


class BulkRequest(RequestModel):
    """An action on all jobs that match the filters; at least one filter is needed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"action": "retry", "filters": {"type": "voter_import", "status": "failed"}}]}
    )

    action: Action
    filters: BulkFilters
    from_start: bool = False
    """For retries: discard checkpoints, counters and item errors."""


class BulkResult(ResponseModel):
    matched: int
    changed: int
    skipped: int
    """Those whose status forbids the action."""


@operation("changeJobs", tag="Jobs", body=BulkRequest, returns={200: BulkResult}, errors=[LimitReached])
async def bulk_action(request: Request) -> Response:
    """Cancel, retry or delete all your jobs that match the filters.

    Administrators reach the jobs of all users. Each batch commits on its own: a request that is cut off has done a
    part, and does the rest when it is sent again.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    command = await read_model(request, BulkRequest)
    if not command.filters.model_dump(exclude_none=True):
        supported = sorted(wire_names(BulkFilters))
        raise BadRequest(
            f"Give at least one filter; supported filters are {', '.join(supported)}.", supportedFilters=supported
        )
    filters = replace(command.filters.to_filters(platform), ids=command.filters.ids)
    async with platform.pool.acquire() as conn:
        matched, newest = await bulk.count_matches(conn, filters, reader_id(user))
    changed, after = 0, NIL
    while newest is not None:
        async with platform.pool.acquire() as conn:
            ids = await bulk.list_candidates(conn, command.action, filters, reader_id(user), after=after, until=newest)
        if not ids:
            break
        changed += await _apply_to_batch(platform, user, command, ids)
        platform.dispatcher.schedule_pass()
        after = ids[-1]
    return JSON(BulkResult(matched=matched, changed=changed, skipped=max(0, matched - changed)))


async def _apply_to_batch(platform: Platform, user: User, command: BulkRequest, ids: Sequence[UUID]) -> int:
    """Return how many jobs changed: unlocked ones together, locked ones one transaction each, which waits for them."""
    free: list[UUID] = []
    changed = 0
    with suppress(*LOST_RACES):
        async with (
            platform.pending_limit.creator(user) as creator,
            platform.pool.acquire() as conn,
            conn.transaction(),
        ):
            locked = await bulk.lock_available(conn, ids)
            changed = await _apply(conn, user, creator, command, locked)
        free = locked
    for job_id in sorted(set(ids).difference(free)):
        with suppress(*LOST_RACES):
            async with (
                platform.pending_limit.creator(user) as creator,
                platform.pool.acquire() as conn,
                conn.transaction(),
            ):
                changed += await _apply(conn, user, creator, command, [job_id])
    return changed


async def _apply(conn: Connection, user: User, creator: Creator, command: BulkRequest, ids: Sequence[UUID]) -> int:
    changed = await bulk.apply(conn, command.action, ids, creator, from_start=command.from_start)
    if changed:
        asked = command.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"filters": {"ids"}})
        details = {**asked, "jobs": len(changed), "jobIds": changed}
        await audit.record(conn, f"JOBS_{command.action.upper()}", details, user_id=user.id)
    return len(changed)
