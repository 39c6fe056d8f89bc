"""The load that one API process carries, with everything on the same machine.

`python -m tests.benchmarks.load [--seconds 60] [--rounds 3]`: 1,000 polling and 500 creating clients together; single
creates against one commit for each; polls against a bare route. What is compared runs in turn in the same call.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
from starlette.applications import Starlette

import app.main
from app.db.jobs.creator import Creator
from app.db.jobs.records import Inserted
from app.domain.jobs.spec import NewJob
from app.web.jobs.together import Together
from tests.benchmarks.report import line, percentile, spread
from tests.harness import ADMIN_KEY
from tests.processes import Platform, Process, platform

BODY = '{"type":"noop"}'
ROUND_SECONDS = 5.0


class OneByOne(Together):
    """Commits every create on its own."""

    async def insert(self, job: NewJob, creator: Creator) -> Inserted:
        return (await self._insert([(job, creator.id)]))[0]


def create_one_by_one() -> Starlette:
    """The application as it is, but for OneByOne."""
    app.main.Together = OneByOne  # type: ignore[attr-defined]
    return app.main.create()


def create_untuned() -> Starlette:
    """The application as it is, but with Python's default settings of the garbage collector."""
    app.main.tune_api_process = lambda: None  # type: ignore[assignment, attr-defined]
    return app.main.create()


def creates(clients: int, *, keyed: bool = False, **more: Any) -> dict[str, Any]:
    key = "idempotency-key: {key}\r\n" if keyed else ""
    request = (
        f"POST /api/v1/jobs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN_KEY}\r\n{key}"
        f"content-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n{BODY}"
    )
    return {"clients": clients, "request": request, **more}


def polls(clients: int, path: str, **more: Any) -> dict[str, Any]:
    request = f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN_KEY}\r\n\r\n"
    return {"clients": clients, "request": request, **more}


async def put(port: int, seconds: float, **groups: dict[str, Any]) -> dict[str, Any]:
    """Run groups of clients in a process of their own. Returns what each got."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.load_client",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    plan = {"host": "127.0.0.1", "port": port, "seconds": seconds, "groups": groups}
    output, _ = await process.communicate(json.dumps(plan).encode())
    results: dict[str, Any] = json.loads(output)
    return results


async def mixed(running: Platform, conn: Any, job_id: UUID, seconds: float) -> None:
    before = await conn.fetchval("SELECT count(*) FROM jobs")
    results = await put(
        running.port,
        seconds,
        polls=polls(1000, f"/api/v1/jobs/{job_id}", pause=0.5),
        creates=creates(500, pause=0.5, keep_ids=True),
    )
    for name, result in results.items():
        taken, statuses = result["taken"], result["statuses"]
        failed = sum(count for status, count in statuses.items() if not status.startswith("2"))
        line(f"mixed, {name}: answers", str(statuses), "all 2xx", failed == 0)
        line(f"mixed, {name}: p50 ms", f"{percentile(taken, 0.5) * 1000:,.0f}", "", True)
        p99 = percentile(taken, 0.99)
        line(f"mixed, {name}: p99 ms", f"{p99 * 1000:,.0f}", "<= 2,000", p99 <= 2)
    ids = [UUID(text) for text in results["creates"]["ids"]]
    there = await conn.fetchval("SELECT count(*) FROM jobs WHERE id = ANY($1)", ids)
    unasked = await conn.fetchval("SELECT count(*) FROM jobs") - before - len(ids)
    line("mixed: answered creates that are not stored", str(len(ids) - there), "0", there == len(ids))
    line("mixed: stored creates that were not answered", str(unasked), "0", unasked == 0)


async def start_variant(running: Platform, factory: str) -> tuple[Process, int]:
    """Start an API of this module beside the platform's. Returns it and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "uvicorn", "--factory", f"tests.benchmarks.load:{factory}", "--port", str(port)]
    argv += ["--http", "app.http_connection:HttpConnection", "--loop", "app.event_loop:EventLoop"]
    log = running.folder / f"{factory}.log"
    process = await Process(factory, argv, running.env, log).start()
    while "startup complete" not in log.read_text():
        await asyncio.sleep(0.1)
    return process, port


