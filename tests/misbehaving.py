"""A kind whose handler misbehaves in the way that `mode` names."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, field_validator

from app.domain.jobs.outcomes import Completed, Failed, HandOver, Interrupted, Retry, Snooze
from app.domain.jobs.spec import JobSpec, QueueSpec
from workers.core.context import FencedOff, JobContext


class MisbehavingArgs(BaseModel):
    mode: str = "fine"
    number: int = 0

    @field_validator("number")
    @classmethod
    def broken_validator(cls, number: int) -> int:
        if number == 13:
            raise ZeroDivisionError("the validator broke")
        return number


class Unprintable(Exception):
    def __str__(self) -> str:
        raise SystemExit("no text for this error")

    __repr__ = __str__


class WrongText(Exception):
    def __str__(self) -> str:
        return 7  # type: ignore[return-value]  # what this class is about


class Limited(Exception):
    def __init__(self, after: Any) -> None:
        super().__init__("limited")
        self.retry_after = after


class HidesItsName(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise KeyboardInterrupt


class Nameless(Exception, metaclass=HidesItsName):
    pass


class Disguised(Exception):
    __class__ = property(lambda self: KeyError)


class HiddenClass(Exception):
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise SystemExit


class DisguisedResult:
    __class__ = property(lambda self: dict)


class BrokenDict(dict[str, Any]):
    def items(self) -> Any:
        raise ZeroDivisionError

    __iter__ = keys = values = __len__ = items


class BrokenAttributes(Exception):
    @property
    def permanent(self) -> bool:
        raise KeyboardInterrupt

    @property
    def retry_after(self) -> float:
        raise SystemExit


def cyclic() -> dict[str, Any]:
    result: dict[str, Any] = {}
    result["self"] = result
    return result


def deep(levels: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for _ in range(levels):
        result = {"deeper": result}
    return result


FINE_RESULTS: dict[str, Callable[[], Any]] = {
    "slow": lambda: {"slow": True},
    "broken dict": lambda: BrokenDict(n=1),
    "datetime": lambda: {"at": datetime(2020, 1, 1, tzinfo=UTC)},
    "not finite": lambda: {"n": [float("nan"), float("inf")]},
    "number key": lambda: {1: "NUL \0"},
}
"""Each completes its job."""

WRONG_RESULTS: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "list": lambda: [1, 2],
    "text": lambda: "done",
    "number": lambda: 7,
    "model": MisbehavingArgs,
    "class": lambda: Failed,
    "set": lambda: {"ids": {1, 2}},
    "cyclic": cyclic,
    "deep": lambda: deep(2_000),
    "long integer": lambda: {"n": 2**70},
    "surrogate": lambda: {"n": "\ud800"},
    "failed exception": lambda: Failed(ValueError("not a text")),  # type: ignore[arg-type]
    "retry text": lambda: Retry("again", "soon"),  # type: ignore[arg-type]
    "retry nan": lambda: Retry("again", float("nan")),
    "snooze none": lambda: Snooze(None),  # type: ignore[arg-type]
    "snooze inf": lambda: Snooze(float("inf")),
    "snooze too long": lambda: Snooze(1e300),
    "retry too long": lambda: Retry("again", 10**400),
    "completed dict": lambda: Completed({}),  # type: ignore[arg-type]
    "completed not json": lambda: Completed("not json"),
    "completed list": lambda: Completed("[1]"),
    "hand over": HandOver,
    "huge number": lambda: Completed('{"n": 1e999999}'),
    "decimal": lambda: {"n": Decimal("1.5")},
    "bytes": lambda: {"n": b"x"},
    "tuple key": lambda: {(1, 2): 3},
    "coroutine": lambda: exits(),
    "class in disguise": DisguisedResult,
}
"""Each fails its job at once, because the handler would return the same again."""


def raising(error: BaseException) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


def endless() -> Any:
    return endless()


RAISED: dict[str, Callable[[], Any]] = {
    "error": raising(ValueError("broken")),
    "exit": lambda: sys.exit(3),
    "interrupt": raising(KeyboardInterrupt()),
    "generator exit": raising(GeneratorExit()),
    "stop iteration": raising(StopIteration(1)),
    "recursion": endless,
    "memory": raising(MemoryError()),
    "unprintable": raising(Unprintable()),
    "wrong text": raising(WrongText()),
    "group": raising(BaseExceptionGroup("g", [BaseExceptionGroup("h", [SystemExit(1), ValueError("x")])])),
    "library cancelled": raising(asyncio.CancelledError()),
    "fenced off": raising(FencedOff()),
    "broken attributes": raising(BrokenAttributes("attributes")),
    "after text": raising(Limited("soon")),
    "after nan": raising(Limited(float("nan"))),
    "after negative": raising(Limited(-5)),
    "after timedelta": raising(Limited(timedelta(milliseconds=10))),
    "after datetime": raising(Limited(datetime(2020, 1, 1, tzinfo=UTC))),
    "after naive datetime": raising(Limited(datetime(2020, 1, 1))),
    "huge text": raising(ValueError("E" * 5_000_000)),
    "nameless": raising(Nameless("broken")),
    "disguised": raising(Disguised("broken")),
    "handler's timeout": raising(TimeoutError("the handler's own")),
    "stop async iteration": raising(StopAsyncIteration()),
}
"""Each is retried as an ordinary error is, and fails its job when no attempt is left."""


COUNTERS: dict[str, dict[str, Any]] = {
    "total below 0": {"total": -1},
    "nothing counted": {"processed": -1},
    "no number": {"processed": float("nan")},
    "infinite total": {"total": float("inf")},
    "too many": {"processed": 2**40},
    "total text": {"total": "7"},
    "more failed than processed": {"failed": 3},
}
"""Each fails its job at once."""


def watch(add: Callable[..., None]) -> tuple[socket.socket, socket.socket]:
    watched, other = socket.socketpair()
    other.send(b"x")
    add(watched, sys.exit, 7)
    return watched, other


async def exit_soon() -> None:
    await asyncio.sleep(0)
    sys.exit(7)


def spawn(loop: asyncio.AbstractEventLoop) -> None:
    SPAWNED.append(loop.create_task(exit_soon()))


def done_callback(loop: asyncio.AbstractEventLoop) -> None:
    future = loop.create_future()
    future.add_done_callback(lambda _: sys.exit(7))
    future.set_result(None)


SPAWNED: list[asyncio.Task[None]] = []
CALLBACKS: dict[str, Callable[[asyncio.AbstractEventLoop], object]] = {
    "call soon": lambda loop: loop.call_soon(sys.exit, 7),
    "call soon, interrupt": lambda loop: loop.call_soon(raising(KeyboardInterrupt())),
    "call later": lambda loop: loop.call_later(0.01, sys.exit, 7),
    "call at": lambda loop: loop.call_at(loop.time(), sys.exit, 7),
    "call from a thread": lambda loop: loop.call_soon_threadsafe(sys.exit, 7),
    "add reader": lambda loop: watch(loop.add_reader),
    "add writer": lambda loop: watch(loop.add_writer),
    "done callback": done_callback,
    "task": spawn,
}
"""Each ends the process by asyncio's rules; here it is retried as an exit of the handler itself is."""


