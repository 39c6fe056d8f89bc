"""Compute the times at which a schedule is due from a cron expression in a time zone, and handle missed ticks.

The expression has the five fields of cron, read as Debian's cron reads them (lists, ranges, steps, names, `L`, `#`).
Daylight saving depends on the hour field. If it names hours, they are local times: a time that does not exist on a day
is due at the end of the gap, and one that occurs twice is due the first time, so each is due once per day. If it is
every hour, elapsed time counts: an hour that occurs twice has its ticks twice.
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

MAX_EXPRESSION_CHARACTERS = 200
ON_TIME = timedelta(seconds=60)
"""A tick that is handled later than this was missed."""
MAX_CAUGHT_UP = 100
"""Missed ticks that `Missed.ALL` runs at most; older ones are dropped."""


class Missed(StrEnum):
    """Policy for ticks that were missed because no worker was running."""

    SKIP = "skip"
    """Wait for the next time."""
    LAST = "last"
    """Run the last one."""
    ALL = "all"
    """Run each of them, at most MAX_CAUGHT_UP."""


class Overlap(StrEnum):
    """Policy for a tick while the job of an earlier tick is still active."""

    SKIP = "skip"
    ALLOW = "allow"


class BadSchedule(ValueError):
    """`field` is the field that is wrong (`cron` or `timezone`), `message` the reason."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field = field
        self.message = message


@cache
def time_zones() -> frozenset[str]:
    """Return the names of IANA's time zones, except `localtime`, which depends on the machine."""
    return frozenset(available_timezones() - {"localtime"})


class Cron:
    """A cron expression in a time zone. Raises BadSchedule if it is not valid or would never be due."""

    def __init__(self, expression: str, timezone: str) -> None:
        if timezone not in time_zones():
            raise BadSchedule("timezone", "must be an IANA time zone, such as Europe/Berlin")
        self._zone = ZoneInfo(timezone)
        fields = expression.split()
        if len(fields) != 5 or len(expression) > MAX_EXPRESSION_CHARACTERS:
            raise BadSchedule("cron", "must be five fields: minute hour day-of-month month day-of-week")
        try:
            parsed = CronSim(expression, datetime.min)
        except CronSimError as error:
            raise BadSchedule("cron", f"has no valid {str(error).removeprefix('Bad ')} field") from None
        self._every_hour = len(parsed.hours) == 24
        if self._every_hour:
            fields[1] = "*"  # CronSim goes by the spelling, but 0-23 is every hour too
        self._expression = " ".join(fields)
        if next(self.after(datetime(2000, 1, 1, tzinfo=UTC)), None) is None:
            raise BadSchedule("cron", "names a day that never comes")

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the ticks later than `moment`, in UTC."""
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
        """Return the ticks from `first`, itself a tick, to `now`, at most the last MAX_CAUGHT_UP."""
        window = timedelta(hours=1)
        while True:  # backwards from now, so that an outage of a year is not walked minute by minute
            start = max(first, now - window)
            ticks = list(takewhile(lambda tick: tick <= now, self.after(start - timedelta(microseconds=1))))
            if start == first or len(ticks) >= MAX_CAUGHT_UP:
                return ticks[-MAX_CAUGHT_UP:]
            window *= 2

    def _instant(self, wall: datetime) -> datetime:
        """Return when clocks first show this local time, or the end of the gap if they never do."""
        while True:
            instant = wall.replace(tzinfo=self._zone).astimezone(UTC)
            if instant.astimezone(self._zone).replace(tzinfo=None) == wall:
                return instant
            wall += timedelta(minutes=1)


def ticks_to_run(cron: Cron, missed: Missed, first: datetime, now: datetime) -> list[datetime]:
    """Return those of the ticks due since `first` that are to be run now."""
    ticks = cron.due(first, now)
    match missed:
        case Missed.ALL:
            return ticks
        case Missed.LAST:
            return ticks[-1:]
        case Missed.SKIP:
            return [tick for tick in ticks[-1:] if now - tick <= ON_TIME]


def new_scheduled_job(spec: JobSpec, schedule_id: UUID, data: str, priority: int, overlap: Overlap) -> NewJob:
    """Return the job to insert. A dedupe key keeps it from overlapping with an earlier one, if that is not allowed.

    Raises pydantic's ValidationError if the kind no longer accepts this data, and KindFailed if its code fails.
    """
    with guard_kind_code(spec.kind):
        args = spec.args.model_validate_json(data)
        job = spec.new_job(args, priority=priority)
    if job.dedupe_key is None and overlap is Overlap.SKIP:
        return spec.new_job(args, priority=priority, dedupe_key=f"schedule:{schedule_id}")
    return job
