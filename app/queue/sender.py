"""Sending dispatches to arq."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import structlog
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from redis.exceptions import RedisError

from app.db.jobs.admission import Dispatch
from app.queue.protocol import FUNCTION, queue_name, serialize, wake_channel
from app.queue.redis_overrides import open_connections

log = structlog.get_logger(__name__)

EXPIRES = timedelta(days=1)
SEND_SECONDS = 3.0


class Sender:
    """Sends dispatches. A loss of Redis is logged and no more: the sweep sends again what never arrived."""

    def __init__(self, url: str, prefix: str) -> None:
        self._redis: ArqRedis = ArqRedis(open_connections(url, retries=1))
        self._prefix = prefix

    async def send(self, dispatches: Sequence[Dispatch]) -> bool:
        """One trip for all of them, as arq's own `enqueue_job` would write each."""
        routes: dict[str, list[Dispatch]] = defaultdict(list)
        for dispatch in dispatches:
            routes[queue_name(self._prefix, dispatch.route)].append(dispatch)
        now = timestamp_ms()
        try:
            async with asyncio.timeout(SEND_SECONDS), self._redis.pipeline(transaction=True) as pipe:
                for queue, batch in routes.items():
                    for d in batch:
                        args = (str(d.id), [str(job_id) for job_id in d.job_ids])
                        body = serialize_job(FUNCTION, args, {}, None, now, serializer=serialize)
                        pipe.psetex(job_key_prefix + str(d.id), EXPIRES, body)
                    pipe.zadd(queue, {str(d.id): now for d in batch})
                    pipe.publish(wake_channel(queue), b"")
                await pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("redis_unavailable", dispatches=len(dispatches), error=repr(error))
            return False
        return True

    async def ping(self) -> None:
        """Raises a RedisError, OSError or TimeoutError when the server does not answer in time."""
        async with asyncio.timeout(SEND_SECONDS):
            await self._redis.ping()

    async def close(self) -> None:
        await self._redis.aclose(close_connection_pool=True)
