"""The faults. Each breaks something, waits, repairs it, and returns."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from uuid import UUID, uuid4

import asyncpg
from arq.constants import job_key_prefix
from arq.utils import timestamp_ms
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.db.core.connect import Timeouts, open_pool
from app.db.core.pool import TRY_AGAIN
from app.dispatch import Dispatcher
from app.queue.sender import Sender
from tests.faults.counting import CountArgs
from tests.faults.fleet import WORKERS, Fleet
from tests.faults.workload import Client
from tests.harness import eventually

TIMEOUTS = Timeouts(acquire_seconds=5, command_seconds=5, idle_transaction_seconds=5)
QUEUE = "trigpoint:default"
TAKE_OVER_SECONDS = 5.0
"""Seconds after its lease until another worker has the jobs of a silent worker: a sweep, on a slow machine."""


@dataclass
class Stage:
    """What a fault acts upon."""

    fleet: Fleet
    client: Client
    random: Random
    findings: list[str]
    long: bool
    """Whether faults may take their time: a round of the short form may not."""

    def pause(self, least: float, most: float) -> Awaitable[None]:
        return asyncio.sleep(self.random.uniform(least, most))


Fault = Callable[[Stage], Awaitable[None]]
FAULTS: dict[str, Fault] = {}


def fault(name: str) -> Callable[[Fault], Fault]:
    def register(function: Fault) -> Fault:
        FAULTS[name] = function
        return function

    return register


# ── workers and API ──────────────────────────────────────────────────────────────────────────────────────────────────


@fault("worker killed")
async def kill_workers(stage: Stage) -> None:
    places = stage.random.sample(range(WORKERS), stage.random.randint(1, 2))
    for place in places:
        worker = await stage.fleet.ready(place)
        await stage.fleet.end(worker, signal.SIGKILL)
        await stage.pause(0, 0.3)


@fault("worker frozen past its lease")
async def freeze_worker(stage: Stage) -> None:
    worker = await stage.fleet.ready(stage.random.randrange(WORKERS))
    worker.send(signal.SIGSTOP)
    try:
        await taken_over(stage, worker.pid)
    finally:
        worker.send(signal.SIGCONT)


@fault("event loop blocked past the lease")
async def block_loop(stage: Stage) -> None:
    args = CountArgs(items=4, step_items=2, block=stage.fleet.lease + 1.5)
    await stage.client.create([("count_urgent", args)], f"{stage.client.seed}-block")
    await stage.pause(0.5, 1.0)


@fault("worker stopped (SIGTERM)")
async def stop_worker(stage: Stage) -> None:
    await stage.fleet.end(await stage.fleet.ready(stage.random.randrange(WORKERS)), signal.SIGTERM)


@fault("rolling restart of all")
async def roll(stage: Stage) -> None:
    for place in stage.random.sample(range(WORKERS), WORKERS):
        await stage.fleet.end(await stage.fleet.ready(place), signal.SIGTERM)
        await stage.fleet.ready(place)
    await end_api(stage, signal.SIGTERM)


@fault("API killed")
async def kill_api(stage: Stage) -> None:
    await end_api(stage, signal.SIGKILL)


async def end_api(stage: Stage, number: signal.Signals) -> None:
    api = stage.fleet.platform.api
    assert api is not None
    await stage.fleet.end(api, number, statuses=(-9,) if number is signal.SIGKILL else (0, -15))
    await eventually(lambda: replaced(stage, api.pid))
    await stage.fleet.platform.ready()


async def replaced(stage: Stage, pid: int) -> bool:
    api = stage.fleet.platform.api
    return api is not None and api.pid != pid


async def taken_over(stage: Stage, pid: int) -> None:
    """Wait until no run of a silent worker continues under its fence."""
    held = "SELECT j.id, j.fence FROM jobs AS j JOIN workers AS w ON w.id = j.worker_id WHERE w.pid = $1"

    async def runs(conn: asyncpg.Connection[asyncpg.Record]) -> set[tuple[UUID, int]]:
        return {(row["id"], row["fence"]) for row in await conn.fetch(f"{held} AND j.status = 'processing'", pid)}

    mine = await stage.fleet.ask(runs)
    within = stage.fleet.lease + TAKE_OVER_SECONDS

    async def gone() -> bool:
        return not mine & await stage.fleet.ask(runs)

    try:
        await eventually(gone, within=within)
    except TimeoutError:
        left = len(mine & await stage.fleet.ask(runs))
        stage.findings.append(f"{left} jobs of a frozen worker were not taken over in {within:g} s")


# ── Redis ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@fault("Redis killed, back empty")
async def restart_redis(stage: Stage) -> None:
    await stage.fleet.break_server(stage.fleet.platform.valkey, signal.SIGKILL)
    await stage.pause(0.0, 5.0 if stage.long else 1.0)
    await stage.fleet.restore(stage.fleet.platform.valkey)


@fault("Redis flushed")
async def flush(stage: Stage) -> None:
    async with redis(stage) as server:
        for _ in range(3):
            await server.flushall()
            await stage.pause(0.05, 0.3)


@fault("Redis frozen")
async def freeze_redis(stage: Stage) -> None:
    thaw = stage.fleet.freeze(stage.fleet.platform.valkey)
    try:
        seconds = stage.random.choices((1.5, 5.0, 20.0), (60, 30, 10))[0] if stage.long else 1.5
        await asyncio.sleep(seconds)
    finally:
        thaw()


@fault("Redis connections cut")
async def cut_redis(stage: Stage) -> None:
    async with redis(stage) as server:
        for _ in range(5):
            for kind in ("normal", "pubsub"):
                await server.client_kill_filter(_type=kind, skipme=True)
            await stage.pause(0.02, 0.2)


@fault("dispatches delivered again")
async def redeliver(stage: Stage) -> None:
    """Send all dispatches that are on the way or running again, once under their own id and once under a new one."""
    until = time.monotonic() + 1.5
    sent: set[str] = set()
    async with redis(stage) as server:
        while time.monotonic() < until:
            async for key in server.scan_iter(f"{job_key_prefix}*", count=100):
                again, new = key.decode().removeprefix(job_key_prefix), str(uuid4())
                body = await server.get(key)
                if body and again not in sent:
                    sent |= {again, new}
                    for arq_id in (again, new):
                        await server.psetex(job_key_prefix + arq_id, 60_000, body)
                    now = timestamp_ms()
                    await server.zadd(QUEUE, {again: now, new: now})
            await server.publish(f"{QUEUE}:wake", b"")
            await asyncio.sleep(0.005)


def redis(stage: Stage) -> Redis:
    client: Redis = Redis.from_url(stage.fleet.platform.valkey.url, socket_timeout=10)
    return client


# ── Postgres ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@fault("Postgres restarted (immediate)")
async def restart_postgres(stage: Stage) -> None:
    await stage.fleet.break_server(stage.fleet.platform.postgres, signal.SIGQUIT)
    await stage.pause(0.0, 3.0 if stage.long else 0.5)
    await stage.fleet.restore(stage.fleet.platform.postgres)


@fault("Postgres killed")
async def kill_postgres(stage: Stage) -> None:
    await stage.fleet.break_server(stage.fleet.platform.postgres, signal.SIGKILL)
    await stage.pause(0.0, 3.0 if stage.long else 0.5)
    await stage.fleet.restore(stage.fleet.platform.postgres)


@fault("Postgres frozen")
async def freeze_postgres(stage: Stage) -> None:
    thaw = stage.fleet.freeze(stage.fleet.platform.postgres)
    try:
        await stage.pause(0.5, 8.0 if stage.long else 2.5)
    finally:
        thaw()


@fault("Postgres sessions ended")
async def end_sessions(stage: Stage) -> None:
    async def terminate(conn: asyncpg.Connection[asyncpg.Record]) -> None:
        await conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'trigpoint %'"
        )

    for _ in range(3):
        await stage.fleet.ask(terminate)
        await stage.pause(0.05, 0.3)


@fault("more dispatchers at once")
async def dispatch_more(stage: Stage) -> None:
    """Admit without a pause in three more loops, in addition to the API and the workers."""

    async def pump() -> None:
        pool = await open_pool(stage.fleet.platform.postgres.dsn, size=2, name="dispatcher", timeouts=TIMEOUTS)
        sender = Sender(stage.fleet.platform.valkey.url, QUEUE.partition(":")[0])
        dispatcher = Dispatcher(pool, sender)
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            with contextlib.suppress(*TRY_AGAIN, RedisError):
                await dispatcher.admit_and_send()
        await sender.close()
        await pool.close()

    await asyncio.gather(*(pump() for _ in range(3)))
