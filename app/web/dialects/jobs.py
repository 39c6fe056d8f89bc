"""`GET /api/jobs/{id}`: a job in the words of the document that its kind comes from.

Document 002 calls a job that is being processed `running` and shows less of it; documents 000 and 001 have the words of
the canonical interface; 003's are in `app.web.dialects.websites`, 004's in `app.web.dialects.companies`. A state that a
document does not know keeps its canonical name.
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

RUNNING: Mapping[str, str] = {Status.PROCESSING: "running"}


def heatmap(job: Job) -> dict[str, Any]:
    """Document 002."""
    shown = present_job(job)
    names = ("id", "type", "progress", "totalItems", "error", "createdAt", "startedAt", "completedAt")
    return {
        **{name: shown[name] for name in names},
        "status": RUNNING.get(shown["status"], shown["status"]),
        "poll_interval_ms": shown["poll_interval_ms"],
    }


PRESENTERS: Mapping[str, Callable[[Job], dict[str, Any]]] = {
    "heatmap_compute": heatmap,
    **dict.fromkeys(WEBSITE_KINDS, websites.present_website_job),
}
"""By kind."""


async def show(request: Request) -> Response:
    """As `GET /api/v1/jobs/{id}`, waiting, ETag and all; of document 004's kinds 202 until they have ended."""
    usual = await durations.usual_seconds(request, companies.KINDS)

    def present(job: Job) -> tuple[dict[str, Any], int]:
        if job.kind in companies.KINDS:
            return companies.present_company_job(job, usual[job.kind])
        return PRESENTERS.get(job.kind, present_job)(job), 200

    return await job_response(request, present)
