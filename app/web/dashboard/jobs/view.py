"""A job as the pages show it: in a row of a list, and at the head of its own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from app.db.jobs.bulk import SOURCES, Action
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
    def of(cls, row: Record) -> JobView:
        status = Status(row["status"])
        processed, total = row["processed_items"], row["total_items"]
        started, completed = row["started_at"], row["completed_at"]
        ran = (
            None if started is None else (completed - started).total_seconds() if completed else row["running_seconds"]
        )
        running = status is Status.PROCESSING
        stopping = running and row["cancel_requested_at"] is not None
        later = status is Status.PENDING and row["run_at"] is not None
        return cls(
            id=row["id"],
            kind=row["kind"],
            queue=row["queue"],
            status=status.value,
            word="cancelling" if stopping else "deferred" if later else status.value,
            priority=row["priority"],
            attempt=row["attempt"],
            max_attempts=row["max_attempts"],
            total=total,
            processed=processed,
            failed=row["failed_items"],
            percent=progress(processed, total, completed=status is Status.COMPLETED),
            eta=eta_seconds(processed, total, row["running_seconds"]) if running else None,
            rate=processed / ran if processed and ran else None,
            waited=(started - row["created_at"]).total_seconds() if started else row["age_seconds"],
            ran=ran,
            error=row["error"],
            summary=summary(row["data"]),
            creator=row["creator_email"],
            created_at=row["created_at"],
            started_at=started,
            completed_at=completed,
            run_at=row["run_at"] if later else None,
            updated_at=row["updated_at"],
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


def describe(row: Record, form: str) -> Mapping[str, Any]:
    """What the pages are told of a job that changed. `form`: a `row` of a list, or the `panel` of its own page."""
    job = JobView.of(row)
    facts = {"id": str(job.id), "status": job.status, "html": html.fragment("job_parts.html", form, job)}
    if form == "row":
        return facts
    return facts | {
        "processed": job.processed,
        "total": job.total,
        "at": job.updated_at,
        # a change of these changes more of the page than the panel
        "stage": f"{job.word} {job.attempt} {job.failed}",
    }
