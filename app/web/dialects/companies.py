"""Company jobs as document 004 presents them: `queued`, `active`, `completed`, `failed`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.db.jobs.job import Job
from app.domain.jobs.polling import eta_seconds, poll_interval_ms, progress
from app.domain.jobs.status import Status

KINDS = frozenset({"company_research", "company_enrichment", "lead_scoring", "signal_detection"})
STATUS_NAMES: dict[str, str] = {Status.PENDING: "queued", Status.PROCESSING: "active"}
"""The document's other names are the canonical ones."""


def status_name(job: Job) -> str:
    """Return the job's status as the document names it."""
    return STATUS_NAMES.get(job.status, str(job.status))


def present_company_job(job: Job, usual_seconds: float) -> tuple[dict[str, Any], int]:
    """Return the response body and its status code, which is 202 until the job has finished.

    `usual_seconds` is how long jobs of the kind usually take.
    """
    percent = progress(job.processed_items, job.total_items, completed=job.status == Status.COMPLETED)
    shown: dict[str, Any] = {"id": str(job.id), "status": status_name(job), "progress": percent}
    ended = {"type": job.kind, "queue": job.queue, "completed_at": job.completed_at}
    match job.status:
        case Status.COMPLETED:
            result = orjson.Fragment(job.result or "null")
            return {"job": shown | {"result": result}, "result": result, **ended}, 200
        case Status.FAILED:
            return {"job": shown | {"error": job.error}, "error": job.error, **ended}, 200
        case Status.CANCELLED:
            return {"job": shown, "error": job.error, **ended}, 200
    eta = eta_seconds(job.processed_items, job.total_items, job.running_seconds)
    return {
        "job": shown,
        "type": job.kind,
        "queue": job.queue,
        "progress": percent,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "estimated_completion": _estimate(job, usual_seconds),
        "poll_interval_ms": poll_interval_ms(job.age_seconds, eta),
    }, 202


def _estimate(job: Job, usual_seconds: float) -> datetime:
    """Return when the job will probably finish: if it takes longer than usual, in a second."""
    now = datetime.now(UTC)
    begins: datetime = job.started_at or job.run_at or now
    return max(max(begins, now - timedelta(days=1)) + timedelta(seconds=usual_seconds), now + timedelta(seconds=1))
