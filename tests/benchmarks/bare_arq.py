"""The yardstick of the drain benchmark: bare arq 0.28, a function that does nothing, the same slots and poll delay.

`python -m arq tests.benchmarks.bare_arq.Settings` with REDIS_URL; uvloop and a JSON serializer, as ours.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import uvloop
from arq.connections import RedisSettings

from app.queue.protocol import deserialize, serialize

QUEUE = "bare"


async def nothing(ctx: dict[str, Any]) -> None:
    """What the noop kind does."""


if "REDIS_URL" in os.environ:  # run by arq, not imported for the queue name
    asyncio.set_event_loop(uvloop.new_event_loop())


class Settings:
    functions = [nothing]
    queue_name = QUEUE
    redis_settings = RedisSettings.from_dsn(os.environ.get("REDIS_URL", "redis://localhost"))
    job_serializer = serialize
    job_deserializer = deserialize
    max_jobs = 100
    queue_read_limit = 500
    poll_delay = 0.01
    keep_result = 0
    log_results = False
