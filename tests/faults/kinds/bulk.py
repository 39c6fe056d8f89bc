"""A queue of the lowest rank that runs many jobs at a time, many per dispatch."""

from __future__ import annotations

from app.domain.jobs.spec import QueueSpec
from tests.faults import counting

SPEC = counting.spec("count_bulk", QueueSpec("count-bulk", concurrency=12, priority=3, dispatch_size=6))
run = counting.run
