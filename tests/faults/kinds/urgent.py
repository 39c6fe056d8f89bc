"""A queue of the highest rank that runs few jobs at a time."""

from __future__ import annotations

from app.domain.jobs.spec import QueueSpec
from tests.faults import counting

SPEC = counting.spec("count_urgent", QueueSpec("count-urgent", concurrency=4, priority=1, dispatch_size=2))
run = counting.run
