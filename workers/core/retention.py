"""Retention, a loop in every worker: archives and deletes what is older than its period."""

from __future__ import annotations

import asyncio
import random

import structlog

from app.db.core.pool import MAY_PASS
from app.db.jobs import retention
from workers.core.worker import Worker

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 3600.0
FIRST_SECONDS = 300.0
"""At most, from the start of a worker to its first round: workers may be restarted more often than once an hour."""


async def keep_data_periods(worker: Worker) -> None:
    """Archive and delete until cancelled, about once an hour (plus or minus 10 %, so that workers spread out)."""
    await asyncio.sleep(FIRST_SECONDS * random.uniform(0.2, 1.0))
    while True:
        try:
            done = await retention.apply(worker.pool, worker.resources.settings.retention)
            if done:
                log.info("data_pruned", **done)
        except MAY_PASS as error:
            log.warning("pruning_failed", error=repr(error))
        except Exception:
            log.exception("pruning_failed")
        await asyncio.sleep(INTERVAL_SECONDS * random.uniform(0.9, 1.1))
