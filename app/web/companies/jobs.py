"""Enrich companies, score them and detect their signals: routes that create jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
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
    LEAD_SCORING,
    MAX_SCORED_COMPANIES,
    SIGNAL_DETECTION,
    DetectionArgs,
    EnrichmentArgs,
    EnrichmentSource,
    ScoringArgs,
)
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import JobSpec
from app.errors import AlreadyInProgress, Conflict, LimitReached
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyRef, CompanyRefOrId, find_or_create_all
from app.web.http import idempotency, request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.responses import JSON
from app.web.http.schema_types import RunAt
from app.web.jobs import durations
from app.web.jobs.configuration import require_configured
from app.web.jobs.create import IN_PROGRESS, CreatedJob, JobCreated, check_priority
from app.web.jobs.presenters import PollInterval
from app.web.platform import get_platform

MAX_AUDITED_JOBS = 100
"""Ids of new jobs that an entry of the audit log lists."""
EXAMPLE: JsonDict = {"companies": ["acme", {"companyId": "globex", "name": "Globex", "website": "globex.example"}]}


class CompaniesRequest(RequestModel):
    """Companies to work on."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    companies: list[CompanyRefOrId] = Field(min_length=1, max_length=MAX_SCORED_COMPANIES)
    """Ids, or objects that also describe companies that are new."""
    priority: int = Field(default=5, ge=1, le=9)
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: RunAt | None = None
    """The jobs wait until this time; one in the past is now."""


class EnrichmentRequest(CompaniesRequest):
    """Companies to enrich."""

    sources: Annotated[list[EnrichmentSource], Field(min_length=1)] | None = None
    """All sources if not given."""


class ScoringRequest(CompaniesRequest):
    """Companies to score."""

    ai: bool = False
    """Ask a language model for its opinion as well."""


class CreatedCompanyJob(CreatedJob):
    """The job of a company: a new one, or the active one of its kind."""

    company_id: UUID
    external_id: str | None
    """The client's own id of the company."""


class CompanyJobsCreated(ResponseModel):
    success: Literal[True] = True
    jobs: list[CreatedCompanyJob]
    """One for each company, in the order of the request."""
    total: int
    estimated_seconds: int
    """How long until the first job has probably finished."""
    poll_interval_ms: PollInterval = FIRST_MS


class ScoringCreated(JobCreated):
    company_ids: list[UUID]
    """The companies that the job scores."""
    estimated_seconds: int
    """How long until it has probably finished."""


@dataclass(frozen=True)
class CompanyJobs:
    """The jobs that a request created, or active ones that do the same."""

    companies: Sequence[Company]
    jobs: Sequence[Inserted]
    """One per company, or a single one for all."""
    estimated_seconds: int
    """At least 1."""


@dataclass(frozen=True)
class Options:
    """What a request wants of the jobs of some companies."""

    companies: Sequence[CompanyRef]
    id_field: str
    """The name of a company's id in the request."""
    priority: int
    run_at: RunAt | None
    sources: Sequence[EnrichmentSource] | None = None
    ai: bool = False


Present = Callable[[CompanyJobs], Response]
JOBS_CREATED = {202: Reply(CompanyJobsCreated, headers=[LOCATION, RETRY_AFTER])}


@operation(
    "enrichCompanies",
    tag="Companies",
    headers=[IDEMPOTENCY_KEY],
    body=EnrichmentRequest,
    returns=JOBS_CREATED,
    errors=[Conflict, LimitReached],
)
async def enrich(request: Request) -> Response:
    """Create a job for each company that looks up facts about it.

    It asks a register, a directory of places and the company's own website. Companies that are named for the first
    time are created.
    """
    raw, value = await _read(request)
    body = request_parsing.validate(EnrichmentRequest, value)
    options = Options(body.companies, "companyId", body.priority, body.run_at, sources=body.sources)
    return await create_enrichments(request, raw, options, _present_list)


@operation(
    "detectSignals",
    tag="Companies",
    headers=[IDEMPOTENCY_KEY],
    body=CompaniesRequest,
    returns=JOBS_CREATED,
    errors=[Conflict, LimitReached],
)
async def detect(request: Request) -> Response:
    """Create a job for each company that looks for signals.

    Companies that are named for the first time are created.
    """
    raw, value = await _read(request)
    body = request_parsing.validate(CompaniesRequest, value)
    options = Options(body.companies, "companyId", body.priority, body.run_at)
    return await create_detections(request, raw, options, _present_list)


