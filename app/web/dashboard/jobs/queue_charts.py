"""The charts of the queues: finished jobs, wait times and run times over the last hour, day or week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Pool
from app.db.jobs import views
from app.db.jobs.views import QueueActivity
from app.errors import BadRequest
from app.web.dashboard.core import html
from app.web.dashboard.core.live_updates import LiveUpdates
from app.web.dashboard.core.panels import Panel
from app.web.http.responses import encode

SPANS = {
    "1h": (timedelta(hours=1), 60),
    "24h": (timedelta(days=1), 900),
    "7d": (timedelta(days=7), 7200),
}
"""The time that a chart shows, and the seconds of one bucket."""


def panel(pool: Pool, span: str) -> Panel:
    async def render() -> str:
        async with pool.acquire() as conn:
            activity = await views.list_activity(conn, *SPANS[span])
        return encode(to_columns(activity, *SPANS[span])).decode()

    return Panel(render, max_age_seconds=10)


def to_columns(activity: Sequence[QueueActivity], span: timedelta, bucket_seconds: int) -> dict[str, Any]:
    """Return what the charts draw: `times` (Unix seconds), and for each queue one value per time.

    Counts are 0 for a bucket in which no job finished, times are null.
    """
    now = int(datetime.now(UTC).timestamp())
    first = (now - int(span.total_seconds())) // bucket_seconds * bucket_seconds + bucket_seconds
    times = list(range(first, now + 1, bucket_seconds))
    indexes = {time: index for index, time in enumerate(times)}

    def empty_columns() -> dict[str, list[Any]]:
        seconds: dict[str, list[Any]] = {
            name: [None] * len(times) for name in ("waited50", "waited95", "ran50", "ran95")
        }
        return seconds | {name: [0] * len(times) for name in ("completed", "failed")}

    queues: dict[str, dict[str, list[Any]]] = defaultdict(empty_columns)
    for bucket in activity:
        index = indexes.get(bucket.at)
        if index is None:
            continue
        columns = queues[bucket.queue]
        columns["completed"][index], columns["failed"][index] = bucket.completed, bucket.failed
        for name, percentiles in (("waited", bucket.waited), ("ran", bucket.ran)):
            if percentiles is not None:
                columns[f"{name}50"][index], columns[f"{name}95"][index] = (round(value, 4) for value in percentiles)
    return {"bucket": bucket_seconds, "times": times, "queues": queues}


async def series(request: Request) -> Response:
    """Return the numbers of the charts for `?span=`, computed once for all viewers."""
    updates: LiveUpdates = request.app.state.live_updates
    span = request.query_params.get("span", "1h")
    if span not in SPANS:
        raise BadRequest(f"Unknown span; expected one of {', '.join(SPANS)}.")
    rendered = await updates.panels.get(f"series-{span}")
    return html.json_response(request, rendered.content.encode())
