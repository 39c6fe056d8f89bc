"""Turns whatever a handler returned or raised into an outcome of its job.

Handlers come from contributors: nothing is assumed about their results, their exceptions and the declarations of their
kinds. Nothing here does I/O.
"""

from __future__ import annotations

import asyncio
import inspect
import math
import random
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.domain.jobs.attempts import exponential_backoff
from app.domain.jobs.outcomes import (
    Cancelled,
    Completed,
    Failed,
    HandOver,
    Interrupted,
    Outcome,
    Retry,
    Snooze,
    describe_error,
    error_text,
    job_error,
    type_name,
)
from app.domain.jobs.spec import JobSpec
from app.domain.text.truncation import object_text, truncate_start

MAX_DELAY_SECONDS = 31 * 86_400.0
"""Longer backoffs and `retry_after`s are shortened to this."""
MAX_RETURNED_DELAY_SECONDS = 100 * 365 * 86_400.0
MIN_SNOOZE_SECONDS = 1.0
"""The shortest snooze of a run that committed no step: without it a handler could start over without end or pause."""
MAX_RESULT_CHARACTERS = 1_000_000
"""Maximum characters of the JSON text. The longest members of a longer result are shortened and say so."""
MAX_ERRORS_IN_GROUP = 1_000
MAX_TRACEBACK_CHARACTERS = 20_000


class InvalidResult(Exception):
    """A handler returned something that is not an outcome; the text says why."""


def from_result(result: Any, *, progressed: bool, stopping: bool) -> Outcome:
    """Return the outcome that a handler's return value stands for, in plain values that can be recorded.

    `progressed` says whether the run committed a step, `stopping` whether the worker asked it to hand its job over.
    Raises InvalidResult, or whatever the value's own methods raise.
    """
    match result:
        case dict():
            return Completed(_limited(_json_of(result)))
        case Completed():
            return Completed(_limited(_json_object(result.result)))
        case Failed():
            return Failed(_text("Failed.error", result.error))
        case Retry():
            return Retry(_text("Retry.error", result.error), _delay("Retry.delay", result.delay))
        case Interrupted():
            return Interrupted(_text("Interrupted.error", result.error), _delay("Interrupted.delay", result.delay))
        case Snooze():
            delay = _delay("Snooze.delay", result.delay)
            return Snooze(
                delay if progressed else max(delay, MIN_SNOOZE_SECONDS), _text("Snooze.reason", result.reason)
            )
        case Cancelled():
            return Cancelled()
        case HandOver():
            if not stopping:
                raise InvalidResult("returned HandOver although its worker is not stopping")
            return HandOver()
        case _:
            raise InvalidResult(f"returned {_what(result)}; expected a dict or an Outcome")


def _what(result: Any) -> str:
    if result is None:
        return "None (is a return statement missing?)"
    if inspect.iscoroutine(result):
        result.close()
        return "a coroutine (is an await missing?)"
    return f"the class {type_name(result)}" if isinstance(result, type) else f"a {type_name(result)}"


def not_awaitable(result: Any) -> InvalidResult:
    """Return the error of a handler that is not a coroutine function; `result` is what calling it returned."""
    hint = "write `async def run`, and `return` its result"
    if inspect.isasyncgen(result):
        return InvalidResult(f"is an async generator because it contains `yield`; {hint}")
    return InvalidResult(f"is not asynchronous: calling it returned {_what(result)}; {hint}")


def _json_of(result: dict[str, Any]) -> str:
    try:
        return Completed.of(result).result
    except (TypeError, RecursionError) as error:
        raise InvalidResult(f"returned a dict that JSON cannot express: {describe_error(error)}") from error


