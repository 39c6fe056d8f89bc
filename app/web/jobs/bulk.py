"""Many jobs at a person's word: cancel, retry or delete all that the filters name, a batch a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import bulk
from app.db.jobs.bulk import Action
from app.errors import BadRequest
from app.web.accounts import auth
from app.web.http.request_parsing import read_model
from app.web.http.responses import JSON
from app.web.jobs.filters import JobFilters
from app.web.jobs.records import reader
from app.web.platform import Platform, get_platform

MOST_IDS = 10_000
FIRST = UUID(int=0)
IN_THE_WAY = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError)
"""Someone took one of the jobs' dedupe keys in this very moment."""


class BulkFilters(JobFilters):
    ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MOST_IDS)


class BulkRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: Action
    filters: BulkFilters
    fromStart: bool = False
    """Retry without the checkpoints."""


async def bulk_action(request: Request) -> Response:
    """200 with how many jobs there were to the filters, how many were moved, and how many their states forbade.

    A plain user's own jobs alone. Each batch commits by itself: a request that is cut off has done a part, and does
    the rest when it is sent again.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    asked = await read_model(request, BulkRequest)
    if not asked.filters.model_dump(exclude_none=True):
        supported = sorted(BulkFilters.model_fields)
        raise BadRequest("At least one filter must be provided.", supportedFilters=supported)
    filters = replace(asked.filters.chosen(platform), ids=asked.filters.ids)
    async with platform.pool.acquire() as conn:
        matched, newest = await bulk.count(conn, filters, reader(user))
    changed, after = 0, FIRST
    while newest is not None:
        async with platform.pool.acquire() as conn:
            ids = await bulk.candidates(conn, asked.action, filters, reader(user), after=after, until=newest)
        if not ids:
            break
        changed += await move(platform, user, asked, ids)
        platform.dispatcher.schedule_pass()
        after = ids[-1]
    return JSON({"matched": matched, "changed": changed, "skipped": max(0, matched - changed)})


async def move(platform: Platform, user: User, asked: BulkRequest, ids: Sequence[UUID]) -> int:
    """Move a batch: what is free together, what someone holds one by one. Answers how many were moved."""
    free: list[UUID] = []
    moved = 0
    with suppress(*IN_THE_WAY):
        async with platform.pool.acquire() as conn, conn.transaction():
            locked = await bulk.lock_free(conn, ids)
            moved = await act(conn, user, asked, locked)
        free = locked
    for job_id in sorted(set(ids).difference(free)):
        with suppress(*IN_THE_WAY):
            async with platform.pool.acquire() as conn, conn.transaction():
                moved += await act(conn, user, asked, [job_id])
    return moved


async def act(conn: Connection, user: User, asked: BulkRequest, ids: Sequence[UUID]) -> int:
    moved = await bulk.act(conn, asked.action, ids, from_start=asked.fromStart)
    if moved:
        named = asked.model_dump(mode="json", exclude_none=True, exclude={"filters": {"ids"}})
        details = {**named, "jobs": len(moved), "jobIds": moved}
        await audit.record(conn, f"JOBS_{asked.action.upper()}", details, user_id=user.id)
    return len(moved)
