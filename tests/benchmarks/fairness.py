"""Costs and benefits of turns: admission compared with that by age, the drain with both, a user behind 20,000 jobs.

`python -m tests.benchmarks.fairness [--rounds 3]`. Both ways of admission read the same generated rows in turn; ratios
are taken pair by pair.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import asyncpg

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.migrate import upgrade
from app.db.jobs import admission, waiting
from app.db.jobs.admission import Candidate
from app.embedded import EmbeddedPostgres
from tests.benchmarks.admission_by_age import SELECT as BY_AGE
from tests.benchmarks.admission_by_age import list_candidates as by_age
from tests.benchmarks.jobs import HEADERS, JOBS, drain
from tests.benchmarks.report import line, spread
from tests.processes import Process, platform

PAIRS = 200
BACKLOG = 20_000
STATES = [(0, 1), *((ready, users) for ready in (10_000, 100_000, 1_000_000) for users in (1, 100, 10_000))]
"""Ready jobs, and users among whom they are shared."""
HELD, FREE = 99, (1, 25)
"""Slots that are held, and slots that are free."""


async def fill(conn: Any, ready: int, users: int) -> None:
    """Make 16 queues, one of which has jobs: `ready` ones, 99 that hold slots, and 10,000 that have finished."""
    await conn.execute("TRUNCATE jobs, workers, queues, users CASCADE")
    await conn.execute(
        """INSERT INTO users (id, email, name, role)
           SELECT gen_random_uuid(), n || '@example.org', n::text, 'user' FROM generate_series(1, $1) AS n""",
        users,
    )
    await conn.execute(
        """INSERT INTO queues (name, route, priority, concurrency, dispatch_size)
           SELECT 'queue ' || n, 'default', 2, 100, 25 FROM generate_series(1, 16) AS n;
           INSERT INTO workers (id, hostname, pid, route, slots, version, beat_at)
           VALUES (gen_random_uuid(), 'bench', 1, 'default', 200, '0', now() + interval '1 day')"""
    )
    insert = """
        INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by, status, lease_until,
                          worker_id, completed_at)
        SELECT ('019a0000-0000-7000-8000-' || lpad(to_hex($3 + n), 12, '0'))::uuid, 'noop', 'queue 7', '{}', 1, 60,
               u.id, $2::text, CASE $2 WHEN 'processing' THEN now() + interval '1 day' END,
               CASE $2 WHEN 'processing' THEN (SELECT id FROM workers) END, CASE $2 WHEN 'completed' THEN now() END
        FROM generate_series(1, $1) AS n
        JOIN (SELECT id, row_number() OVER () - 1 AS number, count(*) OVER () AS users FROM users) AS u
            ON u.number = n % u.users
    """
    await conn.execute(insert, 10_000, "completed", 0, timeout=600)
    await conn.execute(insert, HELD, "processing", 20_000, timeout=600)
    await conn.execute(insert, ready, "pending", 30_000, timeout=600)
    await conn.execute("VACUUM ANALYZE jobs", timeout=600)
    await conn.execute("ANALYZE queues, users, workers")


async def with_turns(conn: Any) -> list[Candidate]:
    """As `admission.list_candidates`, without the lock."""
    return [
        Candidate(job.id, queue.name, queue.route, queue.dispatch_size, queue.workers, queue.concurrency)
        for queue, job in await waiting.list_next(conn, admission.STATEMENTS)
    ]


async def microseconds(conn: Any, *ways: Any) -> list[list[float]]:
    """Run these in turn, each in a transaction, and return what each run took."""
    taken: list[list[float]] = [[] for _ in ways]
    for number in range(PAIRS + 10):
        for way, times in zip(ways, taken, strict=True):
            async with conn.transaction():
                start = time.perf_counter()
                await way(conn)
                elapsed = time.perf_counter() - start
            if number >= 10:
                times.append(elapsed * 1e6)
    return taken


async def compare_admission(folder: Path) -> None:
    """Compare the first statement with the one by age, and all that admission does before it marks jobs."""

    async def old_statement(conn: Any) -> None:
        await conn.fetch(BY_AGE)

    async def new_statement(conn: Any) -> None:
        await conn.fetch(admission.SELECT)

    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    await asyncio.to_thread(upgrade, server.dsn)
    conn = await asyncpg.connect(server.dsn)
    for ready, users in STATES:
        await fill(conn, ready, users)
        for free in FREE:
            await conn.execute("UPDATE queues SET concurrency = $1", HELD + free)
            name = f"{ready:,} ready, {users:,} users, {free} free"
            old, new = await microseconds(conn, old_statement, new_statement)
            ratio = median(b / a for a, b in zip(old, new, strict=True))
            text = f"{median(old):.0f} to {median(new):.0f}: {ratio:.2f}"
            line(f"{name}: statement, µs", text, "<= 1.10", ratio <= 1.1)
            old, new = await microseconds(conn, by_age, with_turns)
            ratio = median(b / a for a, b in zip(old, new, strict=True))
            text = f"{median(old):.0f} to {median(new):.0f}: {ratio:.2f}"
            line(f"{name}: admission, µs", text, "<= 1.10", ratio <= 1.1)
    await conn.close()
    server.stop()


async def compare_drains(folder: Path, rounds: int) -> None:
    """Drain the jobs of one user with a worker that admits by age and one that lets users take turns, in turn."""
    rates: dict[str, list[float]] = {"age": [], "turns": []}
    async with platform(folder) as running, aiohttp.ClientSession(running.url, headers=HEADERS) as http:
        await running.workers[0].end()
        conn = await asyncpg.connect(running.postgres.dsn)
        for number in range(rounds + 1):
            for way in rates:
                argv = [sys.executable, "-m", "tests.benchmarks.fairness", "--worker", way]
                worker = await Process("worker", argv, running.env, folder / "worker.log").start()
                _, rate = await drain(running, http, conn)
                if number:
                    rates[way].append(rate)
                await worker.end()
        ratios = [new / old for old, new in zip(rates["age"], rates["turns"], strict=True)]
        line(f"{JOBS:,} no-op jobs of one user by age, jobs/s", spread(rates["age"]), "", True)
        line("the same in turns, jobs/s", spread(rates["turns"]), "", True)
        line("in turns / by age", spread(ratios), ">= 0.9", median(ratios) >= 0.9)
        worker = await Process(
            "worker", [sys.executable, "-m", "arq", "workers.Settings"], running.env, folder / "worker.log"
        ).start()
        await wait_behind(http, conn, rounds)
        await worker.end()
        await conn.close()


async def wait_behind(http: aiohttp.ClientSession, conn: Any, rounds: int) -> None:
    """Create one user's backlog and then another user's job, and count how many of the backlog start before it."""
    user_id = await conn.fetchval(
        """INSERT INTO users (id, email, name, role) VALUES (gen_random_uuid(), 'b@example.org', 'B', 'user')
           RETURNING id::text"""
    )
    async with http.post("/api/v1/keys", json={"name": "bench", "userId": user_id}) as response:
        key = await response.json()
        assert response.status == 201, key
    before, waited = [], []
    for _ in range(rounds):
        for _ in range(BACKLOG // JOBS):
            jobs = [{"type": "noop", "data": {"seconds": 0.05}}] * JOBS
            async with http.post("/api/v1/jobs", json=jobs) as response:
                assert response.status == 202
        headers = {"Authorization": f"Bearer {key['key']}"}
        async with http.post("/api/v1/jobs", json={"type": "noop"}, headers=headers) as response:
            job_id = (await response.json())["jobId"]
        async with http.get(f"/api/v1/jobs/{job_id}", headers=headers | {"Prefer": "wait=60"}) as response:
            assert (await response.json())["status"] == "completed"
        row = await conn.fetchrow(
            """SELECT b.started_at - b.created_at AS waited,
                      (SELECT count(*) FROM jobs AS a WHERE a.queue = 'noop' AND a.created_by <> b.created_by
                       AND a.started_at > b.created_at AND a.started_at < b.started_at) AS before
               FROM jobs AS b WHERE b.id = $1""",
            job_id,
        )
        before.append(float(row["before"]))
        waited.append(row["waited"].total_seconds())
        await conn.execute(
            """UPDATE jobs SET status = 'cancelled', completed_at = now()
               WHERE queue = 'noop' AND status = 'pending' AND lease_until IS NULL"""
        )
        while await conn.fetchval("SELECT EXISTS (SELECT FROM jobs WHERE queue = 'noop' AND lease_until IS NOT NULL)"):
            await asyncio.sleep(0.05)
    name = f"of a backlog of {BACKLOG:,}, jobs that start first"
    line(name, spread(before), "<= 100", max(before) <= 100)
    line("seconds until that job starts", spread(waited), "", True)


async def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await compare_admission(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        await compare_drains(Path(folder), rounds)


def run_worker(way: str) -> None:
    """Run a worker as `arq workers.Settings` does, with the old way of admission if it is "age"."""
    from arq.cli import cli

    if way == "age":
        admission.list_candidates = by_age_under_lock
    cli(["workers.Settings"])


async def by_age_under_lock(conn: Any) -> list[Candidate]:
    """As `admission.list_candidates` was."""
    await locks.acquire(conn, Lock.ADMISSION)
    return await by_age(conn)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        run_worker(asked.worker)
    else:
        asyncio.run(main(asked.rounds))
