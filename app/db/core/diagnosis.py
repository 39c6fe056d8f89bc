"""What `trigpoint doctor` reads of a database and its server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db.core.connect import connect
from app.db.core.pool import Connection

MIN_VERSION = 150000


@dataclass(frozen=True)
class ServerFacts:
    """Settings and numbers of the server."""

    version: str
    version_number: int
    now: datetime
    settings: dict[str, str]
    """Those of SETTINGS that the server has."""
    connections: int
    """Of all clients."""
    dead_share: float
    """Share of dead rows in the table of jobs; high where nothing cleans it."""
    disabled_schedules: int
    """Schedules that the platform disabled because of an error."""
    has_admin: bool
    failed_jobs: int
    """Within a day."""


SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "max_connections", "track_counts")


async def read_facts(conn: Connection) -> ServerFacts:
    """Return the facts of a database with a schema that fits."""
    rows = await conn.fetch("SELECT name, setting FROM pg_settings WHERE name = ANY($1)", list(SETTINGS))
    row = await conn.fetchrow(
        """SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
                  clock_timestamp() AS now,
                  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
                  (SELECT n_dead_tup / greatest(1, n_live_tup + n_dead_tup)::float8 FROM pg_stat_user_tables
                   WHERE relid = 'jobs'::regclass AND n_dead_tup > 100000) AS dead,
                  (SELECT count(*) FROM schedules WHERE NOT enabled AND error IS NOT NULL) AS schedules,
                  EXISTS (SELECT FROM users WHERE role = 'admin' AND disabled_at IS NULL) AS has_admin,
                  (SELECT count(*) FROM jobs
                   WHERE status = 'failed' AND completed_at > now() - interval '1 day') AS failed
        """
    )
    assert row is not None
    return ServerFacts(
        version=row["version"],
        version_number=row["number"],
        now=row["now"],
        settings={found["name"]: found["setting"] for found in rows},
        connections=row["connections"],
        dead_share=row["dead"] or 0.0,
        disabled_schedules=row["schedules"],
        has_admin=row["has_admin"],
        failed_jobs=row["failed"],
    )


async def shares_sessions(dsn: str) -> bool:
    """Whether a pooler in transaction mode is in between: then two connections have the same session of the server."""
    first = await connect(dsn, name="trigpoint doctor")
    try:
        second = await connect(dsn, name="trigpoint doctor")
        try:
            pids = [await conn.fetchval("SELECT pg_backend_pid()") for conn in (first, second, first)]
        finally:
            await second.close()
    finally:
        await first.close()
    return bool(pids[0] == pids[1])
