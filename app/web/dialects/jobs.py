"""`GET /api/jobs/{id}`: a job as the source document of its kind presents it.

Document 002 calls a job that is being processed `running` and shows fewer fields; documents 000 and 001 use the
canonical names; 003's are in `app.web.dialects.websites`, 004's in `app.web.dialects.companies`. A status that a
document does not mention keeps its canonical name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs.job import Job
from app.domain.jobs.status import Status
from app.domain.websites.kinds import WEBSITE_KINDS
from app.web.dialects import companies, websites
from app.web.jobs import durations
from app.web.jobs.presenters import present_job
from app.web.jobs.read import job_response

HEATMAP_STATUS_NAMES: Mapping[str, str] = {Status.PROCESSING: "running"}


def present_heatmap_job(job: Job) -> dict[str, Any]:
    """Return a job as document 002 presents it."""
    shown = present_job(job)
    names = ("id", "type", "progress", "totalItems", "error", "createdAt", "startedAt", "completedAt")
    return {
        **{name: shown[name] for name in names},
        "status": HEATMAP_STATUS_NAMES.get(shown["status"], shown["status"]),
        "poll_interval_ms": shown["poll_interval_ms"],
    }


PRESENTERS: Mapping[str, Callable[[Job], dict[str, Any]]] = {
    "heatmap_compute": present_heatmap_job,
    **dict.fromkeys(WEBSITE_KINDS, websites.present_website_job),
}
"""By kind."""


async def read(request: Request) -> Response:
    """Return the job. Supports `Prefer: wait=N` and ETags as `GET /api/v1/jobs/{id}` does.

    200 with the document's fields; for document 004's kinds 202 until the job has finished.
    """
    usual = await durations.usual_seconds(request, companies.KINDS)

    def present(job: Job) -> tuple[dict[str, Any], int]:
        if job.kind in companies.KINDS:
            return companies.present_company_job(job, usual[job.kind])
        return PRESENTERS.get(job.kind, present_job)(job), 200

    return await job_response(request, present)
