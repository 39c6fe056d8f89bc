"""The queues: how they fare, their course over time, limits and pauses changed in place."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Pool
from app.db.jobs import queues as stored
from app.db.jobs import views
from app.db.jobs.views import QueueActivity
from app.errors import AppError, BadRequest
from app.web.dashboard.core import html, internal_api
from app.web.dashboard.core.live_updates import LiveUpdates
from app.web.dashboard.core.panels import Panel
from app.web.http.responses import encode
from app.web.jobs import queues
from app.web.platform import get_platform

SPANS = {
    "1h": (timedelta(hours=1), 60),
    "24h": (timedelta(days=1), 900),
    "7d": (timedelta(days=7), 7200),
}
"""What the charts show, and the seconds of a bucket."""
PAUSES = {"": "until resumed", "15": "for 15 minutes", "60": "for an hour", "480": "for 8 hours"}


async def read(pool: Pool) -> list[dict[str, Any]]:
    async with pool.acquire() as conn:
        return [queues.present_queue(queue) for queue in await stored.list_queues(conn)]


def panel(pool: Pool) -> Panel:
    async def render() -> str:
        return html.fragment("queue_parts.html", "cells", await read(pool))

    return Panel(render, max_age_seconds=5, announcements=("QUEUE_",), follows_jobs=True)


def series_panel(pool: Pool, span: str) -> Panel:
    async def render() -> str:
        async with pool.acquire() as conn:
            rows = await views.list_activity(conn, *SPANS[span])
        return encode(columns(rows, *SPANS[span])).decode()

    return Panel(render, max_age_seconds=10)


def columns(rows: list[QueueActivity], span: timedelta, bucket: int) -> dict[str, Any]:
    """For the charts: the times, and by queue the values at each of them, null where nothing ended."""
    now = int(datetime.now(UTC).timestamp())
    first = (now - int(span.total_seconds())) // bucket * bucket + bucket
    times = list(range(first, now + 1, bucket))
    place = {at: i for i, at in enumerate(times)}
    found: dict[str, dict[str, list[Any]]] = defaultdict(
        lambda: (
            {name: [None] * len(times) for name in ("waited50", "waited95", "ran50", "ran95")}
            | {name: [0] * len(times) for name in ("completed", "failed")}
        )
    )
    for row in rows:
        i = place.get(row.at)
        if i is None:
            continue
        series = found[row.queue]
        series["completed"][i], series["failed"][i] = row.completed, row.failed
        for name, seconds in (("waited", row.waited), ("ran", row.ran)):
            if seconds is not None:
                series[f"{name}50"][i], series[f"{name}95"][i] = (round(value, 4) for value in seconds)
    return {"bucket": bucket, "times": times, "queues": found}


async def index(request: Request) -> Response:
    span = request.query_params.get("span", "1h")
    return html.page(
        request,
        "queues.html",
        queues=await read(get_platform(request).pool),
        span=span if span in SPANS else "1h",
        spans=list(SPANS),
        pauses=PAUSES,
    )


async def series(request: Request) -> Response:
    """The charts' numbers, made for all who look at once."""
    updates: LiveUpdates = request.app.state.live_updates
    span = request.query_params.get("span", "1h")
    if span not in SPANS:
        raise BadRequest(f"Unknown span; expected one of {', '.join(SPANS)}.")
    rendered = await updates.panels.get(f"series-{span}")
    return html.json_response(request, rendered.content.encode())


async def pause(request: Request) -> Response:
    minutes = str((await request.form()).get("minutes", ""))
    until = datetime.now(UTC) + timedelta(minutes=int(minutes)) if minutes in PAUSES and minutes else None
    body = {"until": until.isoformat()} if until else None
    return await _done(request, queues.pause, body, "Queue {name} is paused. Running jobs continue.")


async def resume(request: Request) -> Response:
    return await _done(request, queues.resume, None, "Queue {name} is running again.")


async def limits(request: Request) -> Response:
    """Empty fields give the default back."""
    form = await request.form()
    given = {name: str(form.get(name, "")).strip() for name in ("concurrency", "priority")}
    body = {name: text or None for name, text in given.items()}
    return await _done(request, queues.update, body, "The limits of queue {name} were saved.")


async def _done(request: Request, handler: internal_api.Handler, body: Any, message: str) -> Response:
    name = request.path_params["name"]
    try:
        await internal_api.call(request, handler, body)
    except AppError as error:
        return html.see_other(request, "/queues", f"{name}: {error.detail}", tone="bad")
    return html.see_other(request, "/queues", message.format(name=name))


async def old_address(request: Request) -> Response:
    """Where other systems have their queues."""
    return html.see_other(request, "/queues")
