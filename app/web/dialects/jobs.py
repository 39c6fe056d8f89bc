"""`GET /api/jobs/{id}`: a job as the source document of its kind presents it.

Document 002 calls a job that is being processed `running` and shows fewer fields; documents 000 and 001 use the
canonical names; 003's are in `app.web.dialects.websites`, 004's in `app.web.dialects.companies`. A status that a
document does not mention keeps its canonical name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs.job import Job
from app.domain.jobs.waits import Wait
from app.domain.websites.kinds import WEBSITE_KINDS
from app.web.dialects import companies, websites
from app.web.heatmaps.status_names import HEATMAP_STATUS_NAMES, HeatmapStatus
from app.web.http.models import ResponseModel
from app.web.http.operation import (
    ETAG,
    IF_NONE_MATCH,
    PREFER_WAIT,
    PREFERENCE_APPLIED,
    RETRY_AFTER,
    Reply,
    operation,
)
from app.web.jobs import durations
from app.web.jobs.presenters import JobModel, PollInterval, present_job
from app.web.jobs.read import job_response


class HeatmapJob(ResponseModel):
    """A job that computes a heat map."""

    id: UUID
    type: str
    status: HeatmapStatus
    progress: int
    """Per cent."""
    total_items: int | None
    """Grid cells; null until it is known."""
    error: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    poll_interval_ms: PollInterval


def present_heatmap_job(job: Job) -> HeatmapJob:
    """Return a job as document 002 presents it."""
    shown = present_job(job)
    names = (
        "id", "type", "progress", "total_items", "error", "created_at", "started_at", "completed_at",
        "poll_interval_ms",
    )  # fmt: skip
    fields: dict[str, Any] = {name: getattr(shown, name) for name in names}
    return HeatmapJob(**fields, status=HEATMAP_STATUS_NAMES[shown.status])


PRESENTERS: Mapping[str, Callable[[Job], HeatmapJob | websites.WebsiteJob]] = {
    "heatmap_compute": present_heatmap_job,
    **dict.fromkeys(WEBSITE_KINDS, websites.present_website_job),
}
"""By kind."""


@operation(
    "getJobDialect",
    tag="Documents' dialects",
    headers=[PREFER_WAIT, IF_NONE_MATCH],
    returns={
        200: Reply(
            JobModel | HeatmapJob | websites.WebsiteJob | companies.FinishedCompanyJob,
            headers=[ETAG, RETRY_AFTER, PREFERENCE_APPLIED],
        ),
        202: Reply(
            companies.ActiveCompanyJob,
            headers=[ETAG, RETRY_AFTER, PREFERENCE_APPLIED],
            description="The job, one of document 004's kinds, has not finished.",
        ),
        304: Reply(headers=[ETAG, RETRY_AFTER], description="The ETag that the client has is still current."),
    },
)
async def read(request: Request) -> Response:
    """Return a job in the words of the document that its kind comes from.

    `Prefer: wait=N` and ETags work as they do for `GET /api/v1/jobs/{id}`.
    """
    usual = await durations.usual_seconds(request, companies.KINDS)

    def present(job: Job, wait: Wait | None) -> tuple[BaseModel, int]:
        if job.kind in companies.KINDS:
            return companies.present_company_job(job, usual[job.kind])
        if presenter := PRESENTERS.get(job.kind):
            return presenter(job), 200
        return present_job(job, wait), 200

    return await job_response(request, present)
