"""Measure what two overrides of asyncpg save: `python -m tests.benchmarks.overrides`. Prints medians.

The first line compares the first statements with arrays on new connections, the second an acquire, a trivial statement
and a release. Both compare asyncpg as it is with the pool of `app.db.core.connect`, in turns, on a server of its own.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg

from app.db.core.asyncpg_overrides import PooledConnection
from app.db.core.connect import Timeouts, open_pool
from app.db.core.pool import Pool, Session
from app.embedded.postgres import EmbeddedPostgres

CONNECTIONS = 30
ROUNDS = 5
USES = 2_000
TIMEOUTS = Timeouts(acquire_seconds=5, command_seconds=5, idle_transaction_seconds=5)


async def first_statements(dsn: str, connection_class: type[Session]) -> float:
    """Return the seconds that the first statements with arrays take on a new connection."""
    conn = await asyncpg.connect(dsn, connection_class=connection_class)
    try:
        start = time.perf_counter()
        await conn.fetch("SELECT unnest($1::uuid[])", [])
        await conn.fetch("SELECT unnest($1::text[]), unnest($2::float8[])", [], [])
        return time.perf_counter() - start
    finally:
        await conn.close()


async def use(pool: Pool) -> float:
    """Return the seconds of one acquire, `SELECT 1` and release, on average."""
    start = time.perf_counter()
    for _ in range(USES):
        async with pool.acquire() as conn:
            await conn.fetchval("SELECT 1")
    return (time.perf_counter() - start) / USES


async def medians(*measures: Callable[[], Awaitable[float]], rounds: int) -> list[float]:
    """Return the median of each measure, taken in turns."""
    taken = [[await measure() for measure in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


async def measure(dsn: str) -> None:
    plain, ours = await medians(
        lambda: first_statements(dsn, asyncpg.Connection),
        lambda: first_statements(dsn, PooledConnection),
        rounds=CONNECTIONS,
    )
    print(f"first statements of a connection: {plain * 1e3:.1f} ms with asyncpg, {ours * 1e3:.1f} ms with the override")
    plain_pool = await asyncpg.create_pool(dsn, min_size=1, max_size=1)
    our_pool = await open_pool(dsn, size=1, name="benchmark", timeouts=TIMEOUTS)
    plain, ours = await medians(lambda: use(plain_pool), lambda: use(our_pool), rounds=ROUNDS)
    print(f"use of a pooled connection: {plain * 1e6:.0f} µs with asyncpg, {ours * 1e6:.0f} µs with the override")
    await plain_pool.close()
    await our_pool.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            asyncio.run(measure(server.dsn))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
