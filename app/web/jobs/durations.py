"""Durations of jobs, measured in Postgres and cached for some seconds, so that telling clients costs no query."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from uuid import UUID

from starlette.requests import Request

from app.db.core.pool import Connection
from app.db.jobs import durations
from app.db.jobs.durations import JobPace
from app.domain.jobs.spec import JobSpec
from app.web.platform import get_platform

CACHE_SECONDS = 5.0
ASSUMED_SECONDS = {"company_research": 60.0, "company_enrichment": 15.0, "signal_detection": 20.0, "lead_scoring": 2.0}
"""Assumed duration by kind, until durations have been measured."""
ASSUMED_SECONDS_OTHERS = 30.0


async def estimate_seconds(request: Request, conn: Connection, spec: JobSpec, user_id: UUID) -> float:
    """Return the estimated seconds from now until a job that this user creates now has finished."""
    return (await _pace(request, conn, spec)).estimate(user_id, _assumed_seconds(spec.kind))


async def usual_seconds(request: Request, kinds: Iterable[str]) -> dict[str, float]:
    """Return by kind the median seconds from the start of a job to its end."""
    platform = get_platform(request)
    found: dict[str, float] = {}
    for kind in kinds:
        pace = _cached(request, kind)
        if pace is None:
            async with platform.pool.acquire() as conn:
                pace = await _pace(request, conn, platform.specs[kind])
        found[kind] = _assumed_seconds(kind) if pace.seconds is None else pace.seconds
    return found


def _assumed_seconds(kind: str) -> float:
    return ASSUMED_SECONDS.get(kind, ASSUMED_SECONDS_OTHERS)


async def _pace(request: Request, conn: Connection, spec: JobSpec) -> JobPace:
    pace = _cached(request, spec.kind)
    if pace is None:
        pace = await durations.get_pace(conn, spec.kind, spec.queue.name)
        _cache(request)[spec.kind] = monotonic(), pace
    return pace


def _cached(request: Request, kind: str) -> JobPace | None:
    measured_at, pace = _cache(request).get(kind, (0.0, None))
    return pace if monotonic() - measured_at <= CACHE_SECONDS else None


def _cache(request: Request) -> dict[str, tuple[float, JobPace]]:
    """Return the application's cache: by kind, when the pace was measured and what it was."""
    state = request.app.state
    if not hasattr(state, "paces"):
        state.paces = {}
    cache: dict[str, tuple[float, JobPace]] = state.paces
    return cache
