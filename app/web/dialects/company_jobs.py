"""Enrichment, scoring and signal detection in the words of document 004."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.domain.companies.kinds import MAX_SCORED_COMPANIES
from app.domain.jobs.polling import FIRST_MS
from app.errors import AlreadyInProgress, Conflict, LimitReached
from app.web.accounts import auth
from app.web.companies import jobs
from app.web.companies.company_refs import CompanyKey
from app.web.companies.jobs import CompanyJobs, Options, created_headers
from app.web.dialects.company_requests import (
    DocumentCompaniesRequest,
    DocumentCompanyRef,
    DocumentEnrichmentRequest,
    DocumentScoringRequest,
    OneCompany,
    OneCompanyToEnrich,
    OneCompanyToScore,
)
from app.web.dialects.models import SnakeCaseModel
from app.web.http import request_parsing
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.responses import JSON
from app.web.jobs.create import IN_PROGRESS

CompanyList = Annotated[list[DocumentCompanyRef | CompanyKey], Field(min_length=1, max_length=MAX_SCORED_COMPANIES)]


class QueuedJob(SnakeCaseModel):
    """A job for a company: a new one, or the active one of its kind."""

    job_id: UUID | None
    """Null if that job belongs to another user."""
    company_id: UUID
    business_id: str
    """The client's own id of the company, or its id."""
    status: str
    """`queued`, or `already in progress` for another user."""
    is_new: bool
    poll_url: str | None


class _Polling(SnakeCaseModel):
    estimated_completion_seconds: int
    poll_interval_ms: int = FIRST_MS
    """Milliseconds after which to ask for a job."""


class JobQueued(QueuedJob, _Polling):
    """The job of one company."""


class JobsQueued(_Polling):
    """The jobs of a list of companies."""

    jobs: list[QueuedJob]
    total: int


Body = TypeVar("Body", bound=DocumentCompaniesRequest)
DECLARED: Any = {
    "tag": "Documents' dialects",
    "headers": [IDEMPOTENCY_KEY],
    "errors": [AlreadyInProgress, Conflict, LimitReached],
}
ONE = Reply(JobQueued, headers=[LOCATION, RETRY_AFTER])
ONE_OR_MANY = Reply(JobQueued | JobsQueued, headers=[LOCATION, RETRY_AFTER])


@operation(
    "enrichCompaniesDialect",
    body=DocumentEnrichmentRequest | OneCompanyToEnrich | CompanyList,
    returns={202: ONE_OR_MANY},
    **DECLARED,
)
async def enrich(request: Request) -> Response:
    """Enrich companies, one job per company; a list of companies gets a list of jobs."""
    raw, value, body = await _read(request, DocumentEnrichmentRequest)
    options = Options(body.companies, "id", body.priority, body.run_at, sources=body.sources)
    return await jobs.create_enrichments(request, raw, options, _presenter(value))


@operation(
    "detectSignalsDialect",
    body=DocumentCompaniesRequest | OneCompany | CompanyList,
    returns={202: ONE_OR_MANY},
    **DECLARED,
)
async def detect(request: Request) -> Response:
    """Look for signals, one job per company; a list of companies gets a list of jobs."""
    raw, value, body = await _read(request, DocumentCompaniesRequest)
    options = Options(body.companies, "id", body.priority, body.run_at)
    return await jobs.create_detections(request, raw, options, _presenter(value))


@operation(
    "scoreCompaniesDialect",
    body=DocumentScoringRequest | OneCompanyToScore | CompanyList,
    returns={202: ONE},
    **DECLARED,
)
async def score(request: Request) -> Response:
    """Score companies, one job for all of them."""
    raw, _, body = await _read(request, DocumentScoringRequest)
    options = Options(body.companies, "id", body.priority, body.run_at, ai=body.ai)
    return await jobs.create_scoring(request, raw, options, partial(_present, is_list=False))


async def _read(request: Request, model: type[Body]) -> tuple[bytes, Any, Body]:
    """Return the raw body, its value, and the value as `model`."""
    await auth.require(request)
    raw, value = await request_parsing.read_json(request)
    return raw, value, request_parsing.validate(model, value)


def _presenter(value: Any) -> Callable[[CompanyJobs], Response]:
    return partial(_present, is_list=isinstance(value, list) or (isinstance(value, dict) and "companies" in value))


def _present(created: CompanyJobs, *, is_list: bool) -> Response:
    """Return 202 with all jobs, or with the first one unless the request has a list. Raises AlreadyInProgress."""
    if not is_list and not created.jobs[0].is_readable:
        raise AlreadyInProgress
    queued = [
        QueuedJob(
            job_id=job.shown_id,
            company_id=company.id,
            business_id=company.external_id or str(company.id),
            status="queued" if job.is_readable else IN_PROGRESS,
            is_new=job.is_new,
            poll_url=f"/api/jobs/{job.id}" if job.is_readable else None,
        )
        for job, company in zip(created.jobs, created.companies, strict=False)
    ]
    seconds = created.estimated_seconds
    content = (
        JobsQueued(jobs=queued, total=len(queued), estimated_completion_seconds=seconds)
        if is_list
        else JobQueued(**vars(queued[0]), estimated_completion_seconds=seconds)
    )
    return JSON(content, 202, created_headers(created, "/api"))
