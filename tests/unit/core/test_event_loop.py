"""The event loop continues whatever a callback raises, and ends with its main task or a real interrupt."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from app.event_loop import EventLoop


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    # a shell that starts the tests in the background lets them ignore the signal
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    made = EventLoop()
    yield made
    made.close()
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    raise KeyboardInterrupt


def stop() -> None:
    asyncio.get_running_loop().stop()


def close() -> None:
    asyncio.get_running_loop().close()


def work(callback: Callable[[], object], loop: EventLoop) -> str:
    async def main() -> str:
        running = asyncio.get_running_loop()
        running.set_exception_handler(lambda *_: None)
        running.call_soon(callback)
        await asyncio.sleep(0.01)
        running.call_later(0.01, callback)
        await asyncio.sleep(0.05)
        return "done"

    return loop.run_until_complete(main())


@pytest.mark.parametrize("callback", [sys.exit, stop, close])
def test_a_callback_does_not_end_the_loop(callback: Callable[[], object], loop: EventLoop) -> None:
    assert work(callback, loop) == "done"


def test_an_interrupt_of_a_callback_does_not_end_a_loop_that_handles_the_signal(loop: EventLoop) -> None:
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    assert work(interrupt, loop) == "done"


def test_a_real_interrupt_ends_the_loop(loop: EventLoop) -> None:
    with pytest.raises(KeyboardInterrupt):
        work(lambda: os.kill(os.getpid(), signal.SIGINT), loop)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), ValueError(), RuntimeError("its own")])
def test_the_error_of_the_main_task_is_raised(error: BaseException, loop: EventLoop) -> None:
    async def main() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        loop.run_until_complete(main())
    assert raised.value is error


def test_an_exit_in_the_last_iteration_does_not_hide_the_result(loop: EventLoop) -> None:
    async def main() -> int:
        asyncio.get_running_loop().call_soon(sys.exit)
        return 7

    assert loop.run_until_complete(main()) == 7


def test_a_loop_that_runs_cannot_be_run_again(loop: EventLoop) -> None:
    async def main() -> None:
        waiting = loop.create_future()
        with pytest.raises(RuntimeError):
            loop.run_until_complete(waiting)

    loop.run_until_complete(main())
