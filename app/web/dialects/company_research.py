"""`POST /api/research/{company}`: research in the words of document 004, in the request if that is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import quota, reports
from app.db.core.pool import Connection
from app.db.jobs.ledger import Claimed
from app.domain.companies.kinds import COMPANY_RESEARCH
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.errors import AlreadyInProgress, Conflict, Invalid, LimitReached, UserQuotaExceeded
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyKey
from app.web.companies.research import Researched, ResearchOptions, ResearchQuota, quota_of, request_research
from app.web.dialects.companies import (
    ActiveCompanyJob,
    CompanyJobState,
    CompanyJobStatus,
    FinishedCompanyJob,
    ResearchResult,
    present_company_job,
    status_name,
)
from app.web.dialects.company_requests import DocumentResearchRequest
from app.web.dialects.models import SnakeCaseModel
from app.web.http import request_parsing
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.responses import JSON
from app.web.jobs import durations
from app.web.jobs.access import get_job
from app.web.platform import get_platform


class DocumentQuota(SnakeCaseModel):
    """The user's researches of this month (UTC)."""

    researches_used: int
    researches_limit: int
    researches_remaining: int


class ResearchQueued(SnakeCaseModel):
    """The job that writes the report: a new one, or the active one."""

    job_id: UUID
    status: CompanyJobStatus = "queued"
    is_new: bool
    company_id: UUID
    estimated_completion_seconds: int
    poll_url: str
    poll_interval_ms: int = FIRST_MS
    """Milliseconds after which to ask for the job."""
    quota: DocumentQuota


class ResearchReused(SnakeCaseModel):
    """A fresh report, and its job if that is the user's own."""

    job_id: UUID | None
    status: CompanyJobStatus = "completed"
    is_new: bool = False
    job: CompanyJobState
    result: ResearchResult
    completed_at: datetime
    report_url: str
    poll_url: str | None
    quota: DocumentQuota


class _RanInRequest(SnakeCaseModel):
    job_id: UUID
    status: CompanyJobStatus
    poll_url: str
    quota: DocumentQuota


class ResearchFinished(FinishedCompanyJob, _RanInRequest):
    """The job that ran in the request."""


class ResearchContinues(ActiveCompanyJob, _RanInRequest):
    """The job that ran in the request and continues in the queue."""


@operation(
    "researchCompanyDialect",
    tag="Documents' dialects",
    path={"company": CompanyKey},
    query=DocumentResearchRequest,
    body=DocumentResearchRequest,
    needs_body=False,
    headers=[IDEMPOTENCY_KEY],
    returns={
        202: Reply(ResearchQueued | ResearchContinues, headers=[LOCATION, RETRY_AFTER]),
        200: Reply(ResearchReused | ResearchFinished, headers=[LOCATION]),
    },
    errors=[AlreadyInProgress, Conflict, LimitReached, UserQuotaExceeded],
)
async def create(request: Request) -> Response:
    """Research a company: return a fresh report, or create the job that writes one.

    The options may come in the body or in the query. With `sync`, the job runs in the request. A company that is named
    for the first time is created.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    raw = await request_parsing.read_body(request)
    asked = _read_options(request, raw)
    options = ResearchOptions(
        company=request.path_params["company"],
        company_name=asked.company_name,
        website=asked.website,
        force_refresh=asked.force_refresh,
        priority=asked.priority,
        run_at=asked.run_at,
        is_sync=asked.sync or not platform.settings.use_queue_processing,
    )
    response, claimed = await request_research(
        request, raw, options, _present, lambda quota: _quota(quota).model_dump()
    )
    if not claimed:
        return response
    await platform.processor.run(claimed[0])
    return await _finished(request, user, claimed[0], response)


def _read_options(request: Request, raw: bytes) -> DocumentResearchRequest:
    value = request_parsing.parse_json(raw) if raw.strip() else {}
    if not isinstance(value, dict):
        raise Invalid([("", "Send a JSON object or an empty body.")])
    return request_parsing.validate(DocumentResearchRequest, {**request.query_params, **value})


def _quota(quota: ResearchQuota) -> DocumentQuota:
    return DocumentQuota(researches_used=quota.used, researches_limit=quota.limit, researches_remaining=quota.remaining)


async def _present(conn: Connection, researched: Researched) -> Response:
    fresh, job = researched.fresh, researched.job
    if fresh is not None:
        result = ResearchResult.model_validate((await reports.get_result(conn, fresh.id)).to_json())
        job_id = fresh.job_id if researched.is_job_readable else None
        poll_url = f"/api/jobs/{job_id}" if job_id else None
        report_url = f"/api/reports/{fresh.id}"
        reused = ResearchReused(
            job_id=job_id,
            job=CompanyJobState(id=job_id, status="completed", progress=100, result=result.model_dump()),
            result=result,
            completed_at=fresh.completed_at,
            report_url=report_url,
            poll_url=poll_url,
            quota=_quota(researched.quota),
        )
        return JSON(reused, 200, {"Location": poll_url or report_url})
    assert job is not None
    url = f"/api/jobs/{job.id}"
    queued = ResearchQueued(
        job_id=job.id,
        is_new=job.is_new,
        company_id=researched.company.id,
        estimated_completion_seconds=researched.estimated_seconds,
        poll_url=url,
        quota=_quota(researched.quota),
    )
    return JSON(queued, 202, {"Location": url, "Retry-After": retry_after(FIRST_MS)})


async def _finished(request: Request, user: User, claimed: Claimed, response: Response) -> Response:
    """Return the job that ran in the request: 200 if it ended, 202 if it continues in the queue (retry or snooze)."""
    platform = get_platform(request)
    job = await get_job(platform, claimed.id, user)
    usual = (await durations.usual_seconds(request, (COMPANY_RESEARCH.kind,)))[COMPANY_RESEARCH.kind]
    async with platform.pool.acquire() as conn:
        used = await quota.count_used(conn, user.id)
    body, status = present_company_job(job, usual)
    ran: dict[str, Any] = {
        "job_id": claimed.id,
        "status": status_name(job),
        "poll_url": f"/api/jobs/{claimed.id}",
        "quota": _quota(quota_of(platform, used)),
    }
    content = (ResearchFinished if status == 200 else ResearchContinues)(**vars(body), **ran)
    return JSON(content, status, {"Location": response.headers["location"]})
