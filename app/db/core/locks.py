"""All advisory locks of the platform. Postgres knows them by number; no two of them share one.

Numbers stay as they are from version to version, so that the locks also hold between workers of two versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, unique
from hashlib import sha256

from app.db.core.pool import Connection


@unique
class Lock(IntEnum):
    """Locks of which there is one in the database. The first bytes of each number are "trig"."""

    ADMISSION = 0x7472_6967_0001
    """Admit jobs: the counts of running jobs stay true until the commit."""
    SWEEP = 0x7472_6967_0002
    """Rescue and wake jobs: one worker at a time is enough."""
    ADMINS = 0x7472_6967_0003
    """Change who administers the installation."""
    EXCLUSIONS = 0x7472_6967_0004
    """Add to the list of excluded businesses (exclusively) or save businesses (shared): neither misses the other."""
    HEATMAP_REGIONS = 0x7472_6967_0006
    """Check which region is covered and create the job for the rest."""
    MIGRATION = 0x7472_6967_0008
    """Change the schema."""
    BACKUP = 0x7472_6967_0009
    """Back up the database (exclusively), or remove or replace the files of uploads (shared)."""
    BACKUP_RUN = 0x7472_6967_000A
    """One backup at a time."""
    RETENTION = 0x7472_6967_000B
    """Archive and delete what is older than its period: one process at a time is enough."""
    OVERPASS = 0x7472_6967_0007
    """Query Overpass: its policy allows one query at a time."""


def named_lock(purpose: str, *of: str) -> int:
    """Return the number of a lock of which there are many, such as ("research quota", user_id) for each user."""
    return int.from_bytes(sha256("\0".join((purpose, *of)).encode()).digest()[:8], signed=True)


def acquire_sql(lock: int) -> str:
    """Return the statement of `acquire`, to send it in one trip with others."""
    return f"SELECT pg_advisory_xact_lock({lock:d})"


async def acquire(conn: Connection, lock: int) -> None:
    """Wait for the lock and hold it until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", lock)


async def acquire_shared(conn: Connection, lock: int) -> None:
    """Wait until nobody holds the lock exclusively; until the transaction ends only further shared holders get it."""
    await conn.execute("SELECT pg_advisory_xact_lock_shared($1)", lock)


async def try_acquire(conn: Connection, lock: int) -> bool:
    """Hold the lock until the transaction ends, if no other transaction holds it. Returns whether it is held."""
    return bool(await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", lock))


async def try_acquire_shared(conn: Connection, lock: int) -> bool:
    """Hold the lock with others until the transaction ends, unless a transaction holds it exclusively."""
    return bool(await conn.fetchval("SELECT pg_try_advisory_xact_lock_shared($1)", lock))


async def try_acquire_each(conn: Connection, numbers: Sequence[int]) -> list[bool]:
    """Try to acquire each lock as `try_acquire` does. Returns which are held, in order."""
    rows = await conn.fetch(
        """SELECT pg_try_advisory_xact_lock(number) AS is_held
           FROM unnest($1::bigint[]) WITH ORDINALITY AS asked (number, place) ORDER BY place""",
        numbers,
    )
    return [row["is_held"] for row in rows]


async def try_acquire_for_session(conn: Connection, lock: int) -> bool:
    """Hold the lock until `release_from_session` or the end of the connection, if no other connection holds it."""
    return bool(await conn.fetchval("SELECT pg_try_advisory_lock($1)", lock))


async def release_from_session(conn: Connection, lock: int) -> None:
    """Release a lock taken by `try_acquire_for_session`."""
    await conn.execute("SELECT pg_advisory_unlock($1)", lock)
