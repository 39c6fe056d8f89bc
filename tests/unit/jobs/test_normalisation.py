"""Anything that a handler returns or raises becomes a plain outcome."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from pydantic import BaseModel

from app.domain.jobs.outcomes import Completed, Failed, HandOver, Outcome, Retry, Snooze, describe_error, error_text
from app.domain.jobs.spec import JobSpec, QueueSpec
from tests import misbehaving
from workers.core import normalisation
from workers.core.normalisation import InvalidResult, from_error, from_result, root_cause, to_seconds

SPEC = JobSpec("kind", QueueSpec("queue", 1), BaseModel, timedelta(seconds=1), max_attempts=3)


@pytest.mark.parametrize("mode", sorted(set(misbehaving.WRONG_RESULTS) - {"huge number"}))
def test_a_wrong_result_is_refused(mode: str) -> None:
    with pytest.raises(InvalidResult, match=r"^returned "):
        from_result(misbehaving.WRONG_RESULTS[mode](), progressed=False, stopping=False)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"a": 1}, Completed('{"a":1}')),
        ({1: float("nan")}, Completed('{"1":null}')),
        (Completed('{"a": "\\u0000"}'), Completed('{"a": "\\ufffd"}')),
        (Failed("x\0"), Failed("x\ufffd")),
        (Retry("x", timedelta(seconds=3)), Retry("x", 3.0)),  # type: ignore[arg-type]
        (Snooze(0.0), Snooze(normalisation.MIN_SNOOZE_SECONDS)),
        (Snooze(5, "why"), Snooze(5.0, "why")),
    ],
)
def test_results_become_plain_outcomes(result: Any, outcome: Outcome) -> None:
    assert from_result(result, progressed=False, stopping=False) == outcome


def test_a_snooze_after_progress_may_be_short() -> None:
    assert from_result(Snooze(0.0), progressed=True, stopping=False) == Snooze(0.0)


def test_a_job_may_be_handed_over_when_its_worker_stops() -> None:
    assert from_result(HandOver(), progressed=False, stopping=True) == HandOver()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (2, 2.0),
        (timedelta(minutes=1), 60.0),
        (10**400, sys.float_info.max),
        (timedelta.max, timedelta.max.total_seconds()),
        (True, None),
        ("5", None),
        (None, None),
        (-1, None),
        (float("nan"), None),
        (float("inf"), None),
        (-(10**400), None),
        (datetime(2020, 1, 1, tzinfo=UTC), None),
        (timedelta(-1), None),
    ],
)
def test_seconds_of_what_a_library_may_set(value: Any, seconds: float | None) -> None:
    assert to_seconds(value) == seconds


@pytest.mark.parametrize("declared", [-1, float("nan"), "5", None, RuntimeError("broken"), SystemExit()])
def test_a_broken_backoff_falls_back_to_the_default(declared: Any) -> None:
    def backoff(attempt: int) -> Any:
        if isinstance(declared, BaseException):
            raise declared
        return declared

    spec = JobSpec("kind", SPEC.queue, BaseModel, SPEC.timeout, 3, backoff)
    outcome = from_error(spec, 1, 3, ValueError("broken"))
    assert isinstance(outcome, Retry) and 2.0 <= outcome.delay <= 2.5
    assert outcome.error.startswith("kind: ValueError: broken (the kind's backoff failed: ")


@pytest.mark.parametrize("mode", sorted(set(misbehaving.RAISED) - {"recursion"}))
def test_every_exception_is_a_failed_attempt(mode: str) -> None:
    with pytest.raises(BaseException) as raised:
        misbehaving.RAISED[mode]()
    error = root_cause(raised.value)
    assert isinstance(from_error(SPEC, 1, 3, error), Retry)
    assert isinstance(from_error(SPEC, 3, 3, error), Failed)
    assert normalisation.describe_traceback(raised.value)


@pytest.mark.parametrize("after", [10**400, timedelta.max, datetime.max])
def test_a_retry_waits_a_month_at_most(after: Any) -> None:
    outcome = from_error(SPEC, 1, 3, misbehaving.Limited(after))
    assert outcome == Retry("kind: Limited: limited", normalisation.MAX_DELAY_SECONDS)


def test_a_retry_waits_as_long_as_the_error_asks() -> None:
    outcome = from_error(SPEC, 1, 3, misbehaving.Limited(timedelta(hours=1)))
    assert outcome == Retry("kind: Limited: limited", 3600.0)


def test_a_preferred_cause_is_found_however_deep() -> None:
    inner = BaseExceptionGroup("inner", [SystemExit(), ConnectionError()])
    group = BaseExceptionGroup("outer", [ValueError(), inner])
    assert isinstance(root_cause(group, ConnectionError), ConnectionError)
    assert isinstance(root_cause(group), ValueError)
    cancelled_first = BaseExceptionGroup("group", [asyncio.CancelledError(), KeyError("the cause")])
    assert isinstance(root_cause(cancelled_first), KeyError)


def test_errors_are_cut_once() -> None:
    cut = error_text("x" * 20_000_000)
    assert cut == "x" * 4_000 + "… (19,996,000 characters more)"
    assert error_text(cut) == cut
    assert error_text("x" * 4_010) == "x" * 4_010


def test_an_error_without_a_text_is_named() -> None:
    assert describe_error(asyncio.CancelledError()) == "CancelledError"
    assert describe_error(misbehaving.Unprintable()) == "Unprintable (its text cannot be read: SystemExit)"
    assert describe_error(misbehaving.WrongText()) == "WrongText (its text cannot be read: TypeError)"


def test_a_long_result_is_shortened_and_says_so() -> None:
    rows = [{"id": number} for number in range(200_000)]
    for returned in ({"rows": rows, "count": 200_000}, Completed.of({"rows": rows, "count": 200_000})):
        outcome = from_result(returned, progressed=False, stopping=False)
        assert isinstance(outcome, Completed) and len(outcome.result) <= normalisation.MAX_RESULT_CHARACTERS
        result = orjson.loads(outcome.result)
        assert result["count"] == 200_000
        assert result["rows"].startswith('[{"id":0},') and result["rows"].endswith(" characters more)")
