"""Research a company: return a fresh report, or create the job that writes one, within the user's monthly quota."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
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
from app.db.jobs.creator import Creator
from app.db.jobs.ledger import Claimed
from app.db.jobs.records import Inserted
from app.domain.companies.input import SLUG, SLUG_RULE, Name, Website
from app.domain.companies.kinds import COMPANY_RESEARCH, ModelChoice, ResearchArgs
from app.domain.companies.research.extractive import EXTRACTIVE_MODEL
from app.domain.companies.research.sections import SECTIONS
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.errors import AlreadyInProgress, Conflict, Invalid, LimitReached, NotFound, UserQuotaExceeded
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyKey, find_or_none, is_uuid
from app.web.http import idempotency, request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.responses import JSON
from app.web.http.schema_types import RunAt
from app.web.jobs import durations
from app.web.jobs.access import reader_id
from app.web.jobs.create import JobCreated, check_priority
from app.web.platform import Platform, get_platform

LOCK_MARGIN = 100
"""The quota is checked under a lock once fewer researches are left: more than a user's requests in progress at once."""


class ResearchRequest(RequestModel):
    """The company to research."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"companyId": "acme", "companyName": "Acme Ltd", "website": "acme.example"}]}
    )

    company_id: CompanyKey
    """The company's id, that of its business, or the client's own id, under which it is created if it is new."""
    company_name: Name | None = None
    """Set if the company has no name yet."""
    website: Website = None
    """Set if the company has no website yet."""
    force_refresh: bool = False
    """Write a new report even if there is a fresh one."""
    model: ModelChoice | None = None
    """Write a new report with this configured model alone. By default, the fallback is asked where the first fails."""
    priority: int = Field(default=5, ge=1, le=9)
    """1 runs first."""
    run_at: RunAt | None = None
    """The jobs wait until this time; one in the past is now."""


class ResearchQuota(ResponseModel):
    """The user's researches of this month (UTC)."""

    used: int
    limit: int
    remaining: int


class ResearchCreated(JobCreated):
    """The job that writes the report."""

    company_id: UUID
    estimated_seconds: int
    """How long until it has probably finished."""
    quota: ResearchQuota


class ReportReused(ResponseModel):
    """A fresh report, which costs none of the quota."""

    success: Literal[True] = True
    job_id: UUID | None
    """The job that wrote it; null if it belongs to another user."""
    is_new: Literal[False] = False
    status: Literal["completed"] = "completed"
    company_id: UUID
    report_id: UUID
    report_url: str
    completed_at: datetime
    quota: ResearchQuota


@dataclass(frozen=True)
class ResearchOptions:
    """What a request wants."""

    company: str
    """One of the ids of a company."""
    company_name: str | None
    website: str | None
    force_refresh: bool
    priority: int
    run_at: RunAt | None
    is_sync: bool = False
    """Claim a new job, to run it within the request."""
    model: ModelChoice | None = None
    """The only model to ask."""


@dataclass(frozen=True)
class Researched:
    """The job that researches the company, or the fresh report that makes it needless."""

    company: Company
    quota: ResearchQuota
    fresh: FreshReport | None
    """The report that is reused instead of a new one."""
    is_job_readable: bool
    """Whether the user may read the job of the fresh report."""
    job: Inserted | None
    """The job that writes a new report: a new job, or the active one."""
    estimated_seconds: int = 0


Present = Callable[[Connection, Researched], Awaitable[Response]]


@operation(
    "researchCompany",
    tag="Companies",
    headers=[IDEMPOTENCY_KEY],
    body=ResearchRequest,
    returns={
        202: Reply(ResearchCreated, headers=[LOCATION, RETRY_AFTER]),
        200: Reply(ReportReused, headers=[LOCATION], description="There is a fresh report already."),
    },
    errors=[AlreadyInProgress, Conflict, LimitReached, NotFound, UserQuotaExceeded],
)
async def create(request: Request) -> Response:
    """Create the job that writes a report on a company, or return a fresh report.

    A report is fresh for 7 days, unless the installation says otherwise. A company that is named for the first time is
    created.
    """
    await auth.require(request)
    raw, value = await request_parsing.read_json(request)
    body = request_parsing.validate(ResearchRequest, value)
    settings = get_platform(request).settings
    if body.model and not (settings.llm_url if body.model == "first" else settings.llm_fallback_url):
        variable = "TRIGPOINT_LLM_URL" if body.model == "first" else "TRIGPOINT_LLM_FALLBACK_URL"
        raise Invalid([("model", f"There is no {body.model} model on this platform: {variable} is not set.")])
    options = ResearchOptions(
        company=body.company_id,
        company_name=body.company_name,
        website=body.website,
        force_refresh=body.force_refresh or body.model is not None,
        priority=body.priority,
        run_at=body.run_at,
        model=body.model,
    )
    response, _ = await request_research(request, raw, options, _present)
    return response


