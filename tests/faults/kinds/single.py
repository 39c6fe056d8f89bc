"""One job per dispatch, as for long kinds: a worker that is stopped hands them over."""

from __future__ import annotations

from app.domain.jobs.spec import QueueSpec
from tests.faults import counting

SPEC = counting.spec("count_single", QueueSpec("count-single", concurrency=3))
run = counting.run
