"""The worker processes: who they are, what they do at the moment, whether they are well."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Pool
from app.db.jobs import views
from app.db.jobs import workers as stored
from app.web.dashboard.core import html
from app.web.dashboard.core.panels import Panel
from app.web.platform import get_platform


async def read(pool: Pool) -> list[dict[str, Any]]:
    async with pool.acquire() as conn:
        found = await stored.list_workers(conn)
        jobs = await views.list_running(conn)
    by_worker = defaultdict(list)
    for job in jobs:
        by_worker[job.worker_id].append(job)
    return [asdict(worker) | {"jobs": by_worker[worker.id]} for worker in found]


def panel(pool: Pool) -> Panel:
    async def render() -> str:
        return html.fragment("worker_parts.html", "rows", await read(pool))

    return Panel(render, max_age_seconds=2, follows_jobs=True, min_age_seconds=2)


async def index(request: Request) -> Response:
    return html.page(request, "workers.html", workers=await read(get_platform(request).pool))
