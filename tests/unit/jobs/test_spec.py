"""New jobs of a kind, and the delays between attempts."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.domain.jobs.attempts import delivery_backoff, exponential_backoff
from app.domain.jobs.spec import DERIVED, Derived, JobSpec, QueueSpec


class Args(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    record_id: str
    limit: int | None = 5


SPEC = JobSpec(
    kind="sample",
    queue=QueueSpec("samples", concurrency=1),
    args=Args,
    timeout=timedelta(seconds=1),
    dedupe_key=lambda args: args.record_id,
)


def test_a_new_job_carries_all_its_arguments_by_their_aliases() -> None:
    """Also a None that is not the default: without it the handler would read the default."""
    job = SPEC.new_job(Args(record_id="a", limit=None), priority=2, total_items=7)
    assert orjson.loads(job.data) == {"recordId": "a", "limit": None}
    assert SPEC.args.model_validate_json(job.data) == Args(record_id="a", limit=None)
    assert (job.spec, job.priority, job.total_items) == (SPEC, 2, 7)


@pytest.mark.parametrize(("given", "expected"), [(DERIVED, "a"), ("b", "b"), (None, None)])
def test_the_kind_derives_the_dedupe_key_unless_one_is_given(given: str | Derived | None, expected: str | None) -> None:
    assert SPEC.new_job(Args(record_id="a")).dedupe_key == "a"
    assert SPEC.new_job(Args(record_id="a"), dedupe_key=given).dedupe_key == expected


def test_waiting_times_grow_and_are_bounded() -> None:
    assert [exponential_backoff(attempt) for attempt in (1, 2, 3, 11, 12, 50)] == [2, 4, 8, 2048, 3600, 3600]
    assert [delivery_backoff(attempt) for attempt in (1, 2, 8, 9)] == [5, 30, 43_200, 43_200]
