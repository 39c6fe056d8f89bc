"""A job, the errors of its items and its events as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.db.jobs.item_errors import RecordedError
from app.db.jobs.job import Job
from app.db.jobs.timeline import JobEvent
from app.domain.jobs.polling import eta_seconds, poll_interval_ms, progress
from app.domain.jobs.status import TERMINAL, Status
from app.domain.jobs.waits import Wait, WaitReason
from app.domain.text.labels import make_label
from app.web.http.models import RawObject, ResponseModel, is_none, raw_object

PollInterval = Annotated[int, Field(alias="poll_interval_ms", ge=0)]
"""Milliseconds after which to ask for the job again; 0 once it has finished."""


class JobOwner(ResponseModel):
    """The user who created a job."""

    id: UUID
    email: str
    name: str


class ItemError(ResponseModel):
    """An item of a job that failed. Kinds add further members."""

    model_config = ConfigDict(extra="allow")

    item_id: str | None
    household_id: str | None = Field(default=None, exclude_if=is_none)
    """The same as `itemId`, if the item is a household."""
    address: str | None = Field(default=None, exclude_if=is_none)
    error: str
    timestamp: datetime


_OWN_NAMES = {name for own, field in ItemError.model_fields.items() for name in (own, field.alias)}
"""Names that further members of an error cannot take."""


class WaitModel(ResponseModel):
    """What a pending job waits for."""

    reason: WaitReason
    message: str
    """A sentence for people."""
    position: int | None
    """About its place in line, from 1; null if it is not in line, or far behind."""
    seconds: float | None
    """About how long it will wait; null if that is unknown."""


class JobModel(ResponseModel):
    """A job."""

    id: UUID
    type: str
    title: str
    """What the job does, for people."""
    queue: str
    priority: int
    """1 runs first."""
    status: Status
    total_items: int | None
    """Null until it is known."""
    processed_items: int
    """Including failed ones."""
    failed_items: int
    progress: int
    """Per cent."""
    attempt: int
    max_attempts: int
    data: RawObject | None
    """The arguments, as `GET /api/v1/kinds` describes them for the type. Null in a list if they are too long for it."""
    result: RawObject | None
    """As the schema `JobResults` describes it for the type, once the job has completed; null before. A job that failed
    or was cancelled may have a part of it."""
    truncated: bool
    """Whether `data` or `result` are cut, because they are too long for a list."""
    error: str | None
    error_log: list[ItemError] | None
    """The first errors of items; all of them are in `/api/v1/jobs/{id}/errors`. Null in lists."""
    created_by: JobOwner
    request_id: str | None
    """The `X-Request-Id` of the request that created the job."""
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    run_at: datetime | None
    """When a deferred job becomes due."""
    cancel_requested: bool
    archived: bool
    """Whether it was archived long after its end. It can be read and deleted, and does not run again."""
    waits_for: WaitModel | None = None
    """What a pending job waits for. Null once it runs, and in lists."""
    eta_seconds: float | None
    poll_interval_ms: PollInterval


class TimelineWorker(ResponseModel):
    id: UUID
    hostname: str | None


class TimelineEvent(ResponseModel):
    """Something that happened to a job."""

    at: datetime
    event: str
    attempt: int
    fence: int
    """Grows with each run of the job."""
    worker: TimelineWorker | None
    detail: Any
    """What else is known of it, such as an error."""


def present_job(job: Job, wait: Wait | None = None) -> JobModel:
    """Return a job as the API shows it; its stored data and result pass through unparsed."""
    is_running = job.status is Status.PROCESSING
    eta = eta_seconds(job.processed_items, job.total_items, job.running_seconds) if is_running else None
    return JobModel(
        id=job.id,
        type=job.kind,
        title=job.title or make_label(job.kind),
        queue=job.queue,
        priority=job.priority,
        status=job.status,
        total_items=job.total_items,
        processed_items=job.processed_items,
        failed_items=job.failed_items,
        progress=progress(job.processed_items, job.total_items, completed=job.status is Status.COMPLETED),
        attempt=job.attempt,
        max_attempts=job.max_attempts,
        data=None if job.is_cut and job.data == "null" else raw_object(job.data),
        result=raw_object(job.result) if job.result else None,
        truncated=job.is_cut,
        error=job.error,
        error_log=None if job.error_log is None else [present_item_error(error) for error in job.error_log],
        created_by=JobOwner(id=job.created_by, email=job.creator_email, name=job.creator_name),
        request_id=job.request_id,
        created_at=job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        run_at=job.run_at,
        cancel_requested=job.cancel_requested_at is not None,
        archived=job.is_archived,
        waits_for=WaitModel(**asdict(wait)) if wait else None,
        eta_seconds=eta,
        poll_interval_ms=poll_interval_ms(job.age_seconds, eta, ended=job.status in TERMINAL),
    )


def present_item_error(error: RecordedError) -> ItemError:
    """Return an item's error, with the fields that its kind adds.

    The item of an error with an address is a household, whose id is also shown as `householdId`.
    """
    entry: dict[str, Any] = {"itemId": error.item_id}
    if error.address is not None:
        entry |= {"householdId": error.item_id, "address": error.address}
    further = {name: value for name, value in (error.detail or {}).items() if name not in _OWN_NAMES}
    return ItemError.model_validate(entry | further | {"error": error.error, "timestamp": error.at})


def present_event(event: JobEvent) -> TimelineEvent:
    """Return an entry of a job's timeline."""
    worker = None if event.worker_id is None else TimelineWorker(id=event.worker_id, hostname=event.hostname)
    return TimelineEvent(
        at=event.at, event=event.event, attempt=event.attempt, fence=event.fence, worker=worker, detail=event.detail
    )