async def _present(conn: Connection, researched: Researched) -> Response:
    fresh, job = researched.fresh, researched.job
    if fresh is not None:
        url = f"/api/v1/reports/{fresh.id}"
        reused = ReportReused(
            job_id=fresh.job_id if researched.is_job_readable else None,
            company_id=researched.company.id,
            report_id=fresh.id,
            report_url=url,
            completed_at=fresh.completed_at,
            quota=researched.quota,
        )
        return JSON(reused, 200, {"Location": url})
    assert job is not None
    created = ResearchCreated(
        job_id=job.id,
        is_new=job.is_new,
        status=job.status,
        company_id=researched.company.id,
        estimated_seconds=researched.estimated_seconds,
        quota=researched.quota,
    )
    return JSON(created, 202, {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)})


async def request_research(
    request: Request,
    raw: bytes,
    options: ResearchOptions,
    present: Present,
    to_quota_json: Callable[[ResearchQuota], dict[str, int]] = ResearchQuota.model_dump,
) -> tuple[Response, list[Claimed]]:
    """Return the response that `present` makes, and the new job if `options` say that it is run in the request.

    `to_quota_json` returns the quota as the 429 shows it. Raises UserQuotaExceeded, AlreadyInProgress, and as
    `run_once`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    check_priority(user, options.priority)
    claimed: list[Claimed] = []

    async def insert(conn: Connection) -> Response:
        try:
            researched = await _find_or_insert(request, conn, user, creator, options, claimed)
        except _QuotaUsedUp as error:
            raise UserQuotaExceeded(
                f"The quota of {error.quota.limit} researches per month is used up. It is renewed at 00:00 UTC on the"
                " first day of the next month.",
                retry_after=await quota.get_seconds_to_next_month(conn),
                quota=to_quota_json(error.quota),
            ) from None
        return await present(conn, researched)

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    return response, claimed


class _QuotaUsedUp(Exception):
    def __init__(self, quota: ResearchQuota) -> None:
        super().__init__()
        self.quota = quota


async def _find_or_insert(
    request: Request,
    conn: Connection,
    user: User,
    creator: Creator,
    options: ResearchOptions,
    claimed: list[Claimed],
) -> Researched:
    """Find a fresh report or insert the job. A new job that is to run in the request is claimed and appended."""
    platform = get_platform(request)
    settings = platform.settings
    company = await _find_or_create(conn, options, user)
    if not options.force_refresh:
        max_age = timedelta(days=settings.research_fresh_days)
        fresh = await reports.find_fresh(conn, company.id, max_age, settings.llm_model or EXTRACTIVE_MODEL)
        if fresh is not None:
            readable = await jobs.list_readable(conn, [fresh.job_id], reader_id(user))
            used = await quota.count_used(conn, user.id)
            return Researched(company, quota_of(platform, used), fresh, bool(readable), None)
    estimate = await durations.estimate_seconds(request, conn, COMPANY_RESEARCH, user.id)
    used = await quota.count_used(conn, user.id)
    if used + LOCK_MARGIN > settings.research_quota:  # otherwise requests need not wait for each other
        await quota.acquire_lock(conn, user.id)
        used = await quota.count_used(conn, user.id)
    new = COMPANY_RESEARCH.new_job(
        ResearchArgs(company_id=company.id, model=options.model),
        priority=options.priority,
        total_items=len(SECTIONS),
        run_at=None if options.is_sync else options.run_at,
    )
    [job] = await jobs.insert(conn, [new], creator)
    if not job.is_readable:
        raise AlreadyInProgress
    if job.is_new and used >= settings.research_quota:
        raise _QuotaUsedUp(quota_of(platform, used))
    if job.is_new:
        details = {"companyId": company.id, "forceRefresh": options.force_refresh}
        await audit.record(conn, "COMPANY_RESEARCH_QUEUED", details, user_id=user.id, job_id=job.id)
        if options.is_sync:
            claimed += await ledger.claim_ready(conn, [job.id], platform.processor.worker_id, settings.lease_seconds)
    return Researched(
        company, quota_of(platform, used + job.is_new), None, False, job, estimated_seconds=round(estimate) or 1
    )


async def _find_or_create(conn: Connection, options: ResearchOptions, user: User) -> Company:
    """Return the company by one of its ids; one that the client names for the first time is created."""
    key = options.company
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


def quota_of(platform: Platform, used: int) -> ResearchQuota:
    limit = platform.settings.research_quota
    return ResearchQuota(used=used, limit=limit, remaining=max(0, limit - used))
