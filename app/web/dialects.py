"""`GET /api/jobs/{id}`: a job in the words of the document that its kind comes from.

Document 002 calls a job that is being processed `running` and shows less of it; document 004 calls it `active`, and
answers 202 until it has ended; documents 000 and 001 have the words of the canonical interface. A state that a document
does not know keeps its canonical name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncpg import Record
from starlette.requests import Request
from starlette.responses import Response

from app.domain.jobs import Status
from app.web import dialect_companies, jobs, paces, presenters
from app.web.jobs import Presenter
from app.web.platform import Platform

RUNNING: Mapping[str, str] = {Status.PROCESSING: "running"}


async def heatmap(request: Request, row: Record) -> tuple[dict[str, Any], int]:
    """Document 002."""
    job = presenters.job(row)
    names = ("id", "type", "progress", "totalItems", "error", "createdAt", "startedAt", "completedAt")
    shown = {
        **{name: job[name] for name in names},
        "status": RUNNING.get(job["status"], job["status"]),
        "poll_interval_ms": job["poll_interval_ms"],
    }
    return shown, 200


async def company(request: Request, row: Record) -> tuple[dict[str, Any], int]:
    """Document 004."""
    platform: Platform = request.app.state.platform
    async with platform.pool.acquire() as conn:
        usual = await paces.running_seconds(request, conn, platform.specs[row["kind"]])
    return dialect_companies.job(row, usual)


PRESENTERS: Mapping[str, Presenter] = {
    "heatmap_compute": heatmap,
    **dict.fromkeys(dialect_companies.KINDS, company),
}
"""By kind."""


async def show(request: Request) -> Response:
    """As `GET /api/v1/jobs/{id}`, waiting, ETag and all."""

    async def present(request: Request, row: Record) -> tuple[dict[str, Any], int]:
        return await PRESENTERS.get(row["kind"], jobs.canonical)(request, row)

    return await jobs.shown(request, present)
