"""Company jobs as document 004 presents them: `queued`, `active`, `completed`, `failed`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import Field

from app.db.jobs.job import Job
from app.domain.companies.research.report import ReportStatus
from app.domain.jobs.polling import eta_seconds, poll_interval_ms, progress
from app.domain.jobs.status import Status
from app.web.dialects.models import SnakeCaseModel
from app.web.http.models import is_none

KINDS = frozenset({"company_research", "company_enrichment", "lead_scoring", "signal_detection"})
CompanyJobStatus = Literal["queued", "active", "completed", "failed", "cancelled"]
STATUS_NAMES: dict[Status, CompanyJobStatus] = {
    Status.PENDING: "queued",
    Status.PROCESSING: "active",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}
"""Cancelled jobs, which the document does not mention, keep their canonical name."""


class ResearchResult(SnakeCaseModel):
    """The result of a research."""

    report_id: UUID
    status: ReportStatus
    sections_complete: int
    """Sections that are written, including those for which nothing was found."""
    sections_found: int
    total_sources: int
    confidence_score: float
    """0 to 1."""
    dropped_claims: int
    model: str
    problems: list[str]
    """Which sources could not be read, and why."""


class CompanyJobState(SnakeCaseModel):
    """A job in a few words."""

    id: UUID | None
    status: CompanyJobStatus
    progress: int
    """Per cent."""
    result: Any = Field(default=None, exclude_if=is_none)
    error: str | None = Field(default=None, exclude_if=is_none)


class ActiveCompanyJob(SnakeCaseModel):
    """A job that has not finished."""

    job: CompanyJobState
    type: str
    queue: str
    progress: int
    """Per cent."""
    created_at: datetime
    started_at: datetime | None
    estimated_completion: datetime
    poll_interval_ms: int
    """Milliseconds after which to ask for the job again."""


class FinishedCompanyJob(SnakeCaseModel):
    """A job that has finished."""

    job: CompanyJobState
    type: str
    queue: str
    completed_at: datetime | None
    result: Any = Field(default=None, exclude_if=is_none)
    """Null until the job has completed."""
    error: str | None = Field(default=None, exclude_if=is_none)
    """Why it failed or was cancelled."""


def status_name(job: Job) -> CompanyJobStatus:
    """Return the job's status as the document names it."""
    return STATUS_NAMES[Status(job.status)]


def present_company_job(job: Job, usual_seconds: float) -> tuple[ActiveCompanyJob | FinishedCompanyJob, int]:
    """Return the response body and its status code, which is 202 until the job has finished.

    `usual_seconds` is how long jobs of the kind usually take.
    """
    percent = progress(job.processed_items, job.total_items, completed=job.status == Status.COMPLETED)
    state = CompanyJobState(id=job.id, status=status_name(job), progress=percent)
    if job.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED):
        finished = FinishedCompanyJob(job=state, type=job.kind, queue=job.queue, completed_at=job.completed_at)
        if job.status is Status.COMPLETED:
            finished.result = state.result = orjson.Fragment(job.result or "null")
        else:
            finished.error = job.error
            state.error = job.error if job.status is Status.FAILED else None
        return finished, 200
    eta = eta_seconds(job.processed_items, job.total_items, job.running_seconds)
    active = ActiveCompanyJob(
        job=state,
        type=job.kind,
        queue=job.queue,
        progress=percent,
        created_at=job.created_at,
        started_at=job.started_at,
        estimated_completion=_estimate(job, usual_seconds),
        poll_interval_ms=poll_interval_ms(job.age_seconds, eta),
    )
    return active, 202


def _estimate(job: Job, usual_seconds: float) -> datetime:
    """Return when the job will probably finish: if it takes longer than usual, in a second."""
    now = datetime.now(UTC)
    begins: datetime = job.started_at or job.run_at or now
    return max(max(begins, now - timedelta(days=1)) + timedelta(seconds=usual_seconds), now + timedelta(seconds=1))