def backoff(attempt: int) -> float:
    raise SystemExit("the table of delays is too short")


SPEC = JobSpec(
    kind="misbehaving",
    queue=QueueSpec("misbehaving", concurrency=4, dispatch_size=4),
    args=MisbehavingArgs,
    timeout=timedelta(seconds=20),
    max_attempts=2,
    backoff=backoff,
)


async def exits() -> None:
    sys.exit(4)


async def run(context: JobContext, args: MisbehavingArgs) -> Any:
    if args.mode in ACTIONS:
        return await ACTIONS[args.mode](context)
    if args.mode in COUNTERS:
        async with context.step() as step:
            step.processed = 2
            for name, value in COUNTERS[args.mode].items():
                setattr(step, name, value)
    if args.mode in SHARED:
        ended = SHARED[args.mode](context)
        return await ended if asyncio.iscoroutine(ended) else {}
    if args.mode in CALLBACKS:
        opened = CALLBACKS[args.mode](asyncio.get_running_loop())
        try:
            await asyncio.sleep(600)
        finally:
            for one in opened if isinstance(opened, tuple) else ():
                one.close()
    return {**FINE_RESULTS, **WRONG_RESULTS, **RAISED}.get(args.mode, dict)()


async def spawned_exit(context: JobContext) -> None:
    await asyncio.create_task(exits())


async def cancel_itself(context: JobContext) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(10)


async def give_up_waiting_for_a_stop(context: JobContext) -> dict[str, Any]:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await context.stopped
    await asyncio.sleep(0.01)
    return {"waited": True}


async def damage_its_context(context: JobContext) -> dict[str, Any]:
    context.job = context.processed = None  # type: ignore[assignment]
    return {}


async def empty_its_context(context: JobContext) -> None:
    vars(context).clear()
    raise ValueError("broken")


