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

from app import metrics
from app.db.jobs.admission import Dispatch
from app.queue.protocol import FUNCTION, queue_name, serialize, wake_channel
from app.queue.redis_faults import LOG_SECONDS, describe_redis_fault, report_redis_fault
from app.queue.redis_overrides import open_connections

log = structlog.get_logger(__name__)

EXPIRES = timedelta(days=1)
SEND_SECONDS = 3.0
CHECK_SECONDS = 1.5
CHECK_EXPIRES = timedelta(seconds=10)


class Sender:
    """Sends dispatches. A loss of Redis is logged and no more: the sweep sends again what never arrived."""

    def __init__(self, url: str, prefix: str) -> None:
        self._redis: ArqRedis = ArqRedis(open_connections(url, retries=1))
        self._prefix = prefix
        self.fault: str | None = None
        """Why Redis could not be used at the last check."""

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
            report_redis_fault(error, dispatches=len(dispatches))
            metrics.DISPATCHES.labels("failed").inc(len(dispatches))
            return False
        metrics.DISPATCHES.labels("sent").inc(len(dispatches))
        return True

    async def find_fault(self) -> str | None:
        """Do once what dispatching needs, on keys of its own. Returns why Redis cannot be used, None if it can."""
        queue = queue_name(self._prefix, "check")
        try:
            async with asyncio.timeout(CHECK_SECONDS), self._redis.pipeline(transaction=True) as pipe:
                pipe.psetex(job_key_prefix + queue, CHECK_EXPIRES, b"")
                pipe.zadd(queue, {"check": 0})
                pipe.zrem(queue, "check")
                pipe.publish(wake_channel(queue), b"")
                await pipe.execute()
        except (RedisError, OSError) as error:
            report_redis_fault(error)
            return describe_redis_fault(error)
        return None

    async def keep_checking(self) -> None:
        """Log every LOG_SECONDS that Redis cannot be used, even while there is nothing to send, until cancelled."""
        was_faulty = False
        while True:
            self.fault = await self.find_fault()
            is_faulty = self.fault is not None
            metrics.REDIS_AVAILABLE.set(not is_faulty)
            if was_faulty and not is_faulty:
                log.info("redis_available")
            was_faulty = is_faulty
            await asyncio.sleep(LOG_SECONDS)

    async def close(self) -> None:
        await self._redis.aclose(close_connection_pool=True)
