"""The page of queues: counts, limits and pauses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Pool
from app.db.jobs import queues as stored_queues
from app.web.dashboard.core import html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.core.panels import Panel
from app.web.dashboard.jobs.queue_charts import SPANS
from app.web.jobs import queues
from app.web.platform import get_platform

PAUSE_MINUTES = {"": "until resumed", "15": "for 15 minutes", "60": "for an hour", "480": "for 8 hours"}


async def list_queues(pool: Pool) -> list[dict[str, Any]]:
    async with pool.acquire() as conn:
        return [
            queues.present_queue(queue).model_dump(by_alias=True) for queue in await stored_queues.list_queues(conn)
        ]


def panel(pool: Pool) -> Panel:
    async def render() -> str:
        return html.fragment("queue_parts.html", "cells", await list_queues(pool))

    return Panel(render, max_age_seconds=5, announcements=("QUEUE_",), follows_jobs=True)


async def index(request: Request) -> Response:
    span = request.query_params.get("span", "1h")
    return html.page(
        request,
        "queues.html",
        queues=await list_queues(get_platform(request).pool),
        span=span if span in SPANS else "1h",
        spans=list(SPANS),
        pauses=PAUSE_MINUTES,
    )


async def pause(request: Request) -> Response:
    minutes = str((await read_form(request)).get("minutes", ""))
    now = get_platform(request).changes.now()
    until = now + timedelta(minutes=int(minutes)) if minutes in PAUSE_MINUTES and minutes else None
    body = {"until": until.isoformat()} if until else None
    return await _change(request, queues.pause, body, "Queue {name} is paused. Running jobs continue.")


async def resume(request: Request) -> Response:
    return await _change(request, queues.resume, None, "Queue {name} is running again.")


async def set_limits(request: Request) -> Response:
    """Set concurrency and priority; an empty field restores the default."""
    form = await read_form(request)
    body = {name: str(form.get(name, "")).strip() or None for name in ("concurrency", "priority")}
    return await _change(request, queues.update, body, "The limits of queue {name} were saved.")


async def _change(request: Request, handler: internal_api.Handler, body: Any, message: str) -> Response:
    message = message.format(name=request.path_params["name"])
    return await internal_api.call_and_redirect(request, handler, body, message=message, back="/queues")


async def redirect_old_path(request: Request) -> Response:
    """Redirect from the paths at which other systems show their queues."""
    return html.redirect(request, "/queues")
