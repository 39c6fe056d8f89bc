"""The page of workers: each process, its jobs and its health."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Pool
from app.db.jobs import views
from app.db.jobs import workers as stored_workers
from app.web.dashboard.core import html
from app.web.dashboard.core.panels import Panel
from app.web.platform import get_platform


async def list_workers(pool: Pool) -> list[dict[str, Any]]:
    """Return the workers, newest first, each with the jobs that it is running."""
    async with pool.acquire() as conn:
        workers = await stored_workers.list_workers(conn)
        running = await views.list_running(conn)
    jobs_by_worker = defaultdict(list)
    for job in running:
        jobs_by_worker[job.worker_id].append(job)
    return [asdict(worker) | {"jobs": jobs_by_worker[worker.id]} for worker in workers]


def panel(pool: Pool) -> Panel:
    async def render() -> str:
        return html.fragment("worker_parts.html", "rows", await list_workers(pool))

    return Panel(render, max_age_seconds=2, follows_jobs=True, min_age_seconds=2)


async def index(request: Request) -> Response:
    return html.page(request, "workers.html", workers=await list_workers(get_platform(request).pool))
