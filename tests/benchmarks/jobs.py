"""Cost of a job: latency, drain against bare arq, bulk creation, the idle platform, polling against a bare route.

`python -m tests.benchmarks.jobs [--rounds 3]`. Everything runs as processes of its own on embedded servers with fsync;
what is compared runs in turn in the same call, and medians over the rounds are what counts.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import asyncpg
import psutil
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool

from app.queue.protocol import deserialize, serialize
from tests.benchmarks.bare_arq import QUEUE
from tests.benchmarks.report import line, percentile, spread
from tests.harness import ADMIN_KEY
from tests.processes import Platform, Process, platform

JOBS = 10_000
UNFINISHED = """
SELECT EXISTS (SELECT FROM jobs WHERE queue = 'noop' AND lease_until IS NOT NULL)
    OR EXISTS (SELECT FROM jobs WHERE queue = 'noop' AND status = 'pending' AND lease_until IS NULL AND run_at IS NULL)
"""
HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def latency(http: aiohttp.ClientSession, jobs: int = 300) -> list[float]:
    """Return the milliseconds from the create request to the response with `completed`, for each of several jobs."""
    taken = []
    for _ in range(jobs):
        start = time.perf_counter()
        async with http.post("/api/v1/jobs", json={"type": "noop"}) as response:
            job_id = (await response.json())["jobId"]
        async with http.get(f"/api/v1/jobs/{job_id}", headers={"Prefer": "wait=10"}) as response:
            assert (await response.json())["status"] == "completed"
        taken.append((time.perf_counter() - start) * 1000)
    return taken


async def drain(running: Platform, http: aiohttp.ClientSession, conn: Any) -> tuple[float, float]:
    """Return (jobs created per second in bulk, jobs drained per second by one worker process)."""
    await conn.execute("UPDATE queues SET paused_at = now() WHERE name = 'noop'")
    start = time.perf_counter()
    async with http.post("/api/v1/jobs", json=[{"type": "noop"}] * JOBS) as response:
        assert response.status == 202
        await response.read()
    created = JOBS / (time.perf_counter() - start)
    start = time.perf_counter()
    await conn.execute("UPDATE queues SET paused_at = NULL WHERE name = 'noop'")
    while await conn.fetchval(UNFINISHED):
        await asyncio.sleep(0.02)
    return created, JOBS / (time.perf_counter() - start)


async def drain_bare_arq(running: Platform) -> float:
    """Return the jobs per second that one bare arq worker drains."""
    redis = ArqRedis(ConnectionPool.from_url(running.valkey.url), serialize, deserialize)
    for i in range(0, JOBS, 500):
        await asyncio.gather(*(redis.enqueue_job("nothing", _queue_name=QUEUE) for _ in range(min(500, JOBS - i))))
    argv = [sys.executable, "-m", "arq", "tests.benchmarks.bare_arq.Settings"]
    worker = await Process("arq", argv, running.env, running.folder / "arq.log").start()
    while await redis.zcard(QUEUE) == JOBS:
        await asyncio.sleep(0.005)
    start, first = time.perf_counter(), JOBS - await redis.zcard(QUEUE)
    while await redis.zcard(QUEUE):
        await asyncio.sleep(0.02)
    rate = float(JOBS - first) / (time.perf_counter() - start)
    await worker.end(signal.SIGTERM)
    await redis.aclose(close_connection_pool=True)
    return rate


async def idle(running: Platform, seconds: float = 20.0) -> float:
    """Return the share of one core that API, worker, Postgres and Valkey use together while idle."""

    def cpu() -> float:
        assert running.api and running.postgres.process and running.valkey.process
        total = running.api.cpu_seconds() + sum(worker.cpu_seconds() for worker in running.workers)
        return total + tree_cpu(running.postgres.process.pid) + tree_cpu(running.valkey.process.pid)

    before = cpu()
    await asyncio.sleep(seconds)
    return (cpu() - before) / seconds


def tree_cpu(root: int) -> float:
    """CPU seconds of a process and its children, ended ones included."""
    process = psutil.Process(root)
    times = [p.cpu_times() for p in (process, *process.children(recursive=True))]
    return float(sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system)


async def requests(url: str, path: str, headers: dict[str, str], seconds: float = 3.0) -> float:
    """Requests a second by eight connections."""
    done = 0
    async with aiohttp.ClientSession(url, headers=headers, connector=aiohttp.TCPConnector(limit=8)) as http:
        until = time.perf_counter() + seconds

        async def ask() -> None:
            nonlocal done
            while time.perf_counter() < until:
                async with http.get(path) as response:
                    assert response.status == 200
                    await response.read()
                done += 1

        await asyncio.gather(*(ask() for _ in range(8)))
    return done / seconds


async def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            platform(Path(folder)) as running,
            aiohttp.ClientSession(running.url, headers=HEADERS) as http,
        ):
            conn = await asyncpg.connect(running.postgres.dsn)
            await latency(http, 50)
            share = await idle(running)
            line("idle platform, share of one core", f"{share:.1%}", "<= 5 %", share <= 0.05)
            taken = [ms for _ in range(rounds) for ms in await latency(http)]
            p50, p99 = median(taken), percentile(taken, 0.99)
            line("create to completed, p50 ms", f"{p50:.1f}", "<= 40", p50 <= 40)
            line("create to completed, p99 ms", f"{p99:.1f}", "<= 120", p99 <= 120)
            created, drained, bare = [], [], []
            for _ in range(rounds):
                bulk, rate = await drain(running, http, conn)
                created.append(bulk)
                drained.append(rate)
                bare.append(await drain_bare_arq(running))
            ratios = [ours / theirs for ours, theirs in zip(drained, bare, strict=True)]
            line("bulk creation, jobs/s", spread(created), ">= 10,000", median(created) >= 10_000)
            line("drain of 10,000 no-op jobs, jobs/s", spread(drained), "", True)
            line("bare arq, jobs/s", spread(bare), "", True)
            line("drain / bare arq", spread(ratios), ">= 3", median(ratios) >= 3)
            await polling(running, conn, rounds)
            await conn.close()


async def polling(running: Platform, conn: Any, rounds: int) -> None:
    job_id = await conn.fetchval("SELECT id FROM jobs LIMIT 1")
    argv = [sys.executable, "-m", "tests.benchmarks.bare_route"]
    bare = await Process("bare", argv, running.env | {"PORT": "0"}, running.folder / "bare.log").start()
    while not (text := (running.folder / "bare.log").read_text()):
        await asyncio.sleep(0.05)
    address = text.split()[0]
    ours, theirs = [], []
    await requests(address, f"/jobs/{job_id}", {}, 0.5)
    await requests(running.url, f"/api/v1/jobs/{job_id}", HEADERS, 0.5)
    for _ in range(rounds):
        ours.append(await requests(running.url, f"/api/v1/jobs/{job_id}", HEADERS))
        theirs.append(await requests(address, f"/jobs/{job_id}", {}))
    await bare.end(signal.SIGTERM)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    line("GET a job, requests/s", spread(ours), "", True)
    line("bare Starlette route with one fetchrow, requests/s", spread(theirs), "", True)
    line("GET a job / bare route", spread(ratios), ">= 0.7", median(ratios) >= 0.7)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    asyncio.run(main(parser.parse_args().rounds))
