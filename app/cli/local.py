"""A complete platform on this machine: servers, schema, API and workers."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from app.cli import admin
from app.cli.api import SHUTDOWN_SECONDS, UVICORN
from app.cli.health import readiness
from app.cli.output import Json
from app.cli.supervisor import Say, Service, ServiceFailed, Supervisor
from app.client import Client, NotReachable
from app.embedded import DataFolderLock, EmbeddedPostgres, EmbeddedServer, EmbeddedValkey
from app.embedded.server import launch

READY_SECONDS = 60.0
GRACE = 7.0
"""Seconds that the API and the workers get to stop. With 3 for the servers, `up` stops within 10 seconds."""


class StartFailed(Exception):
    """The platform cannot be started. The message says what to do."""


class Stopped(Exception):
    """The caller asked to stop while the platform was starting."""


@dataclass(frozen=True)
class Plan:
    """The parts of the platform to start, and their addresses."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    """0 picks a free port."""
    workers: int = 1
    database_url: str | None = None
    """None starts an embedded PostgreSQL in the data folder."""
    redis_url: str | None = None
    """None starts an embedded Valkey."""
    admin_key: str | None = None
    """Key of the first administrator. None creates one if the database has no administrator."""


class LocalPlatform:
    """A context manager that stops on exit everything that it started."""

    def __init__(self, plan: Plan, say: Say, *, stopping: Callable[[], bool] = lambda: False) -> None:
        self.plan = plan
        self.url = ""
        self.fresh_key: str | None = None
        """The key that was created on this start, if any."""
        self._say = say
        self._stopping = stopping
        self._supervisor = Supervisor(say)
        self._cleanup = ExitStack()

    def __enter__(self) -> LocalPlatform:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._supervisor.stop()
        self._cleanup.close()

    def start(self) -> None:
        """Start everything and wait until `/readyz` reports ready.

        Raises StartFailed, ServiceFailed, ServerFailed, AlreadyHeld or Stopped.
        """
        plan = self.plan
        port = free_port(plan.host, plan.port)
        database_url, redis_url = self._servers()
        self._migrate(database_url)
        try:
            self.fresh_key = admin.ensure(database_url, plan.admin_key)
        except ValueError as error:
            raise StartFailed(str(error)) from error
        environment = {
            "TRIGPOINT_SHUTDOWN_GRACE_SECONDS": str(GRACE - 2),
            "TRIGPOINT_UPLOADS_URL": (plan.data_dir / "uploads").absolute().as_uri(),
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PYTHONUNBUFFERED": "1",
        }
        api = [*UVICORN, "--host", plan.host, "--port", str(port)]
        api += ["--timeout-graceful-shutdown", str(SHUTDOWN_SECONDS)]  # requests that wait for a job may take longer
        self._start_python("api", api, environment)
        for number in range(1, plan.workers + 1):
            name = "worker" if plan.workers == 1 else f"worker-{number}"
            self._start_python(name, ["arq", "workers.Settings"], environment | _health_port(environment, number))
        self.url = f"http://{_reachable(plan.host)}:{port}"
        asyncio.run(self._until_ready())

    def tick(self) -> None:
        """Restart processes that ended. Call it a few times per second while the platform is up."""
        self._supervisor.tick()

    def check(self) -> None:
        """Raise ServiceFailed if a process has ended."""
        self._supervisor.check()

    def _servers(self) -> tuple[str, str]:
        """Start the embedded servers that are needed. Returns the URLs of Postgres and Redis."""
        plan = self.plan
        if plan.database_url and plan.redis_url:
            return plan.database_url, plan.redis_url
        self._cleanup.enter_context(DataFolderLock(plan.data_dir))
        database_url, redis_url = plan.database_url, plan.redis_url
        if not database_url:
            postgres = EmbeddedPostgres(plan.data_dir / "postgres")
            self._start_server(postgres)
            database_url = postgres.dsn
        if not redis_url:
            valkey = EmbeddedValkey(plan.data_dir / "valkey")
            self._start_server(valkey)
            redis_url = valkey.url
        return database_url, redis_url

    def _start_server(self, server: EmbeddedServer) -> None:
        self._pause()
        self._cleanup.callback(server.tidy)
        self._supervisor.start(Service.of(server))

    def _start_python(self, name: str, module: list[str], environment: dict[str, str]) -> None:
        self._pause()
        command = launch([sys.executable, "-m", *module], on_parent_death=signal.SIGTERM)
        self._supervisor.start(Service(name, lambda: command, environment, rank=1, grace=GRACE))

    def _migrate(self, dsn: str) -> None:
        from app.db.core import migrate

        self._pause()
        try:
            migrate.upgrade(dsn)
        except (ValueError, migrate.MigrationFailed) as error:
            raise StartFailed(str(error)) from error

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        parts: Json = {}
        async with Client(self.url, timeout=5) as client:
            while time.monotonic() < deadline:
                self._pause()
                self._supervisor.check()
                try:
                    ready, parts = await readiness(client)
                except NotReachable:
                    ready = False
                if ready:
                    return
                await asyncio.sleep(0.05)
        raise ServiceFailed(f"the platform was not ready after {READY_SECONDS:.0f} s: {parts or 'no answer'}")

    def _pause(self) -> None:
        """Raise Stopped if the start was interrupted."""
        if self._stopping():
            raise Stopped


def _health_port(environment: Mapping[str, str], number: int) -> dict[str, str]:
    """Return the variable with the health port of a worker: the first has the configured one, the next follow."""
    port = environment.get("TRIGPOINT_WORKER_HEALTH_PORT", "")
    return {"TRIGPOINT_WORKER_HEALTH_PORT": str(int(port) + number - 1)} if port.isdecimal() else {}


def free_port(host: str, port: int) -> int:
    """Return `port` if it is free, or any free port for 0. Raises StartFailed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            advice = "choose another with --port, or --port 0 for any free one"
            raise StartFailed(f"cannot listen on {host} port {port}: {error.strerror}; {advice}") from error
        return int(probe.getsockname()[1])


def _reachable(host: str) -> str:
    """Return the host name by which this machine reaches a server that listens on `host`."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
