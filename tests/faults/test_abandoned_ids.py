"""Ids that a killed worker left in Redis while it took a dispatch do not starve the other workers."""

from __future__ import annotations

from aiohttp import ClientSession
from arq.constants import in_progress_key_prefix
from arq.utils import timestamp_ms
from redis.asyncio import Redis

from app.queue.protocol import queue_name
from app.settings import Settings
from tests import harness

WEEK = 7 * 24 * 3600


async def test_ids_marked_by_the_dead_do_not_fill_the_queue(settings: Settings, client: ClientSession) -> None:
    slots = 3
    few_slots = settings.model_copy(update={"worker_slots": slots})
    queue = queue_name(settings.queue_prefix, settings.worker_route)
    async with Redis.from_url(settings.redis_url) as redis, harness.worker(few_slots):
        for i in range(2 * slots):
            await redis.set(f"{in_progress_key_prefix}abandoned-{i}", b"1", ex=WEEK)
            await redis.zadd(queue, {f"abandoned-{i}": timestamp_ms()})
        async with client.post("/api/v1/jobs", json={"type": "scripted"}) as made:
            job_id = (await made.json())["jobId"]
        assert (await harness.follow(client, job_id))["status"] == "completed"
        assert await redis.zcard(queue) == 0
