"""Research a company: return a fresh report, or create the job that writes one, within the user's monthly quota."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import quota, reports
from app.db.companies import records as companies
from app.db.companies.records import Company
from app.db.companies.reports import FreshReport
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import ledger
from app.db.jobs import records as jobs
from app.db.jobs.ledger import Claimed
from app.domain.companies.input import SLUG, SLUG_RULE, Name, Website
from app.domain.companies.kinds import COMPANY_RESEARCH, ResearchArgs
from app.domain.companies.research.extractive import EXTRACTIVE_MODEL
from app.domain.companies.research.sections import SECTIONS
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.errors import Invalid, NotFound, UserQuotaExceeded
from app.web.accounts import auth
from app.web.companies.company_refs import find_or_none, is_uuid
from app.web.dialects import companies as dialect_companies
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.jobs import durations
from app.web.jobs.access import get_job
from app.web.platform import Platform, get_platform

LOCK_MARGIN = 100
"""The quota is checked under a lock once fewer researches are left: more than a user's requests in progress at once."""


class ResearchRequest(BaseModel):
    """The options of a research, in the body or in the query."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    force_refresh: bool = Field(default=False, validation_alias=AliasChoices("force_refresh", "forceRefresh"))
    """Write a new report even if there is a fresh one."""
    sync: bool = False
    """Run the job within the request."""
    company_name: Name | None = Field(
        default=None, validation_alias=AliasChoices("company_name", "companyName", "name")
    )
    website: Website = None
    priority: int = Field(default=5, ge=1, le=9)


async def create(request: Request) -> Response:
    """Return a fresh report with 200, or the job that writes one with 202, or with 200 if it ran in the request."""
    """Research a company: return a fresh report, or create the job that writes one.

    200 `{"job_id", "status": "completed", "result", "report_url", "quota", …}` for a fresh report, or
    202 `{"job_id", "status": "queued", "is_new", "company_id", "poll_url", "quota", …}`. With `sync`, the job runs in
    the request. 429 if the month's quota is used up.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    raw = await request_parsing.read_body(request)
    options = _read_options(request, raw)
    is_sync = options.sync or not platform.settings.use_queue_processing
    claimed: list[Claimed] = []

    async def insert(conn: Connection) -> Response:
        return await _insert(request, conn, user, options, claimed if is_sync else None)

    response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    if not claimed:
        return response
    await platform.processor.run(claimed[0])
    return await _finished(request, platform, user, claimed[0], response)


def _read_options(request: Request, raw: bytes) -> ResearchRequest:
    value = request_parsing.parse_json(raw) if raw.strip() else {}
    if not isinstance(value, dict):
        raise Invalid([("", "Send a JSON object or an empty body.")])
    try:
        return ResearchRequest.model_validate({**request.query_params, **value})
    except ValidationError as error:
        raise invalid(error) from None


