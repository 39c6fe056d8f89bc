"""Cron expressions in words."""

from __future__ import annotations

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY_NAMES = {day[:3].lower(): number for number, day in enumerate(DAYS)}
_MONTH_NAMES = {month[:3].lower(): number for number, month in enumerate(MONTHS, 1)}
WEEKDAYS = [1, 2, 3, 4, 5]
WEEKEND = [0, 6]
MAX_TIMES = 4


def describe(cron: str) -> str:
    """Return a cron expression of five fields in words; empty for one that is too unusual to be put in a few."""
    fields = cron.split()
    if len(fields) != 5:
        return ""
    minute, hour, day, month, weekday = fields
    time = _time(minute, hour)
    days = _days(day, month, weekday)
    if not time or not days:
        return ""
    text = f"{days} {time}" if time.startswith("at ") else time if days == "every day" else f"{time}, {days}"
    return text[:1].upper() + text[1:]


def _time(minute: str, hour: str) -> str:
    if hour == "*":
        if minute in ("*", "*/1"):
            return "every minute"
        if minute.startswith("*/") and minute[2:].isdecimal() and 60 % (step := int(minute[2:]) or 7) == 0:
            return f"every {step} minutes"
        minutes = _numbers(minute, 59)
        if not minutes or len(minutes) > MAX_TIMES:
            return ""
        return "every hour" if minutes == [0] else f"every hour at minute {_listed([str(m) for m in minutes])}"
    minutes = _numbers(minute, 59)
    if minutes is None or len(minutes) != 1:
        return ""
    if hour.startswith("*/") and hour[2:].isdecimal() and 24 % (step := int(hour[2:]) or 7) == 0:
        return f"every {step} hours" if minutes == [0] else f"every {step} hours at minute {minutes[0]}"
    hours = _numbers(hour, 23)
    if not hours or len(hours) > MAX_TIMES:
        return ""
    return f"at {_listed([f'{h}:{minutes[0]:02}' for h in hours])}"


def _days(day: str, month: str, weekday: str) -> str | None:
    """Return the days in words; None if they are unusual."""
    months = None if month == "*" else _numbers(month, 12, _MONTH_NAMES)
    if month != "*" and not months:
        return None
    within = f" in {_listed([MONTHS[m - 1] for m in months if m])}" if months else ""
    if day != "*" and weekday not in ("*", "?"):
        return None  # either of them: too much for a phrase
    if weekday not in ("*", "?"):
        found = _numbers(weekday, 7, _DAY_NAMES)
        if not found:
            return None
        numbers = sorted({number % 7 for number in found})
        if numbers == WEEKDAYS:
            return f"Monday to Friday{within}"
        if numbers == WEEKEND:
            return f"on weekends{within}"
        from_monday = sorted(numbers, key=lambda number: (number - 1) % 7)
        return f"every {_listed([DAYS[number] for number in from_monday])}{within}"
    if day not in ("*", "?"):
        dates = _numbers(day, 31)
        if not dates:
            return None
        which = "day" if len(dates) == 1 else "days"
        return f"on {which} {_listed([str(n) for n in dates])} of {f'{within[4:]}' if within else 'every month'}"
    return f"every day{within}"


def _numbers(field: str, highest: int, names: dict[str, int] | None = None) -> list[int] | None:
    """Return the numbers of a list with ranges, such as `1-5,7`; None for anything else."""
    found: list[int] = []
    for part in field.lower().split(","):
        ends = [(names or {}).get(end, end) for end in part.split("-")]
        if not 1 <= len(ends) <= 2 or not all(isinstance(end, int) or end.isdecimal() for end in ends):
            return None
        first, last = int(ends[0]), int(ends[-1])
        if first > last or last > highest:
            return None
        found += range(first, last + 1)
    return sorted(set(found))


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
