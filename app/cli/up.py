"""`trigpoint up`: run the complete platform in the foreground."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from app.cli import admin, output
from app.cli.admin import AdminKey
from app.cli.local import LocalPlatform, Plan, StartFailed, Stopped
from app.cli.options import DatabaseUrl, RedisUrl
from app.cli.supervisor import ServiceFailed
from app.embedded import AlreadyHeld, ServerFailed

DATA_DIR = Path(".trigpoint")
TICK = 0.2
"""Seconds between two checks of the processes."""

CAN_NOT_START = (AlreadyHeld, ServerFailed, ServiceFailed, StartFailed, OSError)

DataDir = Annotated[
    Path, typer.Option(envvar="TRIGPOINT_DATA_DIR", file_okay=False, help="Data folder of the embedded servers.")
]


def up(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the API; 0 picks a free one.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    data_dir: DataDir = DATA_DIR,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
    database_url: DatabaseUrl = None,
    redis_url: RedisUrl = None,
    admin_key: AdminKey = None,
) -> None:
    """Run the complete platform until Ctrl-C: PostgreSQL, Valkey, the API and the workers.

    Nothing needs to be installed: the servers are included, use no port, and keep their data in the data folder. If
    DATABASE_URL or REDIS_URL are set, those servers are used instead. The schema is migrated, and processes that end
    are restarted. `ready http://127.0.0.1:8000` is printed on stdout when the platform is ready; logs go to stderr.
    """
    stop = stop_on_signals()
    plan = Plan(data_dir, host, port, workers, database_url, redis_url, admin_key)
    try:
        with LocalPlatform(plan, print_line, stopping=stop.is_set) as platform:
            platform.start()
            if platform.fresh_key:
                admin.show(platform.fresh_key)
            print(f"ready {platform.url}", flush=True)
            while not stop.wait(TICK):
                platform.tick()
            print_line("up", "stopping")
    except Stopped:
        print_line("up", "stopped before it was ready")
    except CAN_NOT_START as error:
        output.fail(str(error))


def stop_on_signals() -> threading.Event:
    """Return an event that is set by Ctrl-C, SIGTERM or a closed terminal."""
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)
    return stop


def print_line(name: str, line: str) -> None:
    """Print a line of a process's log in a single write, because several threads print."""
    sys.stderr.write(f"{name:<8} | {line}\n")
