"""Servers that outlived whoever started them: found by pid and command line, and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def runs(pid: int, marks: Sequence[str]) -> bool:
    """Whether `pid` is a living process whose command line holds every one of `marks`.

    A pid alone proves nothing: it may have been given to another program since it was written down.
    """
    return all(mark in command_line(pid) for mark in marks)


def command_line(pid: int) -> str:
    """The command line of `pid`, "" where there is no such process or only a zombie."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listed = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def stop(pid: int, marks: Sequence[str], signals: Sequence[signal.Signals], patience: float = 8.0) -> bool:
    """Send `pid` each of `signals` in turn, `patience` seconds apart, until it is gone; whether it is."""
    for number in signals:
        if not runs(pid, marks):
            return True
        os.kill(pid, number)
        deadline = time.monotonic() + patience
        while runs(pid, marks) and time.monotonic() < deadline:
            time.sleep(0.01)
    return not runs(pid, marks)
