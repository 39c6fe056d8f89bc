"""The event loop of the processes that run handlers: no callback of a handler can end it.

asyncio lets SystemExit and KeyboardInterrupt of a callback out of the loop, and `loop.stop()` ends it for everybody.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Generator
from typing import Any, TypeVar

import structlog
import uvloop

T = TypeVar("T")

log = structlog.get_logger(__name__)


class EventLoop(uvloop.Loop):
    """Runs on until its main task is done, whatever a callback raises. Real signals end it as they end any other loop.

    `workers.core.exit_containment` comes first: it also fails the job to which a callback belongs.
    """

    def run_until_complete(self, future: Generator[Any, None, T] | Awaitable[T]) -> T:
        main: asyncio.Future[T] = asyncio.ensure_future(future, loop=self)  # type: ignore[arg-type]
        while True:
            try:
                return super().run_until_complete(main)
            except (SystemExit, KeyboardInterrupt) as error:
                if _is_own(main, error) or (isinstance(error, KeyboardInterrupt) and _interrupts()):
                    raise
                log.error("callback_exit_ignored", error=type(error).__name__)
            except RuntimeError:  # stopped before `main` was done
                if main.done() or self.is_closed() or self.is_running():
                    raise
                log.error("loop_stop_ignored")
            if main.done():  # in the same iteration
                return main.result()


def _is_own(main: asyncio.Future[T], error: BaseException) -> bool:
    return main.done() and not main.cancelled() and main.exception() is error


def _interrupts() -> bool:
    """Whether a Ctrl-C raises KeyboardInterrupt at the moment, because nobody handles the signal."""
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler
