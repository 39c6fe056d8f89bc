"""The platform as separate processes, which benchmarks and fault tests start, stop, freeze and kill."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg

from app.db.accounts import admins
from app.db.core.migrate import upgrade
from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.embedded.server import launch
from tests.harness import ADMIN_KEY, eventually

ROOT = Path(__file__).parents[1]


class Process:
    """One child; its output goes to a file that a failing test can show.

    It has a session of its own, so that a Ctrl-C reaches the harness alone, and dies with the harness (on Linux).
    """

    def __init__(self, name: str, argv: list[str], env: Mapping[str, str], log: Path) -> None:
        self.name, self.argv, self.env, self.log = name, argv, dict(env), log
        self.owner: tuple[int, int] | None = None
        """User and group to run as, for programs that refuse root."""

    async def start(self) -> Process:
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *launch(self.argv, on_parent_death=signal.SIGKILL, owner=self.owner),
                cwd=ROOT,
                env=self.env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        if self.alive:
            self.process.send_signal(number)

    async def end(self, number: signal.Signals = signal.SIGTERM, *, within: float = 20.0) -> int:
        """Signal it and wait; its exit status."""
        self.send(number)
        if number is signal.SIGTERM:
            self.send(signal.SIGCONT)
        try:
            async with asyncio.timeout(within):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Platform:
    """Embedded servers, one API, some workers. Ends all processes that it started."""

    def __init__(self, folder: Path, *, durable: bool = True, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.postgres = EmbeddedPostgres(folder / "postgres", durable=durable)
        self.valkey = EmbeddedValkey(folder / "valkey")
        self.workers: list[Process] = []
        self.api: Process | None = None
        self._more = dict(env or {})
        self._listener: socket.socket | None = None

    @property
    def env(self) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("TRIGPOINT_", "WORKER_", "GEOCODE_", "PG"))}
        urls = {"DATABASE_URL": self.postgres.dsn, "REDIS_URL": self.valkey.url}
        return plain | urls | {"TRIGPOINT_EXTRA_KINDS": "tests.benchmarks.noop,tests.scripted"} | self._more

    async def open(self, *, workers: int = 1) -> Platform:
        """Start everything and wait until it is ready."""
        self.postgres.start()
        self.valkey.start()
        await asyncio.to_thread(upgrade, self.postgres.dsn)
        conn = await asyncpg.connect(self.postgres.dsn)
        async with conn.transaction():
            await admins.ensure_admin(conn, ADMIN_KEY)
        await conn.close()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        await self.start_api()
        for _ in range(workers):
            await self.start_worker()
        await self.ready()
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start_api(self) -> Process:
        argv = [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "app.main:create",
            "--http",
            "app.http_connection:HttpConnection",
            "--loop",
            "app.event_loop:EventLoop",
            "--port",
            str(self.port),
        ]
        self.api = await Process(
            "api", [*argv, "--timeout-graceful-shutdown", "3"], self.env, self.folder / "api.log"
        ).start()
        return self.api

    async def start_worker(self, **env: str) -> Process:
        log = self.folder / f"worker-{len(self.workers)}.log"
        argv = [sys.executable, "-m", "arq", "workers.Settings"]
        worker = await Process(f"worker-{len(self.workers)}", argv, self.env | env, log).start()
        self.workers.append(worker)
        return worker

    async def ready(self) -> None:
        async with aiohttp.ClientSession() as http:

            async def answers() -> bool:
                try:
                    async with http.get(f"{self.url}/readyz") as response:
                        return response.status == 200 and (await response.json())["status"] == "ready"
                except aiohttp.ClientError:
                    return False

            await eventually(answers)

    async def close(self) -> None:
        """End everything, whatever state it is in. Raises TimeoutError where a process had to be killed."""
        alive = [process for process in (*self.workers, self.api) if process is not None and process.alive]
        try:
            ends = await asyncio.gather(*(process.end() for process in alive), return_exceptions=True)
        finally:
            self.valkey.stop()
            self.postgres.stop()
        for error in ends:
            if isinstance(error, BaseException):
                raise error


@asynccontextmanager
async def platform(
    folder: Path, *, workers: int = 1, durable: bool = True, env: Mapping[str, str] | None = None
) -> AsyncIterator[Platform]:
    running = Platform(folder, durable=durable, env=env)
    try:
        yield await running.open(workers=workers)
    finally:
        await running.close()
