"""The worker process: what `arq workers.Settings` loads, and its composition root."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from typing import Any

import aiohttp
import structlog
from arq.connections import RedisSettings
from arq.worker import Worker, func
from redis.asyncio import Redis

from app import logs
from app.db.core.pool import TRY_AGAIN, open_pool
from app.db.jobs import queues, workers
from app.dispatch import Dispatcher
from app.queue import FUNCTION, Sender, WorkerPool, deserialize, queue_name, serialize
from app.settings import Settings
from providers.rate_limit import RedisRateLimiter
from workers import registry
from workers.core import execute
from workers.core.context import UNWIND_SECONDS
from workers.core.heartbeat import beat, keep_beating
from workers.core.memory import share_heaps
from workers.core.recorder import Recorder
from workers.core.resources import open_resources, patience
from workers.core.runtime import Runtime
from workers.core.sweep import keep_sweeping
from workers.version import VERSION

log = structlog.get_logger("trigpoint.worker")

SIGNALS = (signal.SIGTERM, signal.SIGINT)
WEEK = 7 * 24 * 3600
EXIT_SECONDS = 3.0
"""After the grace period: what closing may take before the process ends regardless; the ledger is already right."""


def arq_settings(settings: Settings) -> dict[str, Any]:
    """What arq builds its worker from. Our life cycle is in Postgres, so arq's retries, results and crons are off."""
    queue = queue_name(settings.queue_prefix, settings.worker_route)
    pool = WorkerPool(settings.redis_url, queue)

    async def start(ctx: dict[str, Any]) -> None:
        ctx["process"] = await Process.start(settings, pool, ctx)

    async def stop(ctx: dict[str, Any]) -> None:
        if "process" in ctx:  # not where it was told to stop while it started
            await ctx["process"].close()

    return {
        "functions": [func(execute.dispatch, name=FUNCTION, timeout=WEEK, keep_result=0, max_tries=WEEK)],
        "queue_name": queue,
        "redis_pool": pool,
        "redis_settings": RedisSettings.from_dsn(settings.redis_url),  # for `arq --check` alone
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "on_startup": start,
        "on_shutdown": stop,
        "handle_signals": False,  # Process handles them: it knows which jobs may end and which to hand over
        "max_jobs": settings.worker_slots,
        "queue_read_limit": settings.worker_slots,
        "poll_delay": 0.01,  # reading an empty queue waits for a push: see WorkerPool
        "keep_result": 0,
        "log_results": False,
        "health_check_interval": 30,
        "health_check_key": f"{queue}:health:{socket.gethostname()}:{os.getpid()}",
    }


def _coroutine(task: asyncio.Task[Any]) -> str | None:
    return getattr(task.get_coro(), "__qualname__", None)


SWITCH_SECONDS = 0.0002
"""How long the loop waits for a handler's thread to let go of the interpreter. With Python's own 5 ms, each time that
something arrives, an import takes half as long again."""
COLLECT_AFTER = 2_000
"""Objects made before Python looks for cycles among them. Its own 700 are made for a page; with 5,000 parcels are read
a fifth faster still, but an import takes twice the memory."""


class Process:
    """What a worker process opened, and the loops beside its jobs."""

    def __init__(self, settings: Settings, runtime: Runtime, sender: Sender, limits: Redis) -> None:
        self._settings = settings
        self._runtime = runtime
        self._sender = sender
        self._limits = limits
        self._main = asyncio.current_task()
        self._loops: list[asyncio.Task[None]] = []
        self._draining: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, settings: Settings, redis: WorkerPool, ctx: dict[str, Any]) -> Process:
        logs.configure(settings.log_level, json=settings.log_json)
        share_heaps()
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(COLLECT_AFTER, 10, 10)
        kinds = registry.load(settings.extra_kinds)
        pool = await open_pool(
            settings.database_url,
            size=settings.worker_connections,
            name="trigpoint worker",
            patience=patience(settings),
        )
        sender = Sender(settings.redis_url, settings.queue_prefix)
        limits: Redis = Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=3)
        http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, limit_per_host=0))
        resources = open_resources(settings, pool, http, RedisRateLimiter(limits), limits)
        runtime = Runtime(kinds, resources, redis, Dispatcher(pool, sender))
        runtime.recorder = Recorder(runtime)
        redis.may_take = runtime.may_take
        ctx["runtime"] = runtime
        process = cls(settings, runtime, sender, limits)
        try:
            await process._enter()
        except BaseException:
            await process.close()
            raise
        return process

    async def _enter(self) -> None:
        """Wait for Postgres, register, and start the loops."""
        runtime, settings = self._runtime, self._settings
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        while True:
            try:
                async with runtime.pool.acquire() as conn, conn.transaction():
                    specs = (settings.queue(kind.spec.queue) for kind in runtime.kinds.values())
                    await queues.declare(conn, specs)
                await beat(runtime)
                break
            except TRY_AGAIN as error:
                log.warning("waiting for Postgres", error=repr(error))
                await asyncio.sleep(1)
        self._loops = [
            asyncio.create_task(keep_beating(runtime)),
            asyncio.create_task(keep_sweeping(runtime, settings.worker_poll_interval / 1000)),
        ]
        served = {settings.queue(kind.spec.queue) for kind in runtime.kinds.values()}
        names = sorted(spec.name for spec in served if spec.route == runtime.route)
        log.info(
            "worker ready",
            version=VERSION,
            worker=str(runtime.worker_id),
            pid=os.getpid(),
            route=runtime.route,
            slots=runtime.slots,
            queues=", ".join(names),
            geocoders=", ".join(settings.geocoders),
        )

    def _stop(self) -> None:
        if self._draining is None:
            last = self._settings.shutdown_grace_seconds + UNWIND_SECONDS + EXIT_SECONDS
            asyncio.get_running_loop().call_later(last, os._exit, 0)
            self._draining = asyncio.create_task(self.drain())

    async def drain(self) -> None:
        """A deploy: no attempt is spent, nothing is lost, exit code 0."""
        grace = self._settings.shutdown_grace_seconds
        log.info("worker stopping", running=len(self._runtime.running), grace_seconds=grace)
        self._runtime.stopping = True
        try:
            async with asyncio.timeout(2), self._runtime.pool.acquire() as conn:
                await workers.leave(conn, self._runtime.worker_id, stopping=True)
        except TRY_AGAIN as error:
            log.warning("could not sign off", error=repr(error))
        await self._runtime.drain(grace)
        # arq's own tasks still take their dispatches off Redis; cancelled in the midst of it they would fail arq's exit
        arq_tasks = [task for task in asyncio.all_tasks() if _coroutine(task) == Worker.run_job.__qualname__]
        if arq_tasks:
            await asyncio.wait(arq_tasks, timeout=EXIT_SECONDS)
        if self._main:
            self._main.cancel()

    async def close(self) -> None:
        runtime = self._runtime
        for number in SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await runtime.dispatcher.close()
        try:
            async with asyncio.timeout(2), runtime.pool.acquire() as conn:
                await workers.leave(conn, runtime.worker_id, stopping=False)
        except TRY_AGAIN as error:
            log.warning("could not sign off", error=repr(error))
        await self._sender.close()
        await self._limits.aclose()
        await runtime.resources.close()
        await runtime.resources.http.close()
        await runtime.pool.close()
        log.info("worker stopped")
