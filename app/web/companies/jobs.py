"""Enrich companies, score them and detect their signals: routes that create jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies.records import Company
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.records import Inserted
from app.domain.companies.kinds import (
    COMPANY_ENRICHMENT,
    ENRICHMENT_SOURCES,
    LEAD_SCORING,
    SIGNAL_DETECTION,
    DetectionArgs,
    EnrichmentArgs,
    EnrichmentSource,
    ScoringArgs,
)
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import JobSpec, NewJob
from app.web.accounts import auth
from app.web.companies.company_refs import CompaniesRequest, CompanyRef, find_or_create_all
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.jobs import durations
from app.web.platform import get_platform

MAX_AUDITED_JOBS = 100
"""Ids of new jobs that an entry of the audit log lists."""
RequestModel = TypeVar("RequestModel", bound=CompaniesRequest)


class EnrichmentRequest(CompaniesRequest):
    """The body of `POST /api/enrichment`."""

    sources: Annotated[list[EnrichmentSource], Field(min_length=1)] | None = None
    """All sources if not given."""


class ScoringRequest(CompaniesRequest):
    """The body of `POST /api/scoring`."""

    ai: bool = False
    """Ask a language model for its opinion as well."""


async def enrich(request: Request) -> Response:
    """Enrich companies, one job per company. 202 as `_accepted`."""
    user = await auth.require(request)
    raw, value = await request_parsing.read_json(request)
    body = _validate(EnrichmentRequest, value)

    def new_job(company_id: UUID) -> NewJob:
        args = EnrichmentArgs(company_id=company_id, sources=body.sources or list(ENRICHMENT_SOURCES))
        return COMPANY_ENRICHMENT.new_job(args, priority=body.priority)

    return await _create_jobs(request, user, raw, COMPANY_ENRICHMENT, body.companies, new_job, is_list=_is_list(value))


async def detect(request: Request) -> Response:
    """Look for signals of companies, one job per company. 202 as `_accepted`."""
    user = await auth.require(request)
    raw, value = await request_parsing.read_json(request)
    body = _validate(CompaniesRequest, value)

    def new_job(company_id: UUID) -> NewJob:
        return SIGNAL_DETECTION.new_job(DetectionArgs(company_id=company_id), priority=body.priority)

    return await _create_jobs(request, user, raw, SIGNAL_DETECTION, body.companies, new_job, is_list=_is_list(value))


async def _create_jobs(
    request: Request,
    user: User,
    raw: bytes,
    spec: JobSpec,
    refs: Sequence[CompanyRef],
    new_job: Callable[[UUID], NewJob],
    *,
    is_list: bool,
) -> Response:
    """Create one job per company; a list of companies gets a list of jobs as its response."""
    platform = get_platform(request)

    async def insert(conn: Connection) -> Response:
        found = await find_or_create_all(conn, refs, user.id)
        estimate = await durations.estimate_seconds(request, conn, spec)
        inserted = await jobs.insert(conn, [new_job(company.id) for company in found], user.id)
        await _audit(conn, spec, inserted, user)
        return _accepted(estimate, inserted, found, is_list=is_list)

    response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    return response


async def score(request: Request) -> Response:
    """Score companies, one job for all of them. 202 as `_accepted`."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    body = _validate(ScoringRequest, value)

    async def insert(conn: Connection) -> Response:
        found = await find_or_create_all(conn, body.companies, user.id)
        estimate = await durations.estimate_seconds(request, conn, LEAD_SCORING)
        args = ScoringArgs(company_ids=[company.id for company in found], ai=body.ai)
        job = LEAD_SCORING.new_job(args, priority=body.priority, total_items=len(found))
        inserted = await jobs.insert(conn, [job], user.id)
        await _audit(conn, LEAD_SCORING, inserted, user)
        return _accepted(estimate, inserted, found[:1], is_list=False)

    response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    return response


def _is_list(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and "companies" in value)


def _validate(model: type[RequestModel], value: Any) -> RequestModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None


async def _audit(conn: Connection, spec: JobSpec, inserted: Sequence[Inserted], user: User) -> None:
    new = [str(job.id) for job in inserted if job.is_new]
    if new:
        details = {"jobs": new[:MAX_AUDITED_JOBS], "total": len(new)}
        await audit.record(conn, f"{spec.kind.upper()}_QUEUED", details, user_id=user.id)


def _accepted(
    estimate_seconds: float, inserted: Sequence[Inserted], found: Sequence[Company], *, is_list: bool
) -> Response:
    """202 `{"job_id", "company_id", "business_id", "status": "queued", "is_new", "poll_url", …}`.

    For a list `{"jobs": [job], "total", …}`, both with `estimated_completion_seconds` and `poll_interval_ms`.
    """
    entries = [
        {
            "job_id": job.id,
            "company_id": company.id,
            "business_id": company.external_id or company.id,
            "status": "queued",
            "is_new": job.is_new,
            "poll_url": f"/api/jobs/{job.id}",
        }
        for job, company in zip(inserted, found, strict=True)
    ]
    common = {"estimated_completion_seconds": round(estimate_seconds) or 1, "poll_interval_ms": FIRST_MS}
    headers = {"Retry-After": retry_after(FIRST_MS), "Location": f"/api/jobs/{inserted[0].id}"}
    if is_list:
        return JSON({"jobs": entries, "total": len(entries)} | common, 202, headers)
    return JSON(entries[0] | common, 202, headers)
