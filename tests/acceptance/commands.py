"""The platform and its providers as their users run them: `trigpoint up` and the stand-ins, each a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from app.embedded import EmbeddedPostgres
from app.embedded.server import launch
from tests.processes import ROOT
from tests.servers.standin import CONTROL, Fault

TRIGPOINT = str(Path(sys.executable).with_name("trigpoint"))
START_SECONDS = 45.0
STOP_SECONDS = 10.0
"""What `up` promises from Ctrl-C to its end."""


def child(argv: list[str]) -> list[str]:
    """The command that ends, too, when the test run is killed."""
    return launch(argv, on_parent_death=signal.SIGTERM)


def environment(**more: str) -> dict[str, str]:
    """This process' own, which the root conftest cleared of everything about platforms, and `more`.

    Geocoders on the Internet are left out.
    """
    return {**os.environ, "TRIGPOINT_GEOCODERS": "local,nominatim,locationiq,offline", **more}


def until(condition: Callable[[], bool], *, within: float, otherwise: Callable[[], str]) -> None:
    """Poll a condition. Fails the test with the message of `otherwise` if it does not hold in time."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.02)


class Up:
    """`trigpoint up --port 0` on one data folder; may be started again after it ended."""

    def __init__(self, data_dir: Path, env: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self.url = ""
        self.key: str | None = None
        """The administrator's key, if this installation generated it."""
        self._env = dict(env)
        self._log = data_dir.with_name(f"{data_dir.name}.log")
        self._said = data_dir.with_name(f"{data_dir.name}.out")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Up:
        """Start it and wait for its `ready URL`."""
        argv = child([TRIGPOINT, "up", "--port", "0", "--data-dir", str(self.data_dir)])
        with self._said.open("wb") as said, self._log.open("ab") as log:
            self._process = subprocess.Popen(
                argv, cwd=ROOT, env=self._env, stdin=subprocess.DEVNULL, stdout=said, stderr=log
            )
        process = self._process
        until(
            lambda: self._line("ready ") is not None or process.poll() is not None,
            within=START_SECONDS,
            otherwise=lambda: f"not ready:\n{self.log[-3000:]}",
        )
        url = self._line("ready ")
        assert url is not None, f"ended with {process.poll()}:\n{self.log[-3000:]}"
        self.url = url
        if (shown := self._line("admin key ")) is not None:
            self.key = shown.split()[0]
        return self

    @property
    def dsn(self) -> str:
        """Where its PostgreSQL is reached while it runs."""
        return EmbeddedPostgres(self.data_dir / "postgres").dsn

    @property
    def log(self) -> str:
        """What all its processes wrote to stderr, over all starts."""
        return self._log.read_text(errors="replace")

    @property
    def said(self) -> str:
        """Its stdout since the last start."""
        return self._said.read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit status, within the promised time."""
        assert self._process is not None
        return self._process.wait(STOP_SECONDS)

    def pid_of(self, word: str) -> int | None:
        """The child process whose command line holds `word`."""
        assert self._process is not None
        for process in psutil.Process(self._process.pid).children():
            with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):  # one that has just ended
                if any(word in part for part in process.cmdline()):
                    return process.pid
        return None

    def close(self) -> None:
        """End it, whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self.send(signal.SIGINT)
            try:
                self.wait()
            finally:
                self._process.kill()

    def _line(self, start: str) -> str | None:
        """The rest of the first complete line of its stdout that begins so."""
        lines = (line for line in self.said.splitlines(keepends=True) if line.endswith("\n"))
        return next((line.removeprefix(start).strip() for line in lines if line.startswith(start)), None)


class Provider:
    """A stand-in as a process, which is configured over HTTP."""

    def __init__(self, *argv: str) -> None:
        self._process = subprocess.Popen(
            child([sys.executable, "-m", *argv]), cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, f"{argv} did not start"
        self.failed = False
        """Whether it was set to fail since this was last set."""

    async def behave(self, fault: Fault | None = None, *, latency: float = 0.0, times: int | None = None) -> None:
        """Fail that way from now on (`times` times only), and answer after `latency` seconds."""
        self.failed = self.failed or fault is not None
        order = {"fault": fault, "latency": latency} | ({} if times is None else {"times": times})
        async with aiohttp.ClientSession() as http, http.post(self.url + CONTROL, json=order) as response:
            assert response.status == 204

    async def queries(self) -> list[dict[str, Any]]:
        """The query parameters of every request so far."""
        async with aiohttp.ClientSession() as http, http.get(self.url + CONTROL) as response:
            seen: dict[str, Any] = await response.json()
        queries: list[dict[str, Any]] = seen["queries"]
        return queries

    def close(self) -> None:
        assert self._process.stdout is not None
        self._process.terminate()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()
