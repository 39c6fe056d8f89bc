"""Keeps a worker process able to work and to stop, whatever a handler did to it.

A handler shares its process with other jobs. What it may change for all of them is put right every few seconds; a
process whose event loop stands still, or that does not end when it should, ends by force. Its supervisor starts it
again, and the leases bring back its jobs.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
CHECK_SECONDS = 2.0
MIN_BLOCKED_SECONDS = 120.0
LEASES_BLOCKED = 4
"""A loop that has stood still for so many leases has lost all its jobs long ago."""


class ProcessGuard:
    """Guards this process from `start` to `stop`. Use it in the main thread."""

    def __init__(self, request_stop: Callable[[], None], *, stop_seconds: float, lease_seconds: float) -> None:
        """`request_stop` is called in the event loop by each stop signal, and has `stop_seconds` to end the process."""
        self._request_stop = request_stop
        self._stop_seconds = stop_seconds
        self._blocked_seconds = max(MIN_BLOCKED_SECONDS, LEASES_BLOCKED * lease_seconds)
        self._handlers: dict[signal.Signals, Callable[[int, FrameType | None], object]] = {}
        self._recursion_limit = sys.getrecursionlimit()
        self._gc_thresholds = gc.get_threshold()
        self._exit_timer: threading.Timer | None = None

    def start(self) -> None:
        """Handle the stop signals."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._request_stop)
            self._handlers[number] = self._handler(signal.getsignal(number))
        self._set_signal_handlers()
        self._wakeup_fd = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(self._wakeup_fd, warn_on_full_buffer=False)

    async def keep_checking(self) -> None:
        """Check until cancelled. If the event loop stands still, print where, and end the process with status 1."""
        while True:
            faulthandler.dump_traceback_later(self._blocked_seconds, exit=True, file=sys.__stderr__ or 2)
            self.restore()
            await asyncio.sleep(CHECK_SECONDS)

    def restore(self) -> None:
        """Put right what a handler changed for everybody."""
        if sys.getrecursionlimit() != self._recursion_limit:
            sys.setrecursionlimit(self._recursion_limit)
            log.error("process_change_undone", change="recursion limit")
        if any(signal.getsignal(number) is not handler for number, handler in self._handlers.items()):
            self._set_signal_handlers()
            log.error("process_change_undone", change="signal handlers")
        if signal.set_wakeup_fd(self._wakeup_fd, warn_on_full_buffer=False) != self._wakeup_fd:
            log.error("process_change_undone", change="wakeup descriptor")
        if signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS) & set(STOP_SIGNALS):
            log.error("process_change_undone", change="blocked signals")
        if not gc.isenabled() or gc.get_threshold() != self._gc_thresholds:
            gc.enable()
            gc.set_threshold(*self._gc_thresholds)
            log.error("process_change_undone", change="garbage collection")

    def stop(self) -> None:
        """Handle the stop signals no longer. A process that was not told to stop has `stop_seconds` from now on to end:
        the interpreter waits for all threads, also for those of a handler that never return.
        """
        self._exit_later(1)
        faulthandler.cancel_dump_traceback_later()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
        self._handlers.clear()

    def _handler(self, wake_loop: object) -> Callable[[int, FrameType | None], object]:
        """Return a handler that works even while the loop stands still: Python calls it between two instructions."""

        def handle(number: int, frame: FrameType | None) -> None:
            self._exit_later(0)
            if callable(wake_loop):
                wake_loop(number, frame)

        return handle

    def _set_signal_handlers(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
            signal.siginterrupt(number, False)

    def _exit_later(self, status: int) -> None:
        """End the process in `stop_seconds`, unless it has ended by then. The ledger is correct at any time."""
        if self._exit_timer is None:
            self._exit_timer = threading.Timer(self._stop_seconds, os._exit, [status])
            self._exit_timer.daemon = True
            self._exit_timer.start()
