"""Whether the disk of Postgres is full, found out before a job meets it."""

from __future__ import annotations

import time

import asyncpg

from app.db.core.faults import describe_fault
from app.db.core.pool import Connection

CHECK_SECONDS = 10.0
WORK_MEM = "64kB"
PROBE = """
SELECT count(*) FROM (
    SELECT repeat(md5(n::text), 32) AS line FROM generate_series(1, 4000) AS n ORDER BY 1 OFFSET 0
) AS sorted
"""
"""Sorts 4 MB with less memory, so that Postgres writes them into a temporary file. Touches no table, writes no log."""


async def find_disk_fault(conn: Connection) -> str | None:
    """Return why Postgres cannot write a file; None if it can. Needs some tens of milliseconds."""
    try:
        async with conn.transaction():
            await conn.execute("SELECT set_config('work_mem', $1, true)", WORK_MEM)
            await conn.fetchval(PROBE)
    except asyncpg.DiskFullError as error:
        return describe_fault(error).reason
    return None


class DiskCheck:
    """Whether the disk of Postgres is full, asked at most every CHECK_SECONDS."""

    def __init__(self) -> None:
        self._fault: str | None = None
        self._due_at = 0.0
        """On the monotonic clock."""

    async def find_fault(self, conn: Connection) -> str | None:
        """Return why Postgres cannot write a file; None if nothing is known against it."""
        if time.monotonic() >= self._due_at:
            self._due_at = time.monotonic() + CHECK_SECONDS
            self._fault = await find_disk_fault(conn)
        return self._fault
