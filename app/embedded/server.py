"""What the two embedded servers have in common: a data folder, a socket folder, one child process."""

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
    """An embedded server did not start, or can not."""


def launch(argv: list[str], *, on_parent_death: signal.Signals, owner: tuple[int, int] | None = None) -> list[str]:
    """The command that runs `argv` as a child of this process, as `owner` (uid, gid) if given: see `launch.py`."""
    uid, gid = owner or (-1, -1)
    ids = (str(number) for number in (os.getpid(), int(on_parent_death), uid, gid))
    return [sys.executable, "-I", "-S", str(LAUNCH), *ids, *argv]


def wheel_folder(package: str) -> Path:
    """Where `package` is installed, without importing it: its own code starts servers its own way. "." if it is not."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else Path()


class EmbeddedServer(ABC):
    """One server of one data folder.

    `start()` and `stop()` are all that a test needs; `trigpoint up`, which watches over its processes itself, takes the
    steps one by one: `prepare()`, `command()` with `environment()`, `ready()`, and `tidy()` at the end.
    Start it in a thread that lives as long as the server shall: on Linux the server ends with the thread.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    """Asks for a clean and prompt end."""

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.socket_dir = sockets.path(self.data_dir)
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Get everything ready for the process: folders, first set-up, the leftovers of one that was killed."""

    @abstractmethod
    def command(self) -> list[str]:
        """What to run, once prepared."""

    @abstractmethod
    def ready(self, pid: int) -> bool:
        """Whether the process `pid` takes connections by now."""

    def environment(self) -> dict[str, str]:
        """The caller's environment less what would configure the server behind our back."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        return {**kept, "LC_ALL": "C"}

    def start(self) -> None:
        """Start the server and wait until it takes connections. Raises ServerFailed with the end of its log."""
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
        """Stop the server and remove its socket folder; the data stays."""
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
