"""Cron expressions in words."""

from __future__ import annotations

import pytest

from app.domain.jobs.cron_words import describe


@pytest.mark.parametrize(
    ("cron", "text"),
    [
        ("* * * * *", "Every minute"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("0 * * * *", "Every hour"),
        ("5,35 * * * *", "Every hour at minute 5 and 35"),
        ("0 */6 * * *", "Every 6 hours"),
        ("0 3 * * *", "Every day at 3:00"),
        ("30 7 * * 1", "Every Monday at 7:30"),
        ("30 7 * * mon-fri", "Monday to Friday at 7:30"),
        ("0 9 * * 0,6", "On weekends at 9:00"),
        ("0 9 * * 7", "Every Sunday at 9:00"),
        ("0 0 1 * *", "On day 1 of every month at 0:00"),
        ("0 8,20 * jan,jul *", "Every day in January and July at 8:00 and 20:00"),
        ("0 6 15 4 *", "On day 15 of April at 6:00"),
        ("*/30 * * * 1-5", "Every 30 minutes, Monday to Friday"),
        ("0 0 1 * 1", ""),
        ("*/7 * * * *", ""),
        ("0 0 32 * *", ""),
        ("@daily", ""),
        ("1-50 2 * * *", ""),
    ],
)
def test_cron_in_words(cron: str, text: str) -> None:
    assert describe(cron) == text
