"""What a worker that was killed while it took a dispatch leaves in Redis does not starve the others."""

from __future__ import annotations

from aiohttp import ClientSession
from arq.constants import in_progress_key_prefix
from arq.utils import timestamp_ms
from redis.asyncio import Redis

from app.queue.protocol import queue_name
from app.queue.worker_pool import WorkerPool
from app.settings import Settings
from tests import harness

WEEK = 7 * 24 * 3600


async def test_ids_marked_by_the_dead_do_not_fill_the_queue(settings: Settings, client: ClientSession) -> None:
    one_slot = settings.model_copy(update={"worker_slots": 1})
    queue = queue_name(settings.queue_prefix, settings.worker_route)
    long_ago = timestamp_ms() - 1000 * WorkerPool.ABANDONED_SECONDS - 1
    async with Redis.from_url(settings.redis_url) as redis:
        await redis.zadd(queue, {"abandoned": long_ago})
        await redis.set(in_progress_key_prefix + "abandoned", b"1", ex=WEEK)
    async with harness.worker(one_slot):
        async with client.post("/api/v1/jobs", json={"type": "scripted"}) as made:
            job_id = (await made.json())["jobId"]
        assert (await harness.follow(client, job_id))["status"] == "completed"