def _json_object(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidResult(f"returned Completed with a {type_name(value)}; expected JSON text (see Completed.of)")
    try:
        parsed = orjson.loads(value)
    except ValueError as error:
        raise InvalidResult(f"returned Completed with text that is not JSON: {describe_error(error)}") from error
    if not isinstance(parsed, dict):
        raise InvalidResult(f"returned Completed with a JSON {type_name(parsed)}; expected a JSON object")
    return str.__str__(value).replace(r"\u0000", r"\ufffd")


def _limited(json: str) -> str:
    return json if len(json) <= MAX_RESULT_CHARACTERS else object_text(orjson.loads(json), MAX_RESULT_CHARACTERS)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        shown = describe_error(value) if isinstance(value, BaseException) else type_name(value)
        raise InvalidResult(f"returned {name} that is no text: {shown}")
    return error_text(str.__str__(value))


def _delay(name: str, value: Any) -> float:
    seconds = to_seconds(value)
    if seconds is None:
        raise InvalidResult(f"returned {name} that is no number of seconds from 0 up ({type_name(value)})")
    if seconds > MAX_RETURNED_DELAY_SECONDS:
        raise InvalidResult(f"returned {name} of more than 100 years")
    return seconds


def to_seconds(value: Any) -> float | None:
    """Return a delay in seconds: of a number, a timedelta, or a datetime to wait for (a naive one is UTC).

    None where it is anything else, negative, infinite or NaN.
    """
    match value:
        case bool():
            return None
        case int() | float():
            seconds = value
        case timedelta():
            seconds = value.total_seconds()
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            seconds = (aware - datetime.now(UTC)).total_seconds()
        case _:
            return None
    # Shortened before it is converted: float() refuses integers beyond its range.
    return float(min(seconds, sys.float_info.max)) if 0 <= seconds < math.inf else None


def describe_traceback(error: BaseException) -> str:
    """Return where an exception was raised, with its causes, at most MAX_TRACEBACK_CHARACTERS long."""
    try:
        lines = traceback.TracebackException(type(error), error, error.__traceback__, limit=-50, compact=True).format()
        return truncate_start("".join(error_text(line) for line in lines), MAX_TRACEBACK_CHARACTERS)
    except BaseException as broken:
        return f"{describe_error(error)} (its traceback cannot be read: {type_name(broken)})"


def _leaves(error: BaseException) -> Iterator[BaseException]:
    groups = [error]
    for _ in range(MAX_ERRORS_IN_GROUP):
        if not groups:
            return
        current = groups.pop(0)
        if isinstance(current, BaseExceptionGroup):
            groups[:0] = current.exceptions
        else:
            yield current


def root_cause(error: BaseException, *preferred: type[BaseException]) -> BaseException:
    """Return the error that broke a handler's task group: the first of a preferred type, else the first real error.

    Cancellations are not real errors: a task group cancels the other tasks when one of them fails.
    """
    leaves = list(_leaves(error)) or [error]
    errors = [leaf for leaf in leaves if not isinstance(leaf, asyncio.CancelledError)] or leaves
    return next((leaf for leaf in leaves if isinstance(leaf, preferred)), errors[0])


def failed_attempt(spec: JobSpec, attempt: int, max_attempts: int, error: str, at_least: float = 0.0) -> Outcome:
    """Return the outcome of a failed attempt: the next one with backoff and up to a quarter of jitter, or none."""
    if attempt >= max_attempts:
        return Failed(error)
    delay, problem = _backoff(spec, attempt)
    return Retry(f"{error}{problem}", min(max(delay * random.uniform(1.0, 1.25), at_least), MAX_DELAY_SECONDS))


def _backoff(spec: JobSpec, attempt: int) -> tuple[float, str]:
    """The kind's delay; the default one, and what was wrong, where the kind's own code fails."""
    try:
        delay = to_seconds(declared := spec.backoff(attempt))
        problem = f"it returned a {type_name(declared)} that is no number of seconds from 0 up"
    except BaseException as error:
        delay, problem = None, describe_error(error)
    if delay is not None:
        return delay, ""
    return exponential_backoff(attempt), f" (the kind's backoff failed: {problem}; the default was used)"


def from_error(spec: JobSpec, attempt: int, max_attempts: int, error: BaseException) -> Outcome:
    """Return the outcome of a handler that raised: a failed attempt, or a failure for good if the error says so."""
    text = job_error(spec.kind, error)
    if _is_permanent(error):
        return Failed(text)
    return failed_attempt(spec, attempt, max_attempts, text, at_least=_retry_after(error))


def _is_permanent(error: BaseException) -> bool:
    try:
        return bool(getattr(error, "permanent", False))
    except BaseException:
        return False


def _retry_after(error: BaseException) -> float:
    """The wait that the error requests, in seconds; 0 if it requests none or its value cannot be understood."""
    try:
        return to_seconds(getattr(error, "retry_after", None)) or 0.0
    except BaseException:
        return 0.0
