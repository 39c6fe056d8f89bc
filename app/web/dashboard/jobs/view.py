"""A job as the pages show it: in a row of a list, and at the head of its own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.jobs.bulk import ALLOWED_STATUSES, Action
from app.db.jobs.job import MAX_LISTED_BYTES, Job
from app.domain.jobs.polling import eta_seconds, progress
from app.domain.jobs.status import Status
from app.domain.text.json_guard import load_stored
from app.web.dashboard.core import html
from app.web.dashboard.core.formatting import humanize
from app.web.dashboard.core.viewers import JobFragment

MAX_SUMMARY_CHARACTERS = 120
MAX_VALUE_CHARACTERS = 40


@dataclass(frozen=True)
class JobView:
    id: UUID
    kind: str
    title: str
    queue: str
    status: str
    label: str
    """The status, or `cancelling` for a processing job and `deferred` for a pending one that is due later."""
    priority: int
    attempt: int
    max_attempts: int
    total: int | None
    processed: int
    failed: int
    percent: int
    eta_seconds: float | None
    items_per_second: float | None
    """On average since it started."""
    wait_seconds: float | None
    run_seconds: float | None
    error: str | None
    summary: str
    creator: str
    """Email address."""
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    run_at: datetime | None
    updated_at: datetime
    actions: frozenset[str]
    """Actions that the job allows: cancel, retry, delete. An archived one does not run again."""
    is_archived: bool

    @classmethod
    def from_job(cls, job: Job) -> JobView:
        status = job.status
        processed, total = job.processed_items, job.total_items
        started, completed = job.started_at, job.completed_at
        run_seconds = job.running_seconds if started else None
        if started and completed:
            run_seconds = (completed - started).total_seconds()
        running = status is Status.PROCESSING
        cancelling = running and job.cancel_requested_at is not None
        deferred = status is Status.PENDING and job.run_at is not None
        return cls(
            id=job.id,
            kind=job.kind,
            title=job.title or humanize(job.kind),
            queue=job.queue,
            status=status.value,
            label="cancelling" if cancelling else "deferred" if deferred else status.value,
            priority=job.priority,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            total=total,
            processed=processed,
            failed=job.failed_items,
            percent=progress(processed, total, completed=status is Status.COMPLETED),
            eta_seconds=eta_seconds(processed, total, job.running_seconds) if running else None,
            items_per_second=processed / run_seconds if processed and run_seconds else None,
            wait_seconds=(started - job.created_at).total_seconds() if started else job.age_seconds,
            run_seconds=run_seconds,
            error=job.error,
            summary=summarize(job.data),
            creator=job.creator_email,
            created_at=job.created_at,
            started_at=started,
            completed_at=completed,
            run_at=job.run_at if deferred else None,
            updated_at=job.updated_at,
            actions=frozenset(
                action.value
                for action in Action
                if status in ALLOWED_STATUSES[action] and not (job.is_archived and action is Action.RETRY)
            ),
            is_archived=job.is_archived,
        )


def summarize(data: str) -> str:
    """Return what a job is about in one line, from the JSON text of its arguments: its file, or its values."""
    value = load_stored(data) if len(data) <= MAX_LISTED_BYTES else None
    if not isinstance(value, dict):
        return data[:MAX_SUMMARY_CHARACTERS]
    if value.get("fileName"):
        return str(value["fileName"])[:MAX_SUMMARY_CHARACTERS]
    flat = {**value, **value["filters"]} if isinstance(value.get("filters"), dict) else value
    flat.pop("filters", None)
    parts = [
        f"{name} {_shorten(member)}" for name, member in flat.items() if member not in (None, "", {}, [], False, 0, 0.0)
    ]
    return ", ".join(parts)[:MAX_SUMMARY_CHARACTERS]


def _shorten(value: Any) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[: MAX_VALUE_CHARACTERS - 1]}…"


def render_update(job: Job, fragment: JobFragment) -> Mapping[str, Any]:
    """Return the update that open pages receive when the job has changed, with its HTML fragment."""
    view = JobView.from_job(job)
    update = {"id": str(view.id), "status": view.status, "html": html.fragment("job_parts.html", fragment, view)}
    if fragment == "row":
        return update
    return update | {
        "processed": view.processed,
        "total": view.total,
        "at": view.updated_at,
        # when this changes, the page loads its other sections again
        "stage": f"{view.label} {view.attempt} {view.failed}",
    }
