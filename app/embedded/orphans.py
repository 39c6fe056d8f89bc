"""Find and stop servers that outlived the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def runs(pid: int, marks: Sequence[str]) -> bool:
    """Whether `pid` is a running process whose command line contains all of `marks`.

    The pid alone is not enough: the system may have reused it.
    """
    return all(mark in command_line(pid) for mark in marks)


def command_line(pid: int) -> str:
    """Return the command line of `pid`, or "" if there is no such process or it is a zombie."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listed = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def stop(pid: int, marks: Sequence[str], signals: Sequence[signal.Signals], patience: float = 8.0) -> bool:
    """Send `signals` to `pid` in turn, `patience` seconds apart, until it is gone. Returns whether it is gone."""
    for number in signals:
        if not runs(pid, marks):
            return True
        os.kill(pid, number)
        deadline = time.monotonic() + patience
        while runs(pid, marks) and time.monotonic() < deadline:
            time.sleep(0.01)
    return not runs(pid, marks)
