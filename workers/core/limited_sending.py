"""Sends messages to endpoints of users within the limits of `app.db.jobs.deliveries`, and records how they answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import UUID

from app import metrics
from app.db.core.pool import Connection, connection
from app.db.jobs import deliveries
from app.db.jobs.deliveries import Target, Wait
from app.domain.jobs.outcomes import Snooze
from providers.errors import ProviderError
from providers.metrics import outcome_of
from providers.notify.webhook import Gone, NoAnswer
from workers.core.context import JobContext


async def send(
    context: JobContext,
    endpoint_id: UUID,
    url: str,
    post: Callable[[float], Awaitable[int]],
    disable: Callable[[Connection, str], Awaitable[None]] | None = None,
) -> int | Snooze:
    """Call `post` with a timeout in seconds, and return its status; a Snooze if the endpoint takes nothing now.

    `disable` is called with the reason if the endpoint has failed for too long. Raises what `post` raises.
    """
    pool = context.resources.pool
    async with connection(pool) as conn, conn.transaction():
        owner = await deliveries.find_owner(conn, context.id)
        if owner is None:
            return Snooze(1.0, "the job is gone")
        target = Target(endpoint_id, urlsplit(url).netloc.rpartition("@")[2].lower(), owner)
        slot = await deliveries.acquire(conn, context.id, context.fence, target)
    if isinstance(slot, Wait):
        return Snooze(slot.seconds, slot.reason)
    started = time.monotonic()
    try:
        status = await post(slot.timeout_seconds)
    except ProviderError as error:
        _measure(error, started)
        is_host_failure = isinstance(error, NoAnswer)
        async with connection(pool) as conn, conn.transaction():
            reason = await deliveries.record_failure(
                conn, context.id, context.fence, target, is_host_failure=is_host_failure
            )
            if reason and disable is not None and not isinstance(error, Gone):
                await disable(conn, f"{reason}; last: {error}")
        raise
    _measure(None, started)
    async with connection(pool) as conn, conn.transaction():
        await deliveries.record_success(conn, context.id, target, time.monotonic() - started)
    return status


def _measure(error: ProviderError | None, started: float) -> None:
    metrics.WEBHOOKS.labels(outcome_of(error)).inc()
    metrics.WEBHOOK_SECONDS.observe(time.monotonic() - started)
