"""The supervisor, with small processes of its own."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from app.cli import supervisor as module
from app.cli.supervisor import Service, ServiceFailed, Supervisor

Lines = list[tuple[str, str]]

RUNS = "print('pid', os.getpid(), flush=True); signal.pause()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); " + RUNS


def service(code: str, name: str = "child", **options: object) -> Service:
    command = [sys.executable, "-c", f"import os, signal, sys; {code}"]
    given: dict[str, object] = {"rank": 1, "grace": 5.0, **options}
    return Service(name, lambda: command, dict(os.environ), **given)  # type: ignore[arg-type]


@pytest.fixture
def lines() -> Lines:
    return []


@pytest.fixture
def supervisor(lines: Lines) -> Iterator[Supervisor]:
    started = Supervisor(lambda name, line: lines.append((name, line)))
    yield started
    started.stop()


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.01)


def pids(lines: Lines) -> list[int]:
    return [int(line.split()[1]) for _, line in lines if line.startswith("pid ")]


def test_processes_that_end_are_restarted_and_reported(
    supervisor: Supervisor, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    supervisor.start(service(RUNS, ready=lambda pid: bool(pids(lines))))
    os.kill(pids(lines)[0], signal.SIGKILL)

    def again() -> bool:
        supervisor.tick()
        return len(pids(lines)) == 2

    wait_until(again)
    assert any(name == "up" and "child was ended by SIGKILL" in line for name, line in lines)


def test_the_pause_doubles_while_a_process_keeps_ending(supervisor: Supervisor, lines: Lines) -> None:
    attempts: list[float] = []

    def broken() -> None:
        attempts.append(time.monotonic())
        if len(attempts) > 1:
            raise OSError("no disk")

    supervisor.start(service("sys.exit(3)", prepare=broken))

    def thrice() -> bool:
        supervisor.tick()
        return len(attempts) == 3

    wait_until(thrice)
    said = [line for name, line in lines if name == "up"]
    assert said[:2] == [
        "child ended with exit code 3; restarting in 0.5 s",
        "child could not be started: no disk; restarting in 1.0 s",
    ]


def test_a_process_that_ends_before_it_is_ready_is_a_failed_start(supervisor: Supervisor) -> None:
    with pytest.raises(ServiceFailed, match="child ended with exit code 3 while it started"):
        supervisor.start(service("sys.exit(3)", ready=lambda pid: False))


def test_a_process_that_is_never_ready_is_a_failed_start(supervisor: Supervisor) -> None:
    with pytest.raises(ServiceFailed, match="not ready after 0 s"):
        supervisor.start(service(RUNS, ready=lambda pid: False), timeout=0.1)


def test_checking_finds_an_ended_process(supervisor: Supervisor) -> None:
    supervisor.start(service("sys.exit(0)"))

    def found() -> bool:
        try:
            supervisor.check()
        except ServiceFailed as error:
            return "child ended with exit code 0" in str(error)
        return False

    wait_until(found)


def test_the_highest_rank_stops_first_and_the_stubborn_are_killed(supervisor: Supervisor, lines: Lines) -> None:
    tell = "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit()))"
    base = service(f"{tell}; {RUNS}", "base", rank=0)
    supervisor.start(base)
    supervisor.start(service(STUBBORN, "stubborn", grace=0.2))
    supervisor.start(service(f"{tell}; {RUNS}", "polite"))
    wait_until(lambda: len(pids(lines)) == 3)
    supervisor.stop()
    wait_until(lambda: sum(line == "bye" for _, line in lines) == 2)
    seen = [(name, line) for name, line in lines if line == "bye" or name == "up"]
    assert seen.index(("base", "bye")) == 2
    assert ("up", "stubborn did not stop within 0 s; killing it") in seen


def test_everything_a_process_prints_is_passed_on(supervisor: Supervisor, lines: Lines) -> None:
    supervisor.start(service(r"os.write(1, b'one\ntwo \xff'); os.write(2, b'\nthree')"))
    wait_until(lambda: len(lines) == 3)
    assert lines == [("child", "one"), ("child", "two \ufffd"), ("child", "three")]
