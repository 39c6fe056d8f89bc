"""Website jobs as document 003 presents them: `queued`, `running`, `success`, `failure`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from app.db.jobs.job import Job
from app.domain.jobs.status import Status
from app.domain.text.json_guard import load_stored_object
from app.web.http.models import RawObject, ResponseModel
from app.web.jobs.presenters import PollInterval, present_job

WebsiteJobStatus = Literal["queued", "running", "success", "failure", "cancelled"]
STATUS_NAMES: Mapping[Status, WebsiteJobStatus] = {
    Status.PENDING: "queued",
    Status.PROCESSING: "running",
    Status.COMPLETED: "success",
    Status.FAILED: "failure",
    Status.CANCELLED: "cancelled",
}
"""Cancelled jobs, which the document does not mention, keep their canonical name."""


class WebsiteJob(ResponseModel):
    """A job that visits the website of a business."""

    id: UUID
    business_id: Any
    job_type: str
    status: WebsiteJobStatus
    attempts: int
    max_attempts: int
    error: str | None
    result: RawObject | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    progress: int
    """Per cent."""
    priority: int
    """1 runs first."""
    total_items: int | None
    """Null until it is known."""
    processed_items: int
    poll_interval_ms: PollInterval


def website_job_fields(job: Job) -> dict[str, Any]:
    """Return the fields of a `WebsiteJob`, with the progress that the document asks for."""
    shown = present_job(job)
    same = ("id", "max_attempts", "error", "result", "created_at", "started_at", "completed_at", "progress", "priority")
    return {
        **{name: getattr(shown, name) for name in same},
        "business_id": load_stored_object(job.data).get("businessId"),
        "job_type": job.kind,
        "status": STATUS_NAMES[job.status],
        "attempts": job.attempt,
        "total_items": job.total_items,
        "processed_items": job.processed_items,
        "poll_interval_ms": shown.poll_interval_ms,
    }


def present_website_job(job: Job) -> WebsiteJob:
    """Return a job as the document presents it."""
    return WebsiteJob(**website_job_fields(job))
