"""Template filters: numbers, times, durations and names as people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import orjson
from markupsafe import Markup

from app.domain.jobs.cron_words import describe
from app.domain.text.json_guard import load_stored
from app.domain.text.labels import make_label


def number(value: float | int | None) -> str:
    """Format with thousands separators, and with decimals only for small fractions. None becomes a dash."""
    if value is None:
        return "–"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{int(value):,}"


def count_of(count: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: `1 job`, `1,200 jobs`."""
    return f"1 {singular}" if count == 1 else f"{number(count)} {plural or singular + 's'}"


def truncate_text(text: str, characters: int) -> str:
    """Return the beginning of a text, with an ellipsis if it is longer."""
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def duration(seconds: float | None) -> str:
    """Format seconds with at most two units: 1 h 5 min, 12 s, 340 ms. None becomes a dash."""
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


def timestamp(value: datetime | None, empty: str = "–") -> Markup:
    """Return a `time` element in UTC. The page's script shows it in local time, with the exact time as its tooltip."""
    if value is None:
        return Markup('<span class="none">{}</span>').format(empty)
    at = value.astimezone(UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), at.strftime("%Y-%m-%d %H:%M:%S UTC"), at.strftime("%Y-%m-%d %H:%M UTC")
    )


def humanize(name: str) -> str:
    """Turn a name into a label, and leave what is a text already as it is."""
    return name if "-" in name or " " in name else make_label(name)


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
    return EVENT_LABELS.get(name) or humanize(name)


def short_id(job_id: Any) -> str:
    """Return the last 8 characters of an id. Its first ones are the time, and so the same for all jobs of an hour."""
    return str(job_id)[-8:]


def indented_json(text: str) -> str:
    """Return stored JSON text with indentation."""
    return orjson.dumps(load_stored(text), option=orjson.OPT_INDENT_2).decode()


def plain_url(url: str) -> str:
    """Return a URL as people write it: without its scheme, `www.` and the last slash."""
    return re.sub(r"^https?://(www\.)?", "", url).rstrip("/") or url


FILTERS = {
    "number": number,
    "count_of": count_of,
    "truncate_text": truncate_text,
    "duration": duration,
    "timestamp": timestamp,
    "humanize": humanize,
    "cron": describe,
    "event": event,
    "short_id": short_id,
    "plain_url": plain_url,
}
