"""The reason why a pending job waits, as a code for programs and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WaitReason(StrEnum):
    DUE_LATER = "due_later"
    """It becomes due at `runAt`."""
    STARTING = "starting"
    """It is on its way to a worker."""
    QUEUE_PAUSED = "queue_paused"
    LIMIT_ZERO = "limit_zero"
    """Its queue may run no job at all."""
    NO_WORKER = "no_worker"
    """No live worker serves its queue."""
    IN_LINE = "in_line"
    """Others run, or are before it."""


@dataclass(frozen=True, slots=True)
class QueueSituation:
    """A pending job and the queue it is in."""

    queue: str
    route: str
    run_at: datetime | None
    admitted: bool
    """Whether it is on its way to a worker."""
    paused: bool
    """Whether its queue is paused, and an administrator has not started the job anyway."""
    paused_until: datetime | None
    workers: int
    """Live workers on the queue's route."""
    at_once: int
    """Jobs of the queue that may run at once on these workers."""
    ahead: int
    """Ready jobs of the queue that are before it, at most MAX_AHEAD."""
    typical_seconds: float | None
    """Median run time of jobs of the queue that completed lately; None if there are none."""


MAX_AHEAD = 1000


@dataclass(frozen=True, slots=True)
class Wait:
    reason: WaitReason
    message: str
    """A sentence."""
    position: int | None = None
    """Its place in line, from 1; None if it is not in line, or behind MAX_AHEAD others."""
    seconds: float | None = None
    """About how long it will wait; None if that is unknown."""


def explain(job: QueueSituation) -> Wait:
    """Return what a pending job waits for. Places are approximate: users take turns."""
    if job.run_at is not None:
        return Wait(WaitReason.DUE_LATER, f"It is due at {_time(job.run_at)}.")
    if job.admitted:
        return Wait(WaitReason.STARTING, "It is on its way to a worker.")
    if job.paused:
        until = f" until {_time(job.paused_until)}" if job.paused_until else ""
        return Wait(WaitReason.QUEUE_PAUSED, f"The queue {job.queue} is paused{until}.")
    if not job.workers:
        route = "" if job.route == "default" else f" on the route {job.route}"
        return Wait(WaitReason.NO_WORKER, f"No worker{route} is running that serves the queue {job.queue}.")
    if job.at_once < 1:
        return Wait(WaitReason.LIMIT_ZERO, f"The limit of the queue {job.queue} is 0 jobs at once.")
    if job.ahead >= MAX_AHEAD:
        return Wait(WaitReason.IN_LINE, f"More than {MAX_AHEAD:,} jobs of the queue {job.queue} are before it.")
    seconds = None
    if job.typical_seconds is not None:
        # the jobs that run now are half done on average
        seconds = job.typical_seconds * (0.5 + job.ahead // job.at_once)
    about = f", about {_minutes(seconds)}" if seconds is not None and seconds >= 30 else ""
    place = "next" if not job.ahead else f"{_ordinal(job.ahead + 1)} in line"
    limit = "1 job runs" if job.at_once == 1 else f"{job.at_once:,} jobs run"
    message = f"It is {place} in the queue {job.queue}{about}; at most {limit} at once."
    return Wait(WaitReason.IN_LINE, message, job.ahead + 1, seconds)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
