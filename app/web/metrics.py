"""`GET /metrics`: the metrics of the API process, and the state of all queues, for Prometheus."""

from __future__ import annotations

import hmac
import time

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from app import metrics
from app.db.core.asyncpg_overrides import acquire_ahead
from app.db.core.pool import CONNECTION_LOST
from app.db.core.snapshots import list_old_snapshots
from app.db.jobs import queues
from app.errors import NotFound
from app.web.accounts import auth
from app.web.http.operation import Access, Media, Reply, operation
from app.web.platform import Platform, get_platform

FRESH_SECONDS = 5.0
"""How long the numbers of queues are used again: however often it is asked, Postgres counts once in that time."""
UNAVAILABLE: tuple[type[Exception], ...] = (*CONNECTION_LOST, asyncpg.PostgresError)

_counted_at: dict[int, float] = {}
"""Monotonic time of the last counting, by the id of the platform."""


@operation(
    "getMetrics",
    tag="Service",
    access=Access.ADMIN,
    returns={200: Reply(Media((metrics.CONTENT_TYPE.partition(";")[0],)))},
    errors=[NotFound],
)
async def read(request: Request) -> Response:
    """Return the metrics in the text format of Prometheus.

    For administrators, and for whoever sends the TRIGPOINT_METRICS_TOKEN as `Authorization: Bearer`.
    """
    platform = get_platform(request)
    if not _has_token(request, platform.settings.metrics_token):
        await auth.require(request, admin=True)
    await _count_queues(platform)
    return Response(metrics.render(), headers={"Content-Type": metrics.CONTENT_TYPE, "Cache-Control": "no-store"})


def _has_token(request: Request, token: str | None) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return (
        token is not None and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    )


async def _count_queues(platform: Platform) -> None:
    if time.monotonic() - _counted_at.get(id(platform), -FRESH_SECONDS) < FRESH_SECONDS:
        return
    _counted_at[id(platform)] = time.monotonic()
    try:
        async with acquire_ahead(platform.pool) as conn:
            found = await queues.list_queues(conn)
            snapshots = await list_old_snapshots(conn)
    except UNAVAILABLE:
        metrics.POSTGRES_AVAILABLE.set(0)
        return
    metrics.POSTGRES_AVAILABLE.set(1)
    metrics.OLDEST_SNAPSHOT.set(max((snapshot.seconds or 0 for snapshot in snapshots), default=0))
    for queue in found:
        for state in ("ready", "deferred", "admitted", "processing"):
            metrics.QUEUE_JOBS.labels(queue.name, state).set(getattr(queue, state))
        metrics.QUEUE_AGE.labels(queue.name).set(queue.oldest_ready_seconds or 0)
        metrics.QUEUE_WORKERS.labels(queue.name).set(queue.workers)
        metrics.QUEUE_PAUSED.labels(queue.name).set(queue.paused)
        concurrency = queue.concurrency if queue.concurrency_override is None else queue.concurrency_override
        metrics.QUEUE_CONCURRENCY.labels(queue.name).set(
            concurrency * queue.workers if queue.per_worker else concurrency
        )
