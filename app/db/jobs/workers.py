"""The register of workers: which are alive, on which route, and with how many slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import Connection

HEARTBEAT_TIMEOUT_SECONDS = 15
"""A worker whose last heartbeat is older counts as gone."""
RETENTION_SECONDS = 3600
"""How long a worker that is gone stays in the register."""

BEATING = f"beat_at > now() - interval '{HEARTBEAT_TIMEOUT_SECONDS} s'"
LIVE = f"(NOT stopping AND {BEATING})"
"""The condition on `workers` for a worker that takes jobs."""
LIVE_BY_ROUTE = (
    f"SELECT route, count(*)::int AS workers, sum(slots)::int AS slots FROM workers WHERE {LIVE} GROUP BY route"
)
"""A query: the number of live workers and of their slots on each route."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    id: UUID
    hostname: str
    pid: int
    route: str
    slots: int
    version: str
    started_at: datetime
    beat_at: datetime
    """Time of its last heartbeat."""
    stopping: bool
    """Whether it only finishes the jobs that it has."""
    loop_lag_ms: float
    """The longest delay of its event loop between its last two heartbeats."""
    alive: bool
    """Whether its last heartbeat is young enough."""
    running: int
    """Jobs that it runs."""


async def register(
    conn: Connection,
    worker_id: UUID,
    *,
    hostname: str,
    pid: int,
    route: str,
    slots: int,
    version: str,
    loop_lag_ms: float = 0.0,
) -> None:
    """Insert a worker, or record a heartbeat of one that is registered."""
    await conn.execute(
        """INSERT INTO workers (id, hostname, pid, route, slots, version, loop_lag_ms)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (id) DO UPDATE SET beat_at = now(), loop_lag_ms = excluded.loop_lag_ms""",
        worker_id,
        hostname,
        pid,
        route,
        slots,
        version,
        loop_lag_ms,
    )


async def leave(conn: Connection, worker_id: UUID, *, stopping: bool) -> None:
    """Mark a worker as stopping: it takes no more jobs but still runs some. Without `stopping`, delete it."""
    if stopping:
        await conn.execute("UPDATE workers SET stopping = true WHERE id = $1", worker_id)
    else:
        await conn.execute("DELETE FROM workers WHERE id = $1", worker_id)


async def delete_dead(conn: Connection) -> None:
    """Delete workers whose last heartbeat is older than RETENTION_SECONDS."""
    await conn.execute(f"DELETE FROM workers WHERE beat_at < now() - interval '{RETENTION_SECONDS} s'")


async def list_workers(conn: Connection) -> list[WorkerStatus]:
    """Return all registered workers, the newest first, including those that died within RETENTION_SECONDS."""
    rows = await conn.fetch(
        f"""SELECT w.id, w.hostname, w.pid, w.route, w.slots, w.version, w.started_at, w.beat_at, w.stopping,
                   w.loop_lag_ms, {BEATING} AS alive, coalesce(held.jobs, 0) AS running
            FROM workers AS w LEFT JOIN (
                SELECT worker_id, count(*) AS jobs FROM jobs
                WHERE lease_until IS NOT NULL AND status = 'processing' GROUP BY worker_id
            ) AS held ON held.worker_id = w.id
            ORDER BY w.started_at DESC, w.id"""
    )
    return [WorkerStatus(**row) for row in rows]


async def is_any_live(conn: Connection, queue: str | None = None) -> bool:
    """Return whether a live worker serves the queue, or any queue if it is None."""
    return bool(
        await conn.fetchval(
            f"""SELECT EXISTS (
                    SELECT FROM workers AS w WHERE {LIVE}
                    AND ($1::text IS NULL OR w.route = (SELECT route FROM queues WHERE name = $1)))""",
            queue,
        )
    )
