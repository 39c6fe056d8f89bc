"""Keeps child processes running: starts them in order, restarts those that end, and stops them in reverse order.

It has no loop of its own: the caller calls `tick()` a few times per second from the thread that started the processes
(they end with that thread, see `app.embedded.launch`).
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.embedded import EmbeddedServer, ServerFailed

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
STEADY = 30.0
"""Seconds that a process must run before its restart delay is reset."""

Say = Callable[[str, str], None]
"""Receives the name of a process and a line of its output."""


class ServiceFailed(Exception):
    """A process ended or was not ready in time."""


@dataclass(frozen=True)
class Service:
    """A process to keep running."""

    name: str
    command: Callable[[], list[str]]
    env: Mapping[str, str]
    rank: int
    """Processes with the highest rank are stopped first, equal ranks together."""
    grace: float
    """Seconds between the stop signal and SIGKILL."""
    stop_signal: signal.Signals = signal.SIGTERM
    prepare: Callable[[], None] = lambda: None
    ready: Callable[[int], bool] = lambda pid: True

    @classmethod
    def of(cls, server: EmbeddedServer) -> Service:
        return cls(
            name=server.name,
            command=server.command,
            env=server.environment(),
            rank=0,
            grace=3.0,
            stop_signal=server.stop_signal,
            prepare=server.prepare,
            ready=server.ready,
        )


@dataclass
class Child:
    service: Service
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    due_at: float | None = field(default=None)
    """Monotonic time of the restart; None while the process runs."""


class Supervisor:
    def __init__(self, say: Say) -> None:
        self._say = say
        self._children: list[Child] = []

    def start(self, service: Service, *, timeout: float = 30.0) -> None:
        """Start a process and wait until it is ready. Raises ServiceFailed or any error of its preparation."""
        child = Child(service)
        self._children.append(child)
        process = self._spawn(child)
        deadline = time.monotonic() + timeout
        while not service.ready(process.pid):
            if process.poll() is not None:
                raise ServiceFailed(f"{service.name} {_ending(process.returncode)} while it started")
            if time.monotonic() > deadline:
                raise ServiceFailed(f"{service.name} was not ready after {timeout:.0f} s")
            time.sleep(0.01)

    def check(self) -> None:
        """Raise ServiceFailed if a process has ended, for callers that do not want a restart."""
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                raise ServiceFailed(f"{child.service.name} {_ending(child.process.returncode)}")

    def tick(self) -> None:
        """Restart processes that ended, with a delay that doubles each time."""
        for child in self._children:
            now = time.monotonic()
            if child.due_at is None:
                if child.process is not None and child.process.poll() is not None:
                    self._plan(child, _ending(child.process.returncode))
            elif now >= child.due_at:
                try:
                    self._spawn(child)
                except (ServerFailed, OSError) as error:
                    self._plan(child, f"could not be started: {error}")

    def stop(self) -> None:
        """Stop all processes, highest rank first. Nothing is restarted afterwards."""
        for rank in sorted({child.service.rank for child in self._children}, reverse=True):
            self._stop([child for child in self._children if child.service.rank == rank])
        self._children.clear()

    def _stop(self, children: list[Child]) -> None:
        running = [(child.service, child.process) for child in children if child.process is not None]
        for service, process in running:
            process.send_signal(service.stop_signal)
        asked_at = time.monotonic()
        for service, process in running:
            try:
                process.wait(max(0.0, asked_at + service.grace - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say("up", f"{service.name} did not stop within {service.grace:.0f} s; killing it")
                process.kill()
                process.wait()

    def _plan(self, child: Child, what: str) -> None:
        steady = time.monotonic() - child.started_at > STEADY
        child.pause = FIRST_PAUSE if steady else child.pause
        child.due_at = time.monotonic() + child.pause
        self._say("up", f"{child.service.name} {what}; restarting in {child.pause:.1f} s")
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _spawn(self, child: Child) -> subprocess.Popen[str]:
        child.service.prepare()
        child.process = subprocess.Popen(
            child.service.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=dict(child.service.env),
            start_new_session=True,  # Ctrl-C reaches only this process, which stops the others in order
        )
        child.started_at, child.due_at = time.monotonic(), None
        threading.Thread(target=self._relay, args=(child.service.name, child.process), daemon=True).start()
        return child.process

    def _relay(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self._say(name, line.rstrip("\n"))


def _ending(code: int) -> str:
    return f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
