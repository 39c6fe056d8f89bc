"""Cron expressions in time zones, and missed times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.jobs.schedules import MAX_CAUGHT_UP, BadSchedule, Cron, Missed, ticks_to_run, time_zones

DAY_BEFORE_SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC)
DAY_BEFORE_AUTUMN = datetime(2026, 10, 24, 12, tzinfo=UTC)


def shown(expression: str, zone: str, after: datetime, number: int) -> list[str]:
    ticks = islice(Cron(expression, zone).after(after), number)
    return [tick.astimezone(ZoneInfo(zone)).strftime("%d %H:%M%z") for tick in ticks]


@pytest.mark.parametrize(
    ("expression", "zone", "after", "ticks"),
    [
        # at 2:00 the clocks in Berlin show 3:00
        ("30 2 * * *", "Europe/Berlin", DAY_BEFORE_SPRING, ["29 03:00+0200", "30 02:30+0200"]),
        ("*/20 2 * * *", "Europe/Berlin", DAY_BEFORE_SPRING, ["29 03:00+0200", "30 02:00+0200", "30 02:20+0200"]),
        ("0 2,3 * * *", "Europe/Berlin", DAY_BEFORE_SPRING, ["29 03:00+0200", "30 02:00+0200", "30 03:00+0200"]),
        # at 3:00 they show 2:00
        ("30 2 * * *", "Europe/Berlin", DAY_BEFORE_AUTUMN, ["25 02:30+0200", "26 02:30+0100"]),
        ("*/30 2 * * *", "Europe/Berlin", DAY_BEFORE_AUTUMN, ["25 02:00+0200", "25 02:30+0200", "26 02:00+0100"]),
        # between the first 2:30 and the second
        ("30 2 * * *", "Europe/Berlin", datetime(2026, 10, 25, 1, 10, tzinfo=UTC), ["26 02:30+0100"]),
        # every hour is every hour, however it is written
        ("30 * * * *", "Europe/Berlin", DAY_BEFORE_AUTUMN + timedelta(hours=12), ["25 02:30+0200", "25 02:30+0100"]),
        ("30 0-23 * * *", "Europe/Berlin", DAY_BEFORE_AUTUMN + timedelta(hours=12), ["25 02:30+0200", "25 02:30+0100"]),
        ("30 * * * *", "Europe/Berlin", DAY_BEFORE_SPRING + timedelta(hours=12), ["29 01:30+0100", "29 03:30+0200"]),
        # a day without a midnight, and a date that was left out altogether
        ("0 0 * * *", "America/Santiago", datetime(2026, 9, 5, 12, tzinfo=UTC), ["06 01:00-0300", "07 00:00-0300"]),
        ("0 12 * * *", "Pacific/Apia", datetime(2011, 12, 29, 12, tzinfo=UTC), ["29 12:00-1000", "31 00:00+1400"]),
        ("15 9 * * MON-FRI", "UTC", datetime(2026, 1, 2, 9, 15, tzinfo=UTC), ["05 09:15+0000", "06 09:15+0000"]),
        ("0 0 29 2 *", "UTC", datetime(2026, 1, 1, tzinfo=UTC), ["29 00:00+0000"]),
    ],
)
def test_when_it_is_due(expression: str, zone: str, after: datetime, ticks: list[str]) -> None:
    assert shown(expression, zone, after, len(ticks)) == ticks


@pytest.mark.parametrize(
    ("expression", "zone", "field", "words"),
    [
        ("x * * * *", "UTC", "cron", "no valid minute"),
        ("60 * * * *", "UTC", "cron", "no valid minute"),
        ("0 24 * * *", "UTC", "cron", "no valid hour"),
        ("0 0 32 * *", "UTC", "cron", "no valid day-of-month"),
        ("0 0 30 2 *", "UTC", "cron", "no valid day-of-month"),
        ("0 0 * 13 *", "UTC", "cron", "no valid month"),
        ("0 0 * * 9", "UTC", "cron", "no valid day-of-week"),
        ("0 0 */30 2 1#5", "UTC", "cron", "never comes"),
        ("* * * *", "UTC", "cron", "five fields"),
        ("* * * * * *", "UTC", "cron", "five fields"),
        ("", "UTC", "cron", "five fields"),
        ("0," * 200 + "0 * * * *", "UTC", "cron", "five fields"),
        ("* * * * *", "Europe/Nowhere", "timezone", "IANA"),
        ("* * * * *", "America", "timezone", "IANA"),
        ("* * * * *", "localtime", "timezone", "IANA"),
        ("* * * * *", "../../etc/passwd", "timezone", "IANA"),
        ("* * * * *", "\0", "timezone", "IANA"),
        ("* * * * *", "", "timezone", "IANA"),
    ],
)
def test_the_mistake_is_named(expression: str, zone: str, field: str, words: str) -> None:
    with pytest.raises(BadSchedule, match=words) as raised:
        Cron(expression, zone)
    assert raised.value.field == field


@settings(deadline=None)  # the first example reads the data of the time zones
@given(st.text(alphabet="0123456789*/,-#LWMON \0²ß", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_schedule_or_a_clear_refusal(expression: str) -> None:
    try:
        cron = Cron(expression, "America/New_York")
    except BadSchedule:
        return
    assert next(cron.after(DAY_BEFORE_SPRING)) > DAY_BEFORE_SPRING


@settings(deadline=None)
@given(
    minute=st.sampled_from(["0", "*/7", "30", "59"]),
    hour=st.sampled_from(["*", "*/2", "0", "1-3", "2"]),
    zone=st.sampled_from(sorted(time_zones())),
    after=st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
)
def test_ticks_go_forward_and_begin_after_the_moment(minute: str, hour: str, zone: str, after: datetime) -> None:
    ticks = list(islice(Cron(f"{minute} {hour} * * *", zone).after(after), 30))
    assert after < ticks[0]
    assert all(earlier < later for earlier, later in pairwise(ticks))
    assert list(islice(Cron(f"{minute} {hour} * * *", zone).after(ticks[9]), 20)) == ticks[10:]


def test_missed_ticks() -> None:
    cron = Cron("0 * * * *", "UTC")
    first = datetime(2026, 1, 1, 5, tzinfo=UTC)
    late = first + timedelta(hours=3, minutes=10)
    assert ticks_to_run(cron, Missed.SKIP, first, late) == []
    assert ticks_to_run(cron, Missed.LAST, first, late) == [first + timedelta(hours=3)]
    assert ticks_to_run(cron, Missed.ALL, first, late) == [first + timedelta(hours=n) for n in range(4)]
    for missed in Missed:
        assert ticks_to_run(cron, missed, first, first + timedelta(seconds=30)) == [first]
        assert ticks_to_run(cron, missed, first, first) == [first]
    on_time = first + timedelta(hours=3, seconds=30)
    assert ticks_to_run(cron, Missed.SKIP, first, on_time) == [first + timedelta(hours=3)]


@pytest.mark.parametrize("expression", ["* * * * *", "0 0 1 * *", "*/5 * 1 1 *"])
def test_a_long_outage_is_made_up_for_by_its_last_ticks(expression: str) -> None:
    cron = Cron(expression, "Europe/Berlin")
    first = next(cron.after(datetime(2016, 1, 1, tzinfo=UTC)))
    now = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
    ticks = cron.due(first, now)
    assert 1 < len(ticks) <= MAX_CAUGHT_UP
    assert next(cron.after(ticks[-1])) > now
    assert list(islice(cron.after(ticks[0]), len(ticks) - 1)) == ticks[1:]
