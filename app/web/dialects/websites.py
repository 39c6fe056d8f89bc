"""Website jobs as document 003 presents them: `queued`, `running`, `success`, `failure`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.db.jobs.job import Job
from app.domain.jobs.status import Status
from app.web.jobs.presenters import present_job

STATUS_NAMES: Mapping[str, str] = {
    Status.PENDING: "queued",
    Status.PROCESSING: "running",
    Status.COMPLETED: "success",
    Status.FAILED: "failure",
    Status.CANCELLED: "cancelled",
}
"""Cancelled jobs, which the document does not mention, keep their canonical name."""


def present_website_job(job: Job) -> dict[str, Any]:
    """Return a job as the document presents it, with the progress that the document asks for."""
    shown = present_job(job)
    same = ("id", "maxAttempts", "error", "result", "createdAt", "startedAt", "completedAt", "progress", "priority")
    return {
        **{name: shown[name] for name in same},
        "businessId": orjson.loads(job.data).get("businessId"),
        "jobType": job.kind,
        "status": STATUS_NAMES[job.status],
        "attempts": job.attempt,
        "totalItems": job.total_items,
        "processedItems": job.processed_items,
        "poll_interval_ms": shown["poll_interval_ms"],
    }