async def empty_its_context_and_stay(context: JobContext) -> None:
    vars(context).clear()
    await asyncio.sleep(600)


async def wait(context: JobContext) -> None:
    await asyncio.sleep(600)


async def time_out_in_a_step(context: JobContext) -> None:
    async with context.step():
        raise TimeoutError("the handler's own")


async def exit_and_ignore_it(context: JobContext) -> dict[str, Any]:
    asyncio.get_running_loop().call_soon(sys.exit, 7)
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(600)
    return {}


async def exit_from_a_plain_thread(context: JobContext) -> dict[str, Any]:
    loop = asyncio.get_running_loop()

    def schedule() -> None:
        loop.call_soon_threadsafe(sys.exit, 7)

    threading.Thread(target=schedule).start()  # in a context of its own
    await asyncio.sleep(0.05)
    return {}


async def stop_the_loop(context: JobContext) -> dict[str, Any]:
    asyncio.get_running_loop().stop()
    await asyncio.sleep(0.05)
    return {}


async def cancel_all_others(context: JobContext) -> dict[str, Any]:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    return {"others": len(others), "cancelled": sum(task.cancel() for task in others)}


async def kill_its_worker(context: JobContext) -> None:
    os._exit(3)


async def fill_all_threads(context: JobContext) -> None:
    await asyncio.gather(*(asyncio.to_thread(RELEASED.wait) for _ in range(40)))


RELEASED = threading.Event()
"""Set it to end the threads of `fill_all_threads`."""


async def use_a_thread(context: JobContext) -> dict[str, Any]:
    return {"answer": await asyncio.to_thread(lambda: 42)}


async def leave_a_thread(context: JobContext) -> dict[str, Any]:
    threading.Thread(target=time.sleep, args=[3600]).start()
    return {}


async def change_the_process(context: JobContext) -> dict[str, Any]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.set_wakeup_fd(-1)
    gc.disable()
    sys.setrecursionlimit(400)
    return {}


async def block_for_ever(context: JobContext) -> None:
    while True:
        time.sleep(0.01)  # noqa: ASYNC251 - blocking is intended


def loop_of(context: JobContext) -> Any:
    return asyncio.get_running_loop()


async def keep_a_huge_checkpoint(context: JobContext) -> None:
    async with context.step() as step:
        step.checkpoint = {"text": "x" * 10_000_001}


SHARED: dict[str, Callable[[JobContext], Any]] = {
    "close the pool": lambda context: context.resources.pool.close(),
    "terminate the pool": lambda context: context.resources.pool.terminate(),
    "take a connection without a block": lambda context: context.resources.pool.acquire().__await__(),
    "close the HTTP session": lambda context: context.resources.http.close(),
    "close the connector": lambda context: context.resources.http.connector.close(),  # type: ignore[union-attr]
    "close all": lambda context: context.resources.close(),
    "set the task factory": lambda context: loop_of(context).set_task_factory(None),
    "set the executor": lambda context: loop_of(context).set_default_executor(None),
    "shut down the executor": lambda context: loop_of(context).shutdown_default_executor(),
    "remove a signal handler": lambda context: loop_of(context).remove_signal_handler(signal.SIGTERM),
    "close the loop": lambda context: loop_of(context).close(),
}
"""Each fails its job at once."""


async def raise_hidden_class(context: JobContext) -> None:
    raise HiddenClass("broken")


async def interrupted(context: JobContext) -> Interrupted:
    return Interrupted("lost something", 0.0)


async def retry(context: JobContext) -> Retry:
    return Retry("later", 0.0)


ACTIONS: dict[str, Callable[[JobContext], Awaitable[Any]]] = {
    "retry": retry,
    "interrupted": interrupted,
    "spawned exit": spawned_exit,
    "cancels itself": cancel_itself,
    "gives up waiting for a stop": give_up_waiting_for_a_stop,
    "damages its context": damage_its_context,
    "empties its context": empty_its_context,
    "empties its context and stays": empty_its_context_and_stay,
    "waits": wait,
    "times out in a step": time_out_in_a_step,
    "exits and ignores it": exit_and_ignore_it,
    "hidden class": raise_hidden_class,
    "exits from a plain thread": exit_from_a_plain_thread,
    "stops the loop": stop_the_loop,
    "kills its worker": kill_its_worker,
    "cancels all others": cancel_all_others,
    "fills all threads": fill_all_threads,
    "uses a thread": use_a_thread,
    "keeps a huge checkpoint": keep_a_huge_checkpoint,
    "leaves a thread": leave_a_thread,
    "changes the process": change_the_process,
    "blocks for ever": block_for_ever,
}