async def start_bare(running: Platform) -> tuple[Process, int]:
    """Start the bare routes. Returns their process and port."""
    log = running.folder / "bare.log"
    log.unlink(missing_ok=True)
    process = await Process("bare", [sys.executable, "-m", "tests.benchmarks.bare_route"], running.env, log).start()
    while not (text := log.read_text()).startswith("http"):
        await asyncio.sleep(0.05)
    return process, int(text.split()[0].rpartition(":")[2])


async def compare_creates(running: Platform, rounds: int) -> None:
    single, single_port = await start_variant(running, "create_one_by_one")
    untuned, untuned_port = await start_variant(running, "create_untuned")
    bare, bare_port = await start_bare(running)
    assert running.api is not None
    servers = {
        "together": (running.api, running.port),
        "alone": (single, single_port),
        "untuned": (untuned, untuned_port),
        "keyed": (running.api, running.port),
        "bare": (bare, bare_port),
    }
    rates: dict[str, list[float]] = {name: [] for name in servers}
    cpu: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, (process, port) in servers.items():
            before = process.cpu_seconds()
            result = (await put(port, ROUND_SECONDS, creates=creates(50, keyed=name == "keyed")))["creates"]
            assert set(result["statuses"]) == {"202"}, result["statuses"]
            rates[name].append(len(result["taken"]) / ROUND_SECONDS)
            cpu[name].append((process.cpu_seconds() - before) / len(result["taken"]) * 1e6)
    await single.end(signal.SIGTERM)
    await untuned.end(signal.SIGTERM)
    await bare.end(signal.SIGTERM)
    together = rates["together"]
    ratios = [a / b for a, b in zip(together, rates["alone"], strict=True)]
    line("single creates from 50 clients, /s", spread(together), ">= 2,500", median(together) >= 2500)
    line("the same, CPU of the API per create, µs", spread(cpu["together"]), "<= 400", median(cpu["together"]) <= 400)
    line("the same with an Idempotency-Key for each, /s", spread(rates["keyed"]), "", True)
    line("a bare Starlette route that stores nothing, /s", spread(rates["bare"]), "", True)
    line("the same, CPU per request, µs", spread(cpu["bare"]), "", True)
    line("one commit for each, /s", spread(rates["alone"]), "", True)
    line("together / one commit for each", spread(ratios), ">= 4", median(ratios) >= 4)
    tuned = [a / b for a, b in zip(cpu["together"], cpu["untuned"], strict=True)]
    dear = [a / b for a, b in zip(cpu["alone"], cpu["together"], strict=True)]
    line("CPU per create, one commit for each / together", spread(dear), "", True)
    line("CPU per create, with / without the garbage collector's settings", spread(tuned), "<= 1", median(tuned) <= 1)


async def compare_polls(running: Platform, job_id: UUID, rounds: int) -> None:
    bare, port = await start_bare(running)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        for rates, to, path in ((ours, running.port, f"/api/v1/jobs/{job_id}"), (theirs, port, f"/jobs/{job_id}")):
            result = (await put(to, ROUND_SECONDS, polls=polls(200, path)))["polls"]
            assert set(result["statuses"]) == {"200"}, result["statuses"]
            rates.append(len(result["taken"]) / ROUND_SECONDS)
    await bare.end(signal.SIGTERM)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    line("polls from 200 clients, /s", spread(ours), "", True)
    line("bare Starlette route with one fetchrow, /s", spread(theirs), "", True)
    line("polls / bare route", spread(ratios), ">= 0.7", median(ratios) >= 0.7)


async def main(seconds: float, rounds: int) -> None:
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        async with platform(Path(folder)) as running:
            conn = await asyncpg.connect(running.postgres.dsn)
            await conn.execute("UPDATE queues SET paused_at = now() WHERE name = 'noop'")
            first = await put(running.port, 0.5, creates=creates(1, keep_ids=True))
            job_id = UUID(first["creates"]["ids"][0])
            await compare_creates(running, rounds)
            await compare_polls(running, job_id, rounds)
            await mixed(running, conn, job_id, seconds)
            await conn.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.seconds, arguments.rounds))
