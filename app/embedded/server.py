"""Base class of the embedded servers: a data folder, a socket folder and a child process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from app.embedded import sockets

LAUNCH = Path(__file__).with_name("launch.py")
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class ServerFailed(Exception):
    """An embedded server did not start."""


def launch(argv: list[str], *, on_parent_death: signal.Signals, owner: tuple[int, int] | None = None) -> list[str]:
    """Return the command that runs `argv` as a child process, optionally as `owner` (uid, gid): see `launch.py`."""
    uid, gid = owner or (-1, -1)
    ids = (str(number) for number in (os.getpid(), int(on_parent_death), uid, gid))
    return [sys.executable, "-I", "-S", str(LAUNCH), *ids, *argv]


def wheel_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it, or "." if it is not installed."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else Path()


class EmbeddedServer(ABC):
    """A server on a data folder.

    Tests use `start()` and `stop()`. `trigpoint up` supervises the process itself and uses the single steps:
    `prepare()`, `command()` with `environment()`, `ready()`, and `tidy()` at the end. On Linux the server ends with the
    thread that started it.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    """Signal for a clean, prompt shutdown."""

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.socket_dir = sockets.path(self.data_dir)
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Create folders, initialise data, and remove leftovers of a killed process."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command to run after `prepare()`."""

    @abstractmethod
    def ready(self, pid: int) -> bool:
        """Whether the process `pid` accepts connections."""

    def environment(self) -> dict[str, str]:
        """Return the environment without variables that would change the server's configuration."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        return {**kept, "LC_ALL": "C"}

    def start(self) -> None:
        """Start the server and wait until it accepts connections. Raises ServerFailed with the end of its log."""
        self.prepare()
        log = self.data_dir / "server.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self.environment(),
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.ready(self.process.pid):
            if not self.alive() or time.monotonic() > deadline:
                self.stop()
                raise ServerFailed(f"{self.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server and remove its socket folder. The data is kept."""
        if self.process is not None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
        self.tidy()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tidy(self) -> None:
        sockets.remove(self.socket_dir)
