"""The addresses of the demo, and the verdict that it prints."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.cli import demo, sample
from app.client import models


def household(number: int, *, geocoded: bool = True) -> models.Household:
    return models.Household.model_construct(id=UUID(int=number), external_id=f"demo-{number}", geocoded=geocoded)


def outcome(
    households: list[models.Household], failed: list[int], *, status: str = "completed", processed: int = 2
) -> demo.DemoResult:
    job = models.Job.model_construct(status=status, processed_items=processed, error="boom")
    errors = [
        models.ItemError.model_construct(household_id=str(UUID(int=number)), error="no match") for number in failed
    ]
    return demo.DemoResult(job, households, errors)


def test_the_sample_is_real_large_and_always_the_same() -> None:
    everything = sample.load()
    assert len(everything) >= 1000
    assert sample.load(10) == sample.load(10)
    assert len({address.household["id"] for address in everything}) == len(everything)
    assert all(18 < address.location[0] < 72 and -180 < address.location[1] < -60 for address in everything)


def test_geocoded_or_in_the_error_log_is_accounted_for() -> None:
    addresses = sample.load(2)
    demo.verify(outcome([household(1), household(2, geocoded=False)], [2]), addresses)


@pytest.mark.parametrize(
    ("came_out", "why"),
    [
        (outcome([household(1), household(2)], [], status="failed"), "ended as failed: boom"),
        (outcome([household(1, geocoded=False), household(2, geocoded=False)], [1, 2]), "nothing was geocoded"),
        (outcome([household(1), household(2, geocoded=False)], []), "1 households are unaccounted for"),
        (outcome([household(1), household(2)], [], processed=1), "1 processed by the job's count"),
    ],
)
def test_anything_else_is_a_failed_demo(came_out: demo.DemoResult, why: str) -> None:
    with pytest.raises(demo.DemoFailed, match=why):
        demo.verify(came_out, sample.load(2))
