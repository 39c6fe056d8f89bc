"""How long jobs take, as measured, remembered for some seconds: so that saying it costs a request nothing."""

from __future__ import annotations

from time import monotonic

from starlette.requests import Request

from app.db import durations
from app.db.durations import Pace
from app.db.pool import Connection
from app.domain.jobs import JobSpec

REMEMBERED_SECONDS = 5.0
FIRST = {"company_research": 60.0, "company_enrichment": 15.0, "signal_detection": 20.0, "lead_scoring": 2.0}
"""Seconds that a kind is said to take before any was measured."""
USUAL = 30.0


async def seconds(request: Request, conn: Connection, spec: JobSpec) -> float:
    """To the end of a job of the kind that is created now."""
    return (await _pace(request, conn, spec)).estimate(FIRST.get(spec.kind, USUAL))


async def running_seconds(request: Request, conn: Connection, spec: JobSpec) -> float:
    """From start to end."""
    measured = (await _pace(request, conn, spec)).seconds
    return FIRST.get(spec.kind, USUAL) if measured is None else measured


async def _pace(request: Request, conn: Connection, spec: JobSpec) -> Pace:
    state = request.app.state
    if not hasattr(state, "paces"):
        state.paces = {}
    known: dict[str, tuple[float, Pace]] = state.paces
    at, pace = known.get(spec.kind, (0.0, None))
    if pace is None or monotonic() - at > REMEMBERED_SECONDS:
        pace = await durations.pace(conn, spec.kind, spec.queue.name)
        known[spec.kind] = monotonic(), pace
    return pace
