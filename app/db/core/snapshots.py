"""Snapshots that stay open for long: Postgres keeps all dead rows since then, which slows admission more and more."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.core.pool import Connection

MIN_SECONDS = 120.0
MAX_SNAPSHOTS = 5


@dataclass(frozen=True, slots=True)
class OldSnapshot:
    """A session, a prepared transaction or a replication slot that keeps dead rows."""

    kind: str
    """`session`, `prepared transaction` or `replication slot`."""
    owner: str | None
    """The user of the database; None if the platform's own user may not know."""
    name: str | None
    """The name of the application, the transaction or the slot."""
    pid: int | None
    seconds: float | None
    """Since it began, if that is known."""

    def __str__(self) -> str:
        about = ", ".join(filter(None, (self.name, f"pid {self.pid}" if self.pid else None)))
        since = "" if self.seconds is None else f" for {self.seconds / 60:,.0f} min"
        return f"a {self.kind} of {self.owner or 'another user'} ({about}) keeps dead rows{since}"


async def list_old_snapshots(conn: Connection) -> list[OldSnapshot]:
    """Return the snapshots of this database that are older than MIN_SECONDS, the oldest first."""
    rows = await conn.fetch(
        """SELECT * FROM (
               SELECT 'session' AS kind, usename::text AS owner, nullif(application_name, '') AS name, pid,
                      extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
               FROM pg_stat_activity
               WHERE datname = current_database() AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
                 AND pid <> pg_backend_pid() AND backend_type IN ('client backend', 'walsender')
               UNION ALL
               SELECT 'prepared transaction', owner::text, gid, NULL,
                      extract(epoch FROM clock_timestamp() - prepared)::float8
               FROM pg_prepared_xacts WHERE database = current_database()
               UNION ALL
               SELECT 'replication slot', NULL, slot_name::text, active_pid, NULL
               FROM pg_replication_slots
               WHERE NOT active AND (age(xmin) > 1000000 OR age(catalog_xmin) > 1000000)
           ) AS kept
           WHERE seconds IS NULL OR seconds > $1 ORDER BY seconds DESC NULLS LAST LIMIT $2""",
        MIN_SECONDS,
        MAX_SNAPSHOTS,
    )
    return [OldSnapshot(**row) for row in rows]
