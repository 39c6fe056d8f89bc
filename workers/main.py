"""The composition root of the worker process, loaded by `arq workers.Settings`."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

import aiohttp
import structlog
from arq.worker import func
from redis.asyncio import Redis

from app import logs, metrics
from app.db.core.connect import open_pool
from app.db.core.startup import StartRefused, retry_until_available
from app.db.jobs import queues
from app.dispatch import Dispatcher
from app.domain.text.server_urls import mask_url
from app.queue.check_settings import redis_settings
from app.queue.protocol import FUNCTION, deserialize, queue_name, serialize
from app.queue.redis_overrides import open_connections
from app.queue.sender import Sender
from app.queue.worker_pool import WorkerPool
from app.settings import Settings
from app.storage.uploads_fault import report_uploads_fault
from app.version import VERSION
from providers.rate_limit import RedisRateLimiter
from workers import shutdown
from workers.configuration import load_kinds
from workers.core import execute
from workers.core.health_server import HealthServer
from workers.core.heartbeat import keep_sending_heartbeats, send_heartbeat
from workers.core.kinds import Kind
from workers.core.process_guard import ProcessGuard
from workers.core.process_tuning import tune_process
from workers.core.retention import keep_data_periods
from workers.core.slots import Slots
from workers.core.sweep import keep_sweeping
from workers.core.worker import Worker
from workers.imports.upload_cleanup import keep_removing_uploads
from workers.providers import handler_timeouts, open_resources

log = structlog.get_logger(__name__)

WEEK_SECONDS = 7 * 24 * 3600
HEALTH_SECONDS = 5
"""Between two signs of life for `arq --check`; each lasts for a second longer."""


def arq_settings(settings: Settings, *, owns_process: bool = False) -> dict[str, Any]:
    """Return the settings of arq's worker. Retries, results and crons of arq are off: the life cycle is in Postgres.

    A worker that `owns_process` handles its signals, and may end it by force.
    """
    logs.configure(settings.log_level, json=settings.log_json)
    kinds = load_kinds(settings, for_worker=True)
    queue = queue_name(settings.queue_prefix, settings.worker_route)
    slots = Slots(settings.worker_slots)

    async def start(ctx: dict[str, Any]) -> None:
        ctx["process"] = await Process.start(settings, kinds, slots, ctx, owns_process=owns_process)

    async def stop(ctx: dict[str, Any]) -> None:
        if "process" in ctx:  # missing if the worker is stopped while it starts
            await ctx["process"].close()

    return {
        "functions": [func(execute.dispatch, name=FUNCTION, timeout=WEEK_SECONDS, keep_result=0, max_tries=10**6)],
        "queue_name": queue,
        "redis_pool": WorkerPool(settings.redis_url, queue, has_free_slot=slots.has_free, wake=slots.released),
        "redis_settings": redis_settings(settings.redis_url),  # only for `arq --check`
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "on_startup": start,
        "on_shutdown": stop,
        "handle_signals": False,  # Process handles them, because it knows which jobs to hand over
        "max_jobs": settings.worker_slots,
        "queue_read_limit": settings.worker_slots,
        "poll_delay": 0.01,  # WorkerPool waits for notifications, so an idle worker does not poll
        "keep_result": 0,
        "log_results": False,
        "health_check_interval": HEALTH_SECONDS,
        "health_check_key": f"{queue}:health:{socket.gethostname()}",  # `arq --check` is another process on this host
    }


class Process:
    """A worker process: everything that it opened, and the loops that run beside its jobs."""

    def __init__(
        self, settings: Settings, worker: Worker, sender: Sender, limits: Redis, *, owns_process: bool
    ) -> None:
        self._settings = settings
        self._worker = worker
        self._sender = sender
        self._limits = limits
        self._main = asyncio.current_task()
        self._guard: ProcessGuard | None = None
        if owns_process:
            self._guard = ProcessGuard(
                self._request_stop,
                stop_seconds=shutdown.longest_shutdown(settings.shutdown_grace_seconds),
                lease_seconds=settings.lease_seconds,
            )
        self._loops: list[asyncio.Task[None]] = []
        self._stopping: asyncio.Task[None] | None = None
        self._health: HealthServer | None = None

    @classmethod
    async def start(
        cls, settings: Settings, kinds: Mapping[str, Kind], slots: Slots, ctx: dict[str, Any], *, owns_process: bool
    ) -> Process:
        """Open all resources, register the worker and start its loops. Puts the worker into `ctx` for dispatches."""
        logs.configure(settings.log_level, json=settings.log_json)  # again: arq has changed its loggers since
        tune_process()
        metrics.set_component("worker")
        pool = await open_pool(
            settings.database_url,
            size=settings.worker_connections,
            name="trigpoint worker",
            timeouts=handler_timeouts(settings),
            has_statement_cache=settings.statement_cache,
        )
        sender = Sender(settings.redis_url, settings.queue_prefix)
        limits: Redis = Redis.from_pool(open_connections(settings.redis_url, retries=0))
        http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, limit_per_host=0))
        resources = open_resources(settings, pool, http, RedisRateLimiter(limits), limits)
        worker = Worker(kinds, resources, Dispatcher(pool, sender), slots)
        ctx["worker"] = worker
        process = cls(settings, worker, sender, limits, owns_process=owns_process)
        try:
            await process._register()
        except BaseException as error:
            await process.close()
            if isinstance(error, StartRefused):
                log.critical("start_refused", error=str(error))
                raise SystemExit(1) from None
            raise
        return process

    async def _register(self) -> None:
        """Wait for Postgres, register the worker and its queues, and start the loops."""
        worker, settings = self._worker, self._settings
        if self._guard:
            self._guard.start()
        specs = {settings.queue(kind.spec.queue) for kind in worker.kinds.values()}
        await report_uploads_fault(settings.uploads_url)
        self._listen()
        await retry_until_available(worker.pool, mask_url(settings.database_url), partial(queues.declare, queues=specs))
        await send_heartbeat(worker)
        self._loops = [
            asyncio.create_task(keep_sending_heartbeats(worker)),
            asyncio.create_task(keep_sweeping(worker, settings.worker_poll_interval / 1000)),
            asyncio.create_task(keep_removing_uploads(worker)),
            asyncio.create_task(keep_data_periods(worker)),
            asyncio.create_task(self._sender.keep_checking()),
        ]
        if self._guard:
            self._loops.append(asyncio.create_task(self._guard.keep_checking()))
        log.info(
            "worker_ready",
            version=VERSION,
            worker=str(worker.id),
            pid=os.getpid(),
            route=worker.route,
            slots=worker.slots.total,
            queues=", ".join(sorted(spec.name for spec in specs if spec.route == worker.route)),
            geocoders=", ".join(geocoder.name for geocoder in worker.resources.geocoders.geocoders),
        )

    def _listen(self) -> None:
        """Answer health checks, from before the worker is ready. Raises StartRefused if the port is taken."""
        settings = self._settings
        if settings.worker_health_port is None:
            return
        host, port = settings.worker_health_host, settings.worker_health_port
        try:
            self._health = HealthServer(self._worker, self._sender, host, port)
        except OSError as error:
            raise StartRefused(f"TRIGPOINT_WORKER_HEALTH_PORT: cannot listen on {host} port {port}: {error}") from None

    def _request_stop(self) -> None:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self.stop())

    async def stop(self) -> None:
        """Finish or hand over the running jobs, then end arq's main task, which calls `close`."""
        await shutdown.shut_down(self._worker, self._settings.shutdown_grace_seconds)
        if self._main:
            self._main.cancel()

    async def close(self) -> None:
        """Stop the loops and close everything that `start` opened."""
        worker = self._worker
        if self._guard:
            self._guard.stop()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._health:
            await asyncio.to_thread(self._health.close)
        await worker.dispatcher.close()
        if self._loops:  # it was registered
            await shutdown.sign_off(worker, stopping=False)
        await self._sender.close()
        await self._limits.aclose()
        await worker.resources.close()
        await worker.resources.http.close()
        await worker.pool.close()
        log.info("worker_stopped")
