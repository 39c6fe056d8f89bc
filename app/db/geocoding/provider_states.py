"""The state of the geocoders as workers observe it. The API reads it, because it seldom asks a geocoder itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.db.core.pool import Connection

MAX_AGE_SECONDS = 3600.0
"""Older observations are deleted."""


class ObservedState(Protocol):
    """A geocoder as one worker has seen it since it started; times in milliseconds."""

    @property
    def name(self) -> str: ...
    @property
    def on(self) -> bool: ...
    @property
    def errors(self) -> int: ...
    @property
    def breaker(self) -> str: ...
    @property
    def p50_ms(self) -> float | None: ...
    @property
    def p95_ms(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class RecentState:
    """A geocoder over all workers: the sum of their errors, and the rest from the worker that reported last."""

    errors: int
    breaker: str
    p50_ms: float | None
    p95_ms: float | None


async def upsert(conn: Connection, job_id: UUID, states: Sequence[ObservedState]) -> None:
    """Store what the worker that runs this job has observed, and delete what is too old."""
    await conn.execute("DELETE FROM geocoder_states WHERE at < now() - make_interval(secs => $1)", MAX_AGE_SECONDS)
    await conn.execute(
        """INSERT INTO geocoder_states (worker_id, provider, errors, breaker, p50_ms, p95_ms)
           SELECT j.worker_id, s.*
           FROM jobs AS j, unnest($2::text[], $3::int[], $4::text[], $5::float8[], $6::float8[]) AS s
           WHERE j.id = $1 AND j.worker_id IS NOT NULL
           ON CONFLICT (provider, worker_id) DO UPDATE SET
               errors = excluded.errors, breaker = excluded.breaker, p50_ms = excluded.p50_ms,
               p95_ms = excluded.p95_ms, at = now()""",
        job_id,
        [state.name for state in states],
        [state.errors for state in states],
        [state.breaker for state in states],
        [state.p50_ms for state in states],
        [state.p95_ms for state in states],
    )


async def list_recent(conn: Connection) -> dict[str, RecentState]:
    """Return the observations of the last MAX_AGE_SECONDS by provider."""
    rows = await conn.fetch(
        """SELECT DISTINCT ON (provider) provider, breaker, p50_ms, p95_ms,
                  sum(errors) OVER (PARTITION BY provider)::int AS errors
           FROM geocoder_states WHERE at > now() - make_interval(secs => $1) ORDER BY provider, at DESC""",
        MAX_AGE_SECONDS,
    )
    return {row["provider"]: RecentState(row["errors"], row["breaker"], row["p50_ms"], row["p95_ms"]) for row in rows}
