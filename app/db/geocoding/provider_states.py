"""How the geocoders fare as the workers see it, for the API, which seldom asks any itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.db.core.pool import Connection

LATELY = 3600.0
"""Seconds for which a worker's word counts."""


class State(Protocol):
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
class Lately:
    """Of one provider over all workers: errors of all, the rest from the worker that spoke last."""

    errors: int
    breaker: str
    p50_ms: float | None
    p95_ms: float | None


async def tell(conn: Connection, job_id: UUID, states: Sequence[State]) -> None:
    """Keep what the worker that runs this job has seen since it started."""
    await conn.execute("DELETE FROM geocoder_states WHERE at < now() - make_interval(secs => $1)", LATELY)
    await conn.execute(
        """INSERT INTO geocoder_states (worker_id, provider, errors, breaker, p50_ms, p95_ms)
           SELECT j.worker_id, s.*
           FROM jobs AS j, unnest($2::text[], $3::int[], $4::text[], $5::float8[], $6::float8[]) AS s
           WHERE j.id = $1 AND j.worker_id IS NOT NULL
           ON CONFLICT (provider, worker_id) DO UPDATE SET
               errors = excluded.errors, breaker = excluded.breaker, p50_ms = excluded.p50_ms,
               p95_ms = excluded.p95_ms, at = now()""",
        job_id,
        [one.name for one in states],
        [one.errors for one in states],
        [one.breaker for one in states],
        [one.p50_ms for one in states],
        [one.p95_ms for one in states],
    )


async def lately(conn: Connection) -> dict[str, Lately]:
    """By provider."""
    rows = await conn.fetch(
        """SELECT DISTINCT ON (provider) provider, breaker, p50_ms, p95_ms,
                  sum(errors) OVER (PARTITION BY provider)::int AS errors
           FROM geocoder_states WHERE at > now() - make_interval(secs => $1) ORDER BY provider, at DESC""",
        LATELY,
    )
    return {r["provider"]: Lately(r["errors"], r["breaker"], r["p50_ms"], r["p95_ms"]) for r in rows}