async def _insert(
    request: Request, conn: Connection, user: User, options: ResearchRequest, claimed: list[Claimed] | None
) -> Response:
    """Return a fresh report or insert the job; with `claimed`, claim a new job and append it there."""
    platform = get_platform(request)
    settings = platform.settings
    company = await _find_or_create(conn, request.path_params["company"], options, user)
    if not options.force_refresh:
        max_age = timedelta(days=settings.research_fresh_days)
        fresh = await reports.find_fresh(conn, company.id, max_age, settings.llm_model or EXTRACTIVE_MODEL)
        if fresh is not None:
            used = await quota.count_used(conn, user.id)
            return await _reuse(conn, user, fresh, _quota(used, settings.research_quota))
    estimate = await durations.estimate_seconds(request, conn, COMPANY_RESEARCH)
    used = await quota.count_used(conn, user.id)
    if used + LOCK_MARGIN > settings.research_quota:  # otherwise requests need not wait for each other
        await quota.acquire_lock(conn, user.id)
        used = await quota.count_used(conn, user.id)
    new = COMPANY_RESEARCH.new_job(
        ResearchArgs(company_id=company.id), priority=options.priority, total_items=len(SECTIONS)
    )
    [job] = await jobs.insert(conn, [new], user.id)
    if job.is_new and used >= settings.research_quota:
        raise UserQuotaExceeded(
            f"The quota of {settings.research_quota} researches per month is used up. It is renewed at 00:00 UTC on the"
            " first day of the next month.",
            retry_after=await quota.get_seconds_to_next_month(conn),
            quota=_quota(used, settings.research_quota),
        )
    details = {"companyId": company.id, "forceRefresh": options.force_refresh}
    if job.is_new:
        await audit.record(conn, "COMPANY_RESEARCH_QUEUED", details, user_id=user.id, job_id=job.id)
        if claimed is not None:
            claimed += await ledger.claim_ready(conn, [job.id], platform.processor.worker_id, settings.lease_seconds)
    content = {
        "job_id": job.id,
        "status": "queued",
        "is_new": job.is_new,
        "company_id": company.id,
        "estimated_completion_seconds": round(estimate) or 1,
        "poll_url": f"/api/jobs/{job.id}",
        "poll_interval_ms": FIRST_MS,
        "quota": _quota(used + job.is_new, settings.research_quota),
    }
    headers = {"Location": f"/api/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(content, 202, headers)


async def _find_or_create(conn: Connection, key: str, options: ResearchRequest, user: User) -> Company:
    """Return the company by one of its ids; one that the client names for the first time is created."""
    company = await find_or_none(conn, key)
    if company is None:
        if not SLUG.fullmatch(key):
            raise Invalid([("companyId", SLUG_RULE)])
        if is_uuid(key):
            raise NotFound(f"Company {key} not found.")
        company = await companies.insert_if_missing(conn, key, options.company_name, user.id)
    values: dict[str, Any] = {}
    if options.company_name and company.name == company.external_id:
        values["name"] = options.company_name
    if options.website and company.website is None:
        values["website"] = options.website
    return (await companies.update(conn, company.id, values) or company) if values else company


def _quota(used: int, limit: int) -> dict[str, int]:
    return {"researches_used": used, "researches_limit": limit, "researches_remaining": max(0, limit - used)}


async def _reuse(conn: Connection, user: User, fresh: FreshReport, quota_now: dict[str, int]) -> Response:
    """Return the completed job of a fresh report, and allow the user to read that job."""
    if fresh.job_exists:
        await jobs.grant_read(conn, fresh.job_id, user.id)
    result = (await reports.get_result(conn, fresh.id)).to_json()
    job_id = str(fresh.job_id)
    content = {
        "job_id": job_id,
        "status": "completed",
        "is_new": False,
        "job": {"id": job_id, "status": "completed", "progress": 100, "result": result},
        "result": result,
        "completed_at": fresh.completed_at,
        "report_url": f"/api/reports/{fresh.id}",
        "poll_url": f"/api/jobs/{job_id}",
        "quota": quota_now,
    }
    return JSON(content, 200, {"Location": f"/api/jobs/{job_id}"})


async def _finished(request: Request, platform: Platform, user: User, claimed: Claimed, response: Response) -> Response:
    """Return the job that ran in the request: 200 if it ended, 202 if it continues in the queue (retry or snooze)."""
    job = await get_job(platform, claimed.id, user)
    usual = (await durations.usual_seconds(request, (COMPANY_RESEARCH.kind,)))[COMPANY_RESEARCH.kind]
    async with platform.pool.acquire() as conn:
        used = await quota.count_used(conn, user.id)
    body, status = dialect_companies.present_company_job(job, usual)
    more = {
        "job_id": str(claimed.id),
        "status": dialect_companies.status_name(job),
        "poll_url": f"/api/jobs/{claimed.id}",
        "quota": _quota(used, platform.settings.research_quota),
    }
    return JSON(body | more, status, {"Location": response.headers["location"]})
