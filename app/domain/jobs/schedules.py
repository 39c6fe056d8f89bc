"""When a schedule is due: a cron expression in a time zone, and what becomes of ticks that nobody was there for.

The expression has the five fields of cron, read as Debian's cron reads them (lists, ranges, steps, names, `L`, `#`).
Daylight saving is settled by what the hour field says. Where it names hours, they are times on the wall: one that does
not exist on some day is due at the end of the gap, one that exists twice is due the first time, so each is due once a
day. Where it is every hour, what counts is time as it passes: an hour that comes twice has its ticks twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import takewhile
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from app.domain.jobs.kind_code import guard_kind_code
from app.domain.jobs.spec import JobSpec, NewJob

LONGEST_EXPRESSION = 200
ON_TIME = timedelta(seconds=60)
"""A tick that is taken up later than this was missed."""
MOST_CAUGHT_UP = 100
"""Missed ticks that `Missed.ALL` makes up for at most; older ones are dropped."""


class Missed(StrEnum):
    """What to do when no worker was there at the time."""

    SKIP = "skip"
    """Wait for the next time."""
    LAST = "last"
    """Make up for the last one."""
    ALL = "all"
    """Make up for each, at most for MOST_CAUGHT_UP."""


class Overlap(StrEnum):
    """What to do while the job of an earlier tick is still active."""

    SKIP = "skip"
    ALLOW = "allow"


class BadSchedule(ValueError):
    """`field` is what is wrong (`cron` or `timezone`), `message` says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field = field
        self.message = message


@cache
def zones() -> frozenset[str]:
    """The names of IANA's time zones, but for the one that means another on each machine."""
    return frozenset(available_timezones() - {"localtime"})


class Cron:
    """A cron expression in a time zone. Raises BadSchedule for what is none, or would never be due."""

    def __init__(self, expression: str, timezone: str) -> None:
        if timezone not in zones():
            raise BadSchedule("timezone", "must be an IANA time zone, such as Europe/Berlin")
        self._zone = ZoneInfo(timezone)
        fields = expression.split()
        if len(fields) != 5 or len(expression) > LONGEST_EXPRESSION:
            raise BadSchedule("cron", "must be five fields: minute hour day-of-month month day-of-week")
        try:
            parsed = CronSim(expression, datetime.min)
        except CronSimError as error:
            raise BadSchedule("cron", f"has no valid {str(error).removeprefix('Bad ')} field") from None
        self._every_hour = len(parsed.hours) == 24
        if self._every_hour:
            fields[1] = "*"  # where CronSim goes by how it is written: 0-23 is no less every hour
        self._expression = " ".join(fields)
        if next(self.after(datetime(2000, 1, 1, tzinfo=UTC)), None) is None:
            raise BadSchedule("cron", "names a day that never comes")

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The ticks later than `moment`, in UTC."""
        local = moment.astimezone(self._zone)
        if self._every_hour:
            yield from (tick.astimezone(UTC) for tick in CronSim(self._expression, local))
            return
        last = moment
        for tick in map(self._instant, CronSim(self._expression, local.replace(tzinfo=None))):
            if tick > last:  # the wall clock was put back, or several times fell into one gap
                yield tick
                last = tick

    def due(self, first: datetime, now: datetime) -> list[datetime]:
        """The ticks from `first`, itself one, up to `now`; of more than MOST_CAUGHT_UP the last ones."""
        window = timedelta(hours=1)
        while True:  # back from now: an outage of a year is not gone through minute by minute
            start = max(first, now - window)
            ticks = list(takewhile(lambda tick: tick <= now, self.after(start - timedelta(microseconds=1))))
            if start == first or len(ticks) >= MOST_CAUGHT_UP:
                return ticks[-MOST_CAUGHT_UP:]
            window *= 2

    def _instant(self, wall: datetime) -> datetime:
        """When the clocks on the wall first show this time; the end of the gap where they never do."""
        while True:
            instant = wall.replace(tzinfo=self._zone).astimezone(UTC)
            if instant.astimezone(self._zone).replace(tzinfo=None) == wall:
                return instant
            wall += timedelta(minutes=1)


def to_run(cron: Cron, missed: Missed, first: datetime, now: datetime) -> list[datetime]:
    """Of the ticks due since `first`, those to run now."""
    ticks = cron.due(first, now)
    match missed:
        case Missed.ALL:
            return ticks
        case Missed.LAST:
            return ticks[-1:]
        case Missed.SKIP:
            return [tick for tick in ticks[-1:] if now - tick <= ON_TIME]


def job_of(spec: JobSpec, schedule_id: UUID, data: str, priority: int, overlap: Overlap) -> NewJob:
    """The job to insert; where it may not overlap with an earlier one, its dedupe key sees to that.

    Raises pydantic's ValidationError where the kind no longer takes this data, KindFailed where its code fails.
    """
    with guard_kind_code(spec.kind):
        args = spec.args.model_validate_json(data)
        job = spec.new_job(args, priority=priority)
    if job.dedupe_key is None and overlap is Overlap.SKIP:
        return spec.new_job(args, priority=priority, dedupe_key=f"schedule:{schedule_id}")
    return job
