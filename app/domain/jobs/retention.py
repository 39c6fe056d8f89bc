"""How long each kind of data is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Retention:
    """The period of a kind of data. Its variable is `TRIGPOINT_RETENTION__<NAME>`."""

    name: str
    what: str
    default_days: float
    """0 keeps it for ever."""
    min_days: float = 1
    """Less than that would break a promise, such as a monthly budget."""
    is_deleted: bool = True
    """False where it is moved into the archive instead."""


RETENTIONS = (
    Retention("jobs", "finished jobs, which are archived", 30, is_deleted=False),
    Retention("archived_jobs", "archived jobs with their timeline, errors and rows", 0, min_days=32),
    Retention("events", "timelines of finished jobs", 0),
    Retention("item_errors", "errors of items of finished jobs", 0),
    Retention("rejected_rows", "rows that imports rejected, as they were in the file", 90),
    Retention("geocoded_rows", "results of geocoded files", 90),
    Retention("page_cache", "web pages read from sites", 30),
    Retention("website_checks", "validations of websites, except for the last one of each", 0),
    Retention("page_versions", "versions of companies' pages, except for the newest of each", 0),
    Retention("llm_calls", "calls of language models", 0, min_days=62),
    Retention("audit", "entries of the audit log", 0, min_days=30),
)
BY_NAME = {retention.name: retention for retention in RETENTIONS}


def check_periods(periods: Mapping[str, float]) -> None:
    """Raise ValueError for an unknown kind of data or an impossible period."""
    for name, days in periods.items():
        variable = f"TRIGPOINT_RETENTION__{name.upper()}"
        if name not in BY_NAME:
            raise ValueError(f"{variable} is not a kind of data; expected one of {', '.join(BY_NAME)}")
        least = BY_NAME[name].min_days
        if not math.isfinite(days) or (days != 0 and not least <= days <= 36_500):
            raise ValueError(f"{variable} must be 0 (for ever), or from {least:g} to 36500 days")


def period_of(retention: Retention, periods: Mapping[str, float]) -> float:
    """Return the days that are set, or the default. 0 means for ever."""
    return periods.get(retention.name, retention.default_days)