@operation(
    "scoreCompanies",
    tag="Companies",
    headers=[IDEMPOTENCY_KEY],
    body=ScoringRequest,
    returns={202: Reply(ScoringCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[AlreadyInProgress, Conflict, LimitReached],
)
async def score(request: Request) -> Response:
    """Create one job that scores all these companies.

    Companies that are named for the first time are created.
    """
    raw, value = await _read(request)
    body = request_parsing.validate(ScoringRequest, value)
    options = Options(body.companies, "companyId", body.priority, body.run_at, ai=body.ai)
    return await create_scoring(request, raw, options, _present_scoring)


async def _read(request: Request) -> tuple[bytes, object]:
    await auth.require(request)
    return await request_parsing.read_json(request)


def _present_list(created: CompanyJobs) -> Response:
    jobs = [
        CreatedCompanyJob(
            job_id=job.shown_id,
            is_new=job.is_new,
            status=job.status if job.is_readable else IN_PROGRESS,
            company_id=company.id,
            external_id=company.external_id,
        )
        for job, company in zip(created.jobs, created.companies, strict=True)
    ]
    content = CompanyJobsCreated(jobs=jobs, total=len(jobs), estimated_seconds=created.estimated_seconds)
    return JSON(content, 202, created_headers(created, "/api/v1"))


def _present_scoring(created: CompanyJobs) -> Response:
    [job] = created.jobs
    if not job.is_readable:
        raise AlreadyInProgress
    content = ScoringCreated(
        job_id=job.id,
        is_new=job.is_new,
        status=job.status,
        company_ids=[company.id for company in created.companies],
        estimated_seconds=created.estimated_seconds,
    )
    return JSON(content, 202, created_headers(created, "/api/v1"))


def created_headers(created: CompanyJobs, base_path: str) -> dict[str, str]:
    """Return when to ask for the jobs, and where the first one is if the user may read it."""
    headers = {"Retry-After": retry_after(FIRST_MS)}
    if created.jobs[0].is_readable:
        headers["Location"] = f"{base_path}/jobs/{created.jobs[0].id}"
    return headers


async def create_enrichments(request: Request, raw: bytes, options: Options, present: Present) -> Response:
    """Create one job per company, or respond with the active ones."""
    named: dict[str, Any] = {} if options.sources is None else {"sources": options.sources}

    def to_args(companies: Sequence[Company]) -> list[BaseModel]:
        return [EnrichmentArgs(company_id=company.id, **named) for company in companies]

    return await _create(request, raw, COMPANY_ENRICHMENT, options, to_args, present)


async def create_detections(request: Request, raw: bytes, options: Options, present: Present) -> Response:
    """Create one job per company, or respond with the active ones."""

    def to_args(companies: Sequence[Company]) -> list[BaseModel]:
        return [DetectionArgs(company_id=company.id) for company in companies]

    return await _create(request, raw, SIGNAL_DETECTION, options, to_args, present)


async def create_scoring(request: Request, raw: bytes, options: Options, present: Present) -> Response:
    """Create one job for all companies, or respond with the active one."""

    def to_args(companies: Sequence[Company]) -> list[BaseModel]:
        return [ScoringArgs(company_ids=[company.id for company in companies], ai=options.ai)]

    return await _create(request, raw, LEAD_SCORING, options, to_args, present)


async def _create(
    request: Request,
    raw: bytes,
    spec: JobSpec,
    options: Options,
    to_args: Callable[[Sequence[Company]], list[BaseModel]],
    present: Present,
) -> Response:
    """Create a job for each of the arguments that `to_args` returns."""
    user = await auth.require(request)
    platform = get_platform(request)
    check_priority(user, options.priority)

    async def insert(conn: Connection) -> Response:
        found = await find_or_create_all(conn, options.companies, user.id, field=options.id_field)
        arguments = to_args(found)
        require_configured(platform.settings, spec, arguments[0])
        estimate = await durations.estimate_seconds(request, conn, spec, user.id)
        new = [
            spec.new_job(args, priority=options.priority, total_items=_items(args), run_at=options.run_at)
            for args in arguments
        ]
        inserted = await jobs.insert(conn, new, creator)
        await _audit(conn, spec, inserted, user)
        return present(CompanyJobs(found, inserted, round(estimate) or 1))

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    return response


def _items(args: BaseModel) -> int | None:
    return len(args.company_ids) if isinstance(args, ScoringArgs) else None


async def _audit(conn: Connection, spec: JobSpec, inserted: Sequence[Inserted], user: User) -> None:
    new = [str(job.id) for job in inserted if job.is_new]
    if new:
        details = {"jobs": new[:MAX_AUDITED_JOBS], "total": len(new)}
        await audit.record(conn, f"{spec.kind.upper()}_QUEUED", details, user_id=user.id)
