"""Researching a company: a fresh report at once, or the job that writes one; within a quota, and inside the request
where that is wanted."""

from __future__ import annotations

from typing import Any

import asyncpg
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import quota, reports
from app.db.companies import records as companies
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import ledger
from app.db.jobs import records as jobs
from app.db.jobs.ledger import Claimed
from app.domain.companies.input import SLUG, Name, Website
from app.domain.companies.kinds import COMPANY_RESEARCH, ResearchArgs
from app.domain.companies.research.sections import SECTIONS
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.errors import Invalid, NotFound, QuotaExceeded
from app.web.accounts import auth
from app.web.dialects import companies as dialect_companies
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.jobs import durations
from app.web.jobs.access import get_job
from app.web.platform import Platform, get_platform

NEAR = 100
"""More researches than requests of one user can be under way at once."""


class ResearchRequest(BaseModel):
    """In the body, the query, or not at all."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    force_refresh: bool = Field(default=False, validation_alias=AliasChoices("force_refresh", "forceRefresh"))
    sync: bool = False
    company_name: Name | None = Field(
        default=None, validation_alias=AliasChoices("company_name", "companyName", "name")
    )
    website: Website = None
    priority: int = Field(default=5, ge=1, le=9)


async def create(request: Request) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    raw = await request_parsing.read_body(request)
    asked = _asked(request, raw)
    sync = asked.sync or not platform.settings.use_queue_processing
    claimed: list[Claimed] = []

    async def insert(conn: Connection) -> Response:
        return await _insert(request, conn, user, asked, claimed if sync else None)

    response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    if not claimed:
        return response
    await platform.processor.run(claimed[0])
    return await _finished(request, platform, user, claimed[0], response)


def _asked(request: Request, raw: bytes) -> ResearchRequest:
    value = request_parsing.parse_json(raw) if raw.strip() else {}
    if not isinstance(value, dict):
        raise Invalid([("", "Send a JSON object, or nothing.")])
    try:
        return ResearchRequest.model_validate({**request.query_params, **value})
    except ValidationError as error:
        raise invalid(error) from None


async def _insert(
    request: Request, conn: Connection, user: User, asked: ResearchRequest, claimed: list[Claimed] | None
) -> Response:
    """A fresh report, or the job; with `claimed` the new job is claimed here and put there."""
    platform = get_platform(request)
    settings = platform.settings
    company = await _company(conn, request.path_params["company"], asked, user)
    if not asked.force_refresh:
        model = settings.llm_model or "extractive"
        fresh = await reports.fresh(conn, company["id"], settings.research_fresh_days, model)
        if fresh is not None:
            used = await quota.used(conn, user.id)
            return await _reused(conn, user, fresh, _quota(used, settings.research_quota))
    estimate = await durations.estimate_seconds(request, conn, COMPANY_RESEARCH)
    used = await quota.used(conn, user.id)
    if used + NEAR > settings.research_quota:  # elsewhere the user's requests need not wait for each other's commits
        await quota.lock(conn, user.id)
        used = await quota.used(conn, user.id)
    new = COMPANY_RESEARCH.new_job(
        ResearchArgs(company_id=company["id"]), priority=asked.priority, total_items=len(SECTIONS)
    )
    [job] = await jobs.insert(conn, [new], user.id)
    if job.is_new and used >= settings.research_quota:
        raise QuotaExceeded(
            f"The {settings.research_quota} researches of this month are used up; the next month begins at 00:00 UTC"
            " on its first day.",
            retry_after=await quota.seconds_to_next_month(conn),
            quota=_quota(used, settings.research_quota),
        )
    details = {"companyId": company["id"], "forceRefresh": asked.force_refresh}
    if job.is_new:
        await audit.record(conn, "COMPANY_RESEARCH_QUEUED", details, user_id=user.id, job_id=job.id)
        if claimed is not None:
            claimed += await ledger.claim_ready(conn, [job.id], platform.processor.worker_id, settings.lease_seconds)
    content = {
        "job_id": job.id,
        "status": "queued",
        "is_new": job.is_new,
        "company_id": company["id"],
        "estimated_completion_seconds": round(estimate) or 1,
        "poll_url": f"/api/jobs/{job.id}",
        "poll_interval_ms": FIRST_MS,
        "quota": _quota(used + job.is_new, settings.research_quota),
    }
    headers = {"Location": f"/api/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(content, 202, headers)


async def _company(conn: Connection, key: str, asked: ResearchRequest, user: User) -> asyncpg.Record:
    """The company by our id or the client's own; one that the client names for the first time is made."""
    row = await companies.find(conn, key) if "\0" not in key else None
    if row is None:
        if not SLUG.fullmatch(key):
            raise Invalid([("companyId", "must be a company's id or 1 to 128 letters, digits or any of . _ : ~ -")])
        if companies.is_uuid(key):
            raise NotFound(f"There is no company {key}.")
        row = await companies.ensure(conn, key, asked.company_name, user.id)
    given: dict[str, Any] = {}
    if asked.company_name and row["name"] == row["external_id"]:
        given["name"] = asked.company_name
    if asked.website and row["website"] is None:
        given["website"] = asked.website
    return (await companies.update(conn, row["id"], given) or row) if given else row


def _quota(used: int, limit: int) -> dict[str, int]:
    return {"researches_used": used, "researches_limit": limit, "researches_remaining": max(0, limit - used)}


async def _reused(conn: Connection, user: User, fresh: asyncpg.Record, quota_now: dict[str, int]) -> Response:
    """The finished job of a report that is fresh enough; who gets it may read its job, too."""
    if fresh["job_exists"]:
        await jobs.grant_read(conn, fresh["job_id"], user.id)
    result = await reports.result(conn, fresh["id"])
    job_id = str(fresh["job_id"])
    content = {
        "job_id": job_id,
        "status": "completed",
        "is_new": False,
        "job": {"id": job_id, "status": "completed", "progress": 100, "result": result},
        "result": result,
        "completed_at": fresh["completed_at"],
        "report_url": f"/api/reports/{fresh['id']}",
        "poll_url": f"/api/jobs/{job_id}",
        "quota": quota_now,
    }
    return JSON(content, 200, {"Location": f"/api/jobs/{job_id}"})


async def _finished(request: Request, platform: Platform, user: User, claimed: Claimed, response: Response) -> Response:
    """The job that ran in the request: 200 with its end, 202 where it goes on by the queue (a retry, a wait)."""
    job = await get_job(platform, claimed.id, user)
    usual = (await durations.usual_seconds(request, (COMPANY_RESEARCH.kind,)))[COMPANY_RESEARCH.kind]
    async with platform.pool.acquire() as conn:
        used = await quota.used(conn, user.id)
    body, status = dialect_companies.present_company_job(job, usual)
    more = {
        "job_id": str(claimed.id),
        "status": dialect_companies.status_name(job),
        "poll_url": f"/api/jobs/{claimed.id}",
        "quota": _quota(used, platform.settings.research_quota),
    }
    return JSON(body | more, status, {"Location": response.headers["location"]})
