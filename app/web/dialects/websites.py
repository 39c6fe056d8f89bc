"""Document 003's words: `queued`, `running`, `success`, `failure`; jobs are of a business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.db.jobs.job import Job
from app.domain.jobs.status import Status
from app.web.jobs.presenters import present_job

WORDS: Mapping[str, str] = {
    Status.PENDING: "queued",
    Status.PROCESSING: "running",
    Status.COMPLETED: "success",
    Status.FAILED: "failure",
    Status.CANCELLED: "cancelled",
}
"""A state that the document does not know keeps its canonical name."""


def present_website_job(job: Job) -> dict[str, Any]:
    """A job as the document shows it, with its progress, which the document wishes for."""
    shown = present_job(job)
    same = ("id", "maxAttempts", "error", "result", "createdAt", "startedAt", "completedAt", "progress", "priority")
    return {
        **{name: shown[name] for name in same},
        "businessId": orjson.loads(job.data).get("businessId"),
        "jobType": job.kind,
        "status": WORDS[job.status],
        "attempts": job.attempt,
        "totalItems": job.total_items,
        "processedItems": job.processed_items,
        "poll_interval_ms": shown["poll_interval_ms"],
    }
