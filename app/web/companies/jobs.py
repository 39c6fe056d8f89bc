"""Enrichment, scoring and signals: one company or many, a job each (scoring: one for all)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

import asyncpg
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import records as companies
from app.db.companies import signals
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.records import Inserted
from app.db.tables.companies import SIGNAL_KINDS
from app.domain.companies.input import SLUG, Name, RegistryNumber, Website, both
from app.domain.companies.kinds import (
    COMPANY_ENRICHMENT,
    ENRICHMENT_SOURCES,
    LEAD_SCORING,
    MAX_SCORED_COMPANIES,
    SIGNAL_DETECTION,
    DetectionArgs,
    EnrichmentArgs,
    EnrichmentSource,
    ScoringArgs,
)
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import JobSpec, NewJob
from app.errors import Invalid
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.jobs import durations
from app.web.platform import get_platform

RequestModel = TypeVar("RequestModel", bound="CompaniesRequest")


class CompanyRef(BaseModel):
    """A company by our id, a business' or the client's own; one that is new is made under its name."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    key: Annotated[str, Field(min_length=1, max_length=128)] = Field(
        validation_alias=AliasChoices("business_id", "company_id", "businessId", "companyId", "id")
    )
    name: Name | None = Field(
        default=None,
        validation_alias=AliasChoices("business_name", "company_name", "businessName", "companyName", "name"),
    )
    website: Website = None
    registry_number: RegistryNumber = Field(default=None, validation_alias=both("registry_number", "registryNumber"))


class CompaniesRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    companies: list[CompanyRef] = Field(min_length=1, max_length=MAX_SCORED_COMPANIES)
    priority: int = Field(default=5, ge=1, le=9)

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, value: Any) -> Any:
        """One company's fields at top level are a list of one; ids alone are companies, too."""
        if isinstance(value, list):
            value = {"companies": value}
        if not isinstance(value, dict):
            return value
        if "companies" not in value:
            options = {name: value[name] for name in cls.model_fields if name in value}
            value = options | {"companies": [{k: v for k, v in value.items() if k not in options}]}
        entries = value["companies"]
        if isinstance(entries, list):
            entries = [{"id": one} if isinstance(one, str) else one for one in entries]
        return value | {"companies": entries}


class EnrichmentRequest(CompaniesRequest):
    sources: Annotated[list[EnrichmentSource], Field(min_length=1)] | None = None
    """All sources if not given."""


class ScoringRequest(CompaniesRequest):
    ai: bool = False


async def enrich(request: Request) -> Response:
    """Enrich companies, one job per company."""
    user = await auth.require(request)
    raw, value = await request_parsing.read_json(request)
    body = _validate(EnrichmentRequest, value)

    def new_job(company_id: UUID) -> NewJob:
        args = EnrichmentArgs(company_id=company_id, sources=body.sources or list(ENRICHMENT_SOURCES))
        return COMPANY_ENRICHMENT.new_job(args, priority=body.priority)

    return await _create_jobs(request, user, raw, COMPANY_ENRICHMENT, body.companies, new_job, is_list=_is_list(value))


async def detect(request: Request) -> Response:
    """Look for signals of companies, one job per company."""
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
        rows = await _find_or_create(conn, refs, user)
        estimate = await durations.estimate_seconds(request, conn, spec)
        inserted = await jobs.insert(conn, [new_job(row["id"]) for row in rows], user.id)
        await _audit(conn, spec, inserted, user)
        return _accepted(estimate, inserted, rows, is_list=is_list)

    response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    return response


async def score(request: Request) -> Response:
    """Score companies, one job for all of them."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    body = _validate(ScoringRequest, value)

    async def insert(conn: Connection) -> Response:
        rows = await _find_or_create(conn, body.companies, user)
        estimate = await durations.estimate_seconds(request, conn, LEAD_SCORING)
        args = ScoringArgs(company_ids=[row["id"] for row in rows], ai=body.ai)
        job = LEAD_SCORING.new_job(args, priority=body.priority, total_items=len(rows))
        inserted = await jobs.insert(conn, [job], user.id)
        await _audit(conn, LEAD_SCORING, inserted, user)
        return _accepted(estimate, inserted, rows[:1], is_list=False)

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


async def _find_or_create(conn: Connection, refs: Sequence[CompanyRef], user: User) -> list[asyncpg.Record]:
    """Each once, in order. Raises Invalid, naming every one that there is not and that cannot be made."""
    rows: dict[Any, asyncpg.Record] = {}
    findings: list[tuple[str, str]] = []
    for place, one in enumerate(refs):
        row = await companies.find(conn, one.key) if "\0" not in one.key else None
        if row is None and companies.is_uuid(one.key):
            findings.append((f"companies.{place}.id", f"there is no company or business {one.key}"))
            continue
        if row is None and not SLUG.fullmatch(one.key):
            findings.append((f"companies.{place}.id", "must be 1 to 128 letters, digits or any of . _ : ~ -"))
            continue
        row = row or await companies.ensure(conn, one.key, one.name, user.id)
        given = {
            name: value
            for name, value in (("website", one.website), ("registry_number", one.registry_number))
            if value and row[name] is None
        }
        row = (await companies.update(conn, row["id"], given) or row) if given else row
        rows[row["id"]] = row
    if findings:
        raise Invalid(findings)
    return list(rows.values())


async def _audit(conn: Connection, spec: JobSpec, inserted: Sequence[Inserted], user: User) -> None:
    new = [str(one.id) for one in inserted if one.is_new]
    if new:
        await audit.record(conn, f"{spec.kind.upper()}_QUEUED", {"jobs": new[:100], "total": len(new)}, user_id=user.id)


def _accepted(
    estimate: float, inserted: Sequence[Inserted], rows: Sequence[asyncpg.Record], *, is_list: bool
) -> Response:
    entries = [
        {"job_id": one.id, "company_id": row["id"], "business_id": row["external_id"] or row["id"], "status": "queued",
         "is_new": one.is_new, "poll_url": f"/api/jobs/{one.id}"}
        for one, row in zip(inserted, rows, strict=True)
    ]  # fmt: skip
    common = {"estimated_completion_seconds": round(estimate) or 1, "poll_interval_ms": FIRST_MS}
    headers = {"Retry-After": retry_after(FIRST_MS), "Location": f"/api/jobs/{inserted[0].id}"}
    if is_list:
        return JSON({"jobs": entries, "total": len(entries)} | common, 202, headers)
    return JSON(entries[0] | common, 202, headers)


class SignalQuery(Paging):
    type: str | None = None


async def signals_index(request: Request) -> Response:
    """Signals of all companies, the newest first."""
    await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, SignalQuery)
    if paging.type is not None and paging.type not in SIGNAL_KINDS:
        raise Invalid([("type", f"must be one of {', '.join(SIGNAL_KINDS)}")])
    async with platform.pool.acquire() as conn:
        rows, total = await signals.select(
            conn, company_id=None, kind=paging.type, limit=paging.limit, offset=paging.offset
        )
    found = [signals.show(row) for row in rows]
    return JSON(page_of("signals", found, total, paging))
