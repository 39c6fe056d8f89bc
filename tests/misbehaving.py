"""A kind whose handler ends in every way that other people's handlers do end, chosen by `mode`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, field_validator

from app.domain.jobs.outcomes import Completed, Failed, HandOver, Retry, Snooze
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
}
"""Each fails its job at once: the handler has run to its end, and would return the same again."""


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
}
"""Each is retried as an ordinary error is, and fails its job when no attempt is left."""


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
    if args.mode == "retry":
        return Retry("later", 0.0)
    if args.mode == "spawned exit":
        await asyncio.create_task(exits())
    if args.mode == "cancels itself":
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(10)
    if args.mode == "gives up waiting for a stop":
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.01):
                await context.stopped
        await asyncio.sleep(0.01)
        return {"waited": True}
    if args.mode == "damages its context":
        context.job = context.processed = None  # type: ignore[assignment]
        return {}
    if args.mode == "empties its context":
        vars(context).clear()
        raise ValueError("broken")
    if args.mode == "waits":
        await asyncio.sleep(600)
    if args.mode == "empties its context and stays":
        vars(context).clear()
        await asyncio.sleep(600)
    if args.mode in WRONG_RESULTS:
        return WRONG_RESULTS[args.mode]()
    if args.mode in RAISED:
        return RAISED[args.mode]()
    return {}
