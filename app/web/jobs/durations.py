"""How long jobs take, as measured, remembered for some seconds: so that saying it costs a request nothing."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from starlette.requests import Request

from app.db.core.pool import Connection
from app.db.jobs import durations
from app.db.jobs.durations import Pace
from app.domain.jobs.spec import JobSpec
from app.web.platform import get_platform

REMEMBERED_SECONDS = 5.0
FIRST = {"company_research": 60.0, "company_enrichment": 15.0, "signal_detection": 20.0, "lead_scoring": 2.0}
"""Seconds that a kind is said to take before any was measured."""
USUAL = 30.0


async def seconds(request: Request, conn: Connection, spec: JobSpec) -> float:
    """To the end of a job of the kind that is created now."""
    return (await _pace(request, conn, spec)).estimate(FIRST.get(spec.kind, USUAL))


async def usual(request: Request, kinds: Iterable[str]) -> dict[str, float]:
    """From start to end, by kind."""
    platform = get_platform(request)
    found: dict[str, float] = {}
    for kind in kinds:
        spec = platform.specs[kind]
        pace = _remembered(request, kind)
        if pace is None:
            async with platform.pool.acquire() as conn:
                pace = await _pace(request, conn, spec)
        found[kind] = FIRST.get(kind, USUAL) if pace.seconds is None else pace.seconds
    return found


async def _pace(request: Request, conn: Connection, spec: JobSpec) -> Pace:
    pace = _remembered(request, spec.kind)
    if pace is None:
        pace = await durations.pace(conn, spec.kind, spec.queue.name)
        _memory(request)[spec.kind] = monotonic(), pace
    return pace


def _remembered(request: Request, kind: str) -> Pace | None:
    at, pace = _memory(request).get(kind, (0.0, None))
    return pace if monotonic() - at <= REMEMBERED_SECONDS else None


def _memory(request: Request) -> dict[str, tuple[float, Pace]]:
    state = request.app.state
    if not hasattr(state, "paces"):
        state.paces = {}
    memory: dict[str, tuple[float, Pace]] = state.paces
    return memory
