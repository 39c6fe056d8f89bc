"""Long computations leave the event loop, with the context of their request."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

from app.web.http.off_loop import MAX_BYTES_ON_LOOP, in_thread, off_loop

variable: ContextVar[str] = ContextVar("variable", default="")


def where(argument: int, *, named: str) -> tuple[bool, str, int, str]:
    return threading.current_thread() is threading.main_thread(), variable.get(), argument, named


async def test_only_large_inputs_leave_the_loop() -> None:
    variable.set("of the request")
    assert await off_loop(MAX_BYTES_ON_LOOP, where, 1, named="x") == (True, "of the request", 1, "x")
    assert await off_loop(MAX_BYTES_ON_LOOP + 1, where, 2, named="y") == (False, "of the request", 2, "y")


async def test_the_loop_goes_on_while_threads_compute_and_few_compute_at_once() -> None:
    running, most, lock, proceed = 0, 0, threading.Lock(), threading.Event()

    def compute() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        proceed.wait(30)
        with lock:
            running -= 1

    computing = [asyncio.create_task(in_thread(compute)) for _ in range(10)]
    while running < 2:
        await asyncio.sleep(0.001)  # the loop turns while both threads wait
    proceed.set()
    await asyncio.gather(*computing)
    assert most == 2


async def test_errors_come_back() -> None:
    def fail() -> None:
        raise ValueError("the cause")

    try:
        await in_thread(fail)
    except ValueError as error:
        assert str(error) == "the cause"
    else:
        raise AssertionError("no error")
