"""The platform under supervision: an API and three workers that are started again, and servers that can be broken.

Code that ends a process declares it first. A process that ends without that, or with the wrong status, is a
finding.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import aiohttp
import asyncpg
import psutil

from app.db.core.pool import CONNECTION_LOST
from app.embedded import EmbeddedServer, ServerFailed
from tests.faults.counting import EFFECTS
from tests.faults.kinds import MODULES
from tests.harness import eventually
from tests.processes import Platform, Process

T = TypeVar("T")

WORKERS = 3
POLL_MS = 300
STOP_SECONDS = 9.0
"""Seconds beyond its grace period that a stopping worker may take, for handlers to unwind and to close."""
BACK_OFF = 0.2
RETURN_SECONDS = 30.0
"""How long a broken server may take until it is up again: PostgreSQL waits for its last orphan to go."""

ENDS: Mapping[signal.Signals, tuple[int, ...]] = {signal.SIGKILL: (-9,), signal.SIGTERM: (0,)}


class Fleet:
    """Starts, breaks and watches processes. `findings` lists what should not have happened to them."""

    def __init__(self, folder: Path, *, lease: float, grace: float) -> None:
        """`lease` and `grace` in seconds: a round takes some of both."""
        self.kinds = MODULES
        self.lease = lease
        self.grace = grace
        settings = {
            "TRIGPOINT_EXTRA_KINDS": ",".join(self.kinds),
            "TRIGPOINT_GEOCODERS": "offline",
            "TRIGPOINT_LEASE_SECONDS": str(lease),
            "TRIGPOINT_SHUTDOWN_GRACE_SECONDS": str(grace),
            "WORKER_POLL_INTERVAL": str(POLL_MS),
            "WORKER_SLOTS": "12",
        }
        self.platform = Platform(folder, env=settings)
        self.findings: list[str] = []
        self.workers: list[Process] = []
        """The current process of each place; `platform.workers` holds all earlier ones as well."""
        self.lives: dict[Process, tuple[float, float | None]] = {}
        """When each worker was started and ended, in seconds since the epoch."""
        self._expected: dict[Process, tuple[int, ...]] = {}
        self._keepers: list[asyncio.Task[None]] = []
        # Servers are started in a thread that lasts as long as they: they end with it.
        self._thread = ThreadPoolExecutor(1, "servers")

    async def open(self) -> Fleet:
        await self.platform.open(workers=WORKERS)
        self.workers = list(self.platform.workers)
        self.lives = {worker: (time.time(), None) for worker in self.workers}
        conn = await self.connect()
        await conn.execute(EFFECTS)
        await conn.close()
        self._keepers = [asyncio.create_task(self._keep_worker(place)) for place in range(WORKERS)]
        self._keepers.append(asyncio.create_task(self._keep_api()))
        for place in range(WORKERS):
            await self.ready(place)
        return self

    async def close(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        try:
            await self.platform.close()
        finally:
            self._thread.shutdown()

    async def connect(self) -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(self.platform.postgres.dsn, timeout=5)

    async def ask(self, question: Callable[[asyncpg.Connection[asyncpg.Record]], Coroutine[None, None, T]]) -> T:
        """Query Postgres on a new connection, and repeat it while the server is unavailable."""
        async with asyncio.timeout(RETURN_SECONDS):
            while True:
                try:
                    conn = await self.connect()
                    try:
                        return await question(conn)
                    finally:
                        conn.terminate()
                except CONNECTION_LOST:
                    await asyncio.sleep(0.05)

    # ── processes ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def ready(self, place: int) -> Process:
        """The worker of a place, once it has registered itself."""

        async def registered() -> Process | None:
            worker = self.workers[place]
            known = "SELECT EXISTS (SELECT FROM workers WHERE pid = $1)"
            return worker if await self.ask(lambda conn: conn.fetchval(known, worker.pid)) and worker.alive else None

        worker = await eventually(registered, within=RETURN_SECONDS)
        assert worker is not None
        return worker

    async def end(self, process: Process, number: signal.Signals, *, statuses: tuple[int, ...] | None = None) -> None:
        """End a process on purpose and wait until it is gone; `statuses` are how it may exit."""
        self._expected[process] = ENDS[number] if statuses is None else statuses
        within = self.grace + STOP_SECONDS
        try:
            await process.end(number, within=within)
        except TimeoutError:
            self.findings.append(f"{process.name} did not end within {within:g} s of {number.name}")

    async def _keep_worker(self, place: int) -> None:
        while True:
            worker = self.workers[place]
            self._judge(worker, await worker.process.wait())
            self.lives[worker] = (self.lives[worker][0], time.time())
            await asyncio.sleep(BACK_OFF)
            self.workers[place] = await self.platform.start_worker()
            self.lives[self.workers[place]] = (time.time(), None)

    async def _keep_api(self) -> None:
        """An API that finds no database at its start ends and is started again, as any supervisor would."""
        while True:
            api = self.platform.api
            assert api is not None
            up, exit_ = asyncio.create_task(self._up()), asyncio.create_task(api.process.wait())
            try:
                await asyncio.wait({up, exit_}, return_when=asyncio.FIRST_COMPLETED)
                was_up = up.done()
                status = await exit_
            finally:
                up.cancel()
                exit_.cancel()
            if was_up or api in self._expected:
                self._judge(api, status)
            await asyncio.sleep(BACK_OFF)
            await self.platform.start_api()

    async def _up(self) -> None:
        async with aiohttp.ClientSession(self.platform.url) as http:
            while True:
                try:
                    async with http.get("/healthz"):
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    def _judge(self, process: Process, status: int) -> None:
        expected = self._expected.pop(process, None)
        if expected is None:
            self.findings.append(f"{process.name} exited with {status}, and nobody had ended it: {process.log}")
        elif status not in expected:
            self.findings.append(f"{process.name} exited with {status} instead of {expected}: {process.log}")

    # ── servers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def break_server(self, server: EmbeddedServer, number: signal.Signals) -> None:
        """End a server the hard way; it stays down until `restore`."""
        assert server.process is not None
        server.process.send_signal(number)
        await asyncio.to_thread(server.process.wait, RETURN_SECONDS)
        server.process = None

    async def restore(self, server: EmbeddedServer) -> None:
        async with asyncio.timeout(RETURN_SECONDS):
            while True:
                try:
                    return await asyncio.get_running_loop().run_in_executor(self._thread, server.start)
                except ServerFailed:  # PostgreSQL: a backend of the killed postmaster still holds the shared memory
                    await asyncio.sleep(0.1)

    def freeze(self, server: EmbeddedServer) -> Callable[[], None]:
        """Freeze a server with all its children. The returned function lets them continue."""
        assert server.process is not None
        parent = psutil.Process(server.process.pid)
        parent.suspend()
        family = [parent, *parent.children(recursive=True)]
        for process in family[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()

        def thaw() -> None:
            for process in reversed(family):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

        return thaw
