"""A job, the errors of its items and its events as JSON."""

from __future__ import annotations

from typing import Any

import orjson

from app.db.jobs.item_errors import RecordedError
from app.db.jobs.job import Job
from app.db.jobs.timeline import JobEvent
from app.domain.jobs.polling import eta_seconds, poll_interval_ms, progress
from app.domain.jobs.status import TERMINAL, Status


def present_job(job: Job) -> dict[str, Any]:
    """Return a job as the API shows it; its stored data and result pass through unparsed."""
    is_running = job.status is Status.PROCESSING
    eta = eta_seconds(job.processed_items, job.total_items, job.running_seconds) if is_running else None
    return {
        "id": str(job.id),
        "type": job.kind,
        "queue": job.queue,
        "priority": job.priority,
        "status": job.status,
        "totalItems": job.total_items,
        "processedItems": job.processed_items,
        "failedItems": job.failed_items,
        "progress": progress(job.processed_items, job.total_items, completed=job.status is Status.COMPLETED),
        "attempt": job.attempt,
        "maxAttempts": job.max_attempts,
        "data": orjson.Fragment(job.data),
        "result": orjson.Fragment(job.result) if job.result else None,
        "error": job.error,
        "errorLog": None if job.error_log is None else [present_item_error(error) for error in job.error_log],
        "createdBy": {"id": str(job.created_by), "email": job.creator_email, "name": job.creator_name},
        "createdAt": job.created_at,
        "startedAt": job.started_at,
        "completedAt": job.completed_at,
        "runAt": job.run_at,
        "cancelRequested": job.cancel_requested_at is not None,
        "etaSeconds": eta,
        "poll_interval_ms": poll_interval_ms(job.age_seconds, eta, ended=job.status in TERMINAL),
    }


def present_item_error(error: RecordedError) -> dict[str, Any]:
    """Return an item's error, with the fields that its kind adds.

    The item of an error with an address is a household, whose id is also shown as `householdId`.
    """
    entry: dict[str, Any] = {"itemId": error.item_id}
    if error.address is not None:
        entry |= {"householdId": error.item_id, "address": error.address}
    return entry | (error.detail or {}) | {"error": error.error, "timestamp": error.at}


def present_event(event: JobEvent) -> dict[str, Any]:
    """Return an entry of a job's timeline."""
    worker = None if event.worker_id is None else {"id": event.worker_id, "hostname": event.hostname}
    return {
        "at": event.at,
        "event": event.event,
        "attempt": event.attempt,
        "fence": event.fence,
        "worker": worker,
        "detail": event.detail,
    }
