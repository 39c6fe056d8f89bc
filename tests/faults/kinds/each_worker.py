"""A queue whose limit applies to each worker."""

from __future__ import annotations

from app.domain.jobs.spec import QueueSpec
from tests.faults import counting

SPEC = counting.spec(
    "count_each_worker", QueueSpec("count-each-worker", concurrency=2, per_worker=True, dispatch_size=3)
)
run = counting.run
