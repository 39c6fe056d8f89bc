"""When a circuit breaker opens, which request may probe, and what closes it."""

from __future__ import annotations

import pytest

from providers.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker, State


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def breaker(now: list[float]) -> Breaker:
    return Breaker(lambda: now[0])


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with breaker.trial() as trial:
            trial.failed()


def succeed(breaker: Breaker) -> None:
    with breaker.trial() as trial:
        trial.succeeded()


def test_so_many_failures_in_a_row_open_it(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    assert (breaker.state, breaker.reason()) == (State.CLOSED, None)
    fail(breaker)
    assert breaker.state is State.OPEN
    assert breaker.reason() == f"left alone after {FAILURES} failures in a row"


def test_a_success_between_starts_the_count_afresh(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    succeed(breaker)
    fail(breaker, FAILURES - 1)
    assert breaker.state is State.CLOSED


def test_after_the_pause_one_probe_goes_through(breaker: Breaker, now: list[float]) -> None:
    fail(breaker, FAILURES)
    now[0] += FIRST_PAUSE
    assert (breaker.state, breaker.reason()) == (State.HALF_OPEN, None)
    with breaker.trial():
        assert breaker.reason() == "one request is finding out whether it answers again"


def test_a_good_probe_closes_it(breaker: Breaker, now: list[float]) -> None:
    fail(breaker, FAILURES)
    now[0] += FIRST_PAUSE
    succeed(breaker)
    assert (breaker.state, breaker.reason()) == (State.CLOSED, None)
    fail(breaker, FAILURES - 1)
    assert breaker.state is State.CLOSED


def test_failed_probes_lengthen_the_pause_up_to_the_longest(breaker: Breaker, now: list[float]) -> None:
    fail(breaker, FAILURES)
    pause, pauses = FIRST_PAUSE, []
    for _ in range(10):
        now[0] += pause
        fail(breaker)
        pause = min(2 * pause, LONGEST_PAUSE)
        now[0] += pause - 1
        pauses.append((breaker.state, pause))
        now[0] += 1 - pause
    assert pauses == [(State.OPEN, min(FIRST_PAUSE * 2**number, LONGEST_PAUSE)) for number in range(1, 11)]


def test_after_an_undecided_probe_another_one_may_follow(breaker: Breaker, now: list[float]) -> None:
    fail(breaker, FAILURES)
    now[0] += FIRST_PAUSE
    with pytest.raises(KeyboardInterrupt), breaker.trial():
        raise KeyboardInterrupt
    assert (breaker.state, breaker.reason()) == (State.HALF_OPEN, None)


def test_requests_sent_before_it_opened_do_not_lengthen_the_pause(breaker: Breaker, now: list[float]) -> None:
    with breaker.trial() as early:
        fail(breaker, FAILURES)
        now[0] += FIRST_PAUSE - 1
        early.failed()
    now[0] += 1
    assert breaker.state is State.HALF_OPEN


def test_a_late_success_closes_it_too(breaker: Breaker) -> None:
    with breaker.trial() as early:
        fail(breaker, FAILURES)
        early.succeeded()
    assert breaker.state is State.CLOSED
