"""`trigpoint api`: run an API process."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from typing import Annotated

import typer

from app.cli import output

UVICORN = (
    "uvicorn",
    "--factory",
    "app.main:create",
    "--http",
    "app.http_connection:HttpConnection",
    "--loop",
    "app.event_loop:EventLoop",
    "--no-access-log",
)
"""The module and the arguments by which every API process is started."""
SHUTDOWN_SECONDS = 3


def api(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    processes: Annotated[int, typer.Option(min=1, help="Processes that share the port.")] = 1,
) -> None:
    """Run the API on the servers in DATABASE_URL and REDIS_URL.

    FORWARDED_ALLOW_IPS names the proxies whose X-Forwarded-For and -Proto are believed; default: those on this host.
    """
    if processes > 1:
        _check_settings()  # uvicorn would start processes that end again and again
        # /metrics has those of all processes, whichever answers
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="trigpoint-metrics-"))
    arguments = ["--host", host, "--port", str(port), "--workers", str(processes)]
    arguments += ["--timeout-graceful-shutdown", str(SHUTDOWN_SECONDS)]
    os.execv(sys.executable, [sys.executable, "-m", *UVICORN, *arguments])


def _check_settings() -> None:
    """End with a line for each problem that would end the processes."""
    from importlib import import_module

    from app.db.core.startup import StartRefused, refuse_misfit

    settings, _ = import_module("app.main").load_settings()  # as uvicorn imports it
    try:
        asyncio.run(refuse_misfit(settings.database_url))
    except StartRefused as error:
        output.fail(str(error))
