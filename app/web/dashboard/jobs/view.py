"""A job as the pages show it: in a row of a list, and at the head of its own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.jobs.bulk import SOURCES, Action
from app.db.jobs.job import Job
from app.domain.jobs.polling import eta_seconds, progress
from app.domain.jobs.status import Status
from app.web.dashboard.core import html

LONGEST_SUMMARY = 120


@dataclass(frozen=True)
class JobView:
    id: UUID
    kind: str
    queue: str
    status: str
    word: str
    """The status, or what it is on its way to."""
    priority: int
    attempt: int
    max_attempts: int
    total: int | None
    processed: int
    failed: int
    percent: int
    eta: float | None
    rate: float | None
    """Items a second, on the average since it started."""
    waited: float | None
    ran: float | None
    """Seconds."""
    error: str | None
    summary: str
    creator: str
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    run_at: datetime | None
    updated_at: datetime
    can: frozenset[str]

    @classmethod
    def of(cls, job: Job) -> JobView:
        status = job.status
        processed, total = job.processed_items, job.total_items
        started, completed = job.started_at, job.completed_at
        ran = None if started is None else (completed - started).total_seconds() if completed else job.running_seconds
        running = status is Status.PROCESSING
        stopping = running and job.cancel_requested_at is not None
        later = status is Status.PENDING and job.run_at is not None
        return cls(
            id=job.id,
            kind=job.kind,
            queue=job.queue,
            status=status.value,
            word="cancelling" if stopping else "deferred" if later else status.value,
            priority=job.priority,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            total=total,
            processed=processed,
            failed=job.failed_items,
            percent=progress(processed, total, completed=status is Status.COMPLETED),
            eta=eta_seconds(processed, total, job.running_seconds) if running else None,
            rate=processed / ran if processed and ran else None,
            waited=(started - job.created_at).total_seconds() if started else job.age_seconds,
            ran=ran,
            error=job.error,
            summary=summary(job.data),
            creator=job.creator_email,
            created_at=job.created_at,
            started_at=started,
            completed_at=completed,
            run_at=job.run_at if later else None,
            updated_at=job.updated_at,
            can=frozenset(action.value for action in Action if status in SOURCES[action]),
        )


def summary(data: str) -> str:
    """What a job is about, on one line: its file, its filters, or its first values."""
    value = orjson.loads(data)
    if not isinstance(value, dict):
        return data[:LONGEST_SUMMARY]
    if value.get("fileName"):
        return str(value["fileName"])[:LONGEST_SUMMARY]
    flat = {**value, **value["filters"]} if isinstance(value.get("filters"), dict) else value
    flat.pop("filters", None)
    told = [f"{name} {_short(one)}" for name, one in flat.items() if one not in (None, "", {}, [], False, 0, 0.0)]
    return ", ".join(told)[:LONGEST_SUMMARY]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 40 else f"{text[:39]}…"


def describe(job: Job, form: str) -> Mapping[str, Any]:
    """What the pages are told of a job that changed. `form`: a `row` of a list, or the `panel` of its own page."""
    view = JobView.of(job)
    facts = {"id": str(view.id), "status": view.status, "html": html.fragment("job_parts.html", form, view)}
    if form == "row":
        return facts
    return facts | {
        "processed": view.processed,
        "total": view.total,
        "at": view.updated_at,
        # a change of these changes more of the page than the panel
        "stage": f"{view.word} {view.attempt} {view.failed}",
    }
