"""Keeps a handful of child processes running: starts them in order, starts again what dies, stops them in reverse.

It has no loop of its own: whoever uses it calls `tick()` a few times a second, from the thread that started the
processes (which end with that thread: see `app.embedded.launch`).
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
"""Seconds that a process must have run for its next end to count as the first again."""

Say = Callable[[str, str], None]
"""Takes a process's name and a line of its output."""


class ServiceFailed(Exception):
    """A process ended, or was not ready in time, before the platform was up."""


@dataclass(frozen=True)
class Service:
    """One process to keep running."""

    name: str
    command: Callable[[], list[str]]
    env: Mapping[str, str]
    rank: int
    """The highest rank is stopped first; equal ranks together."""
    grace: float
    """Seconds between the polite signal and SIGKILL."""
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
    """When to start it again, by the monotonic clock; None while it runs."""


class Supervisor:
    def __init__(self, say: Say) -> None:
        self._say = say
        self._children: list[Child] = []

    def start(self, service: Service, *, timeout: float = 30.0) -> None:
        """Start a process and wait until it is ready. Raises ServiceFailed, or what its preparation raises."""
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
        """Raise ServiceFailed if a process has ended: for where that is no accident to recover from."""
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                raise ServiceFailed(f"{child.service.name} {_ending(child.process.returncode)}")

    def tick(self) -> None:
        """Start again what has ended, each process after a pause that doubles while it keeps ending."""
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
        """Stop everything, the highest rank first. Nothing is started again from here on."""
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
                self._say("up", f"{service.name} did not end within {service.grace:.0f} s and is killed")
                process.kill()
                process.wait()

    def _plan(self, child: Child, what: str) -> None:
        steady = time.monotonic() - child.started_at > STEADY
        child.pause = FIRST_PAUSE if steady else child.pause
        child.due_at = time.monotonic() + child.pause
        self._say("up", f"{child.service.name} {what}; starting it again in {child.pause:.1f} s")
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
            start_new_session=True,  # a Ctrl-C in the terminal reaches only us, and we stop them in order
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
