"""How values read on a page: numbers, times, durations, names. Used as filters of the templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import orjson
from markupsafe import Markup

from app.web.http.responses import encode


def number(value: float | int | None) -> str:
    """With thousands separated, and a fraction only where it says something."""
    if value is None:
        return "–"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{int(value):,}"


def duration(seconds: float | None) -> str:
    """Two units at most: 1 h 5 min, 12 s, 340 ms."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, smaller, name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            large, rest = divmod(whole, size)
            return f"{large} {unit} {rest // smaller} {name}" if rest // smaller else f"{large} {unit}"
    return f"{whole} s"


def moment(value: datetime | None, empty: str = "–") -> Markup:
    """The time in UTC; the page's script makes it local and keeps the exact time for the pointer."""
    if value is None:
        return Markup('<span class="none">{}</span>').format(empty)
    at = value.astimezone(UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), at.strftime("%Y-%m-%d %H:%M:%S UTC"), at.strftime("%Y-%m-%d %H:%M UTC")
    )


def title(name: str) -> str:
    """`byProvider`, `by_provider` and `BY_PROVIDER` as `By provider`."""
    if "-" in name or " " in name:
        return name
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:].lower() if spaced else name


EVENT_LABELS = {
    "scheduled": "Created by a schedule",
    "claimed": "Started",
    "retried": "Retry scheduled",
    "handed_over": "Handed over by a stopping worker",
    "rescued": "Returned to the queue: worker lost",
    "pinned": "Run now requested",
    "cancel_requested": "Cancellation requested",
    "sent_in_again": "Retried",
}
"""Labels of the timeline's events whose stored name does not explain itself."""


def event(name: str) -> str:
    """Return the label of a timeline event."""
    return EVENT_LABELS.get(name) or title(name)


def short(job_id: Any) -> str:
    """The end of an id: its beginning is the time, and alike for all jobs of an hour."""
    return str(job_id)[-8:]


def pretty(value: Any) -> str:
    """JSON text or a value as indented JSON."""
    parsed = orjson.loads(value) if isinstance(value, str | bytes) else orjson.loads(encode(value))
    return orjson.dumps(parsed, option=orjson.OPT_INDENT_2).decode()


FILTERS = {
    "number": number,
    "duration": duration,
    "moment": moment,
    "title": title,
    "event": event,
    "short": short,
    "pretty": pretty,
}
