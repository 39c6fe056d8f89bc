"""The only client of arq: queue names, serializer, how a dispatch is sent, and the pool its worker reads from.

Postgres owns the jobs; what travels here is only the word that some may run. A dispatch that is lost is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
import structlog
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from redis.asyncio.client import Pipeline
from redis.asyncio.connection import AbstractConnection, Connection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, WatchError
from redis.exceptions import TimeoutError as RedisTimeoutError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_fixed

from app.db.jobs.admission import Dispatch

log = structlog.get_logger(__name__)

FUNCTION = "dispatch"
EXPIRES = timedelta(days=1)
REDIS_LOST = (RedisConnectionError, RedisTimeoutError, OSError)
SEND_SECONDS = 3.0
RECONNECT_SECONDS = 1.0


def serialize(value: Any) -> bytes:
    return orjson.dumps(value, default=str)


def deserialize(raw: bytes) -> Any:
    return orjson.loads(raw)


def queue_name(prefix: str, route: str) -> str:
    """The arq queue of a route."""
    return f"{prefix}:{route}"


def _wake_channel(queue: str) -> str:
    return f"{queue}:wake"


class _ClosedIsLost:
    """Part of a connection: uvloop's word for a transport that is closed is a RuntimeError, which nobody expects."""

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        try:
            await super().send_packed_command(command, check_health)  # type: ignore[misc]
        except RuntimeError as error:
            raise RedisConnectionError(str(error)) from error


class _PatientConnections(ConnectionPool):
    """Retries the whole of connecting; redis-py does so for the socket alone, and not for the first words over it."""

    def __init__(self, connection_class: type[AbstractConnection] = Connection, **kwargs: Any) -> None:
        super().__init__(type(connection_class.__name__, (_ClosedIsLost, connection_class), {}), **kwargs)

    async def ensure_connection(self, connection: AbstractConnection) -> None:
        attempt = super().ensure_connection
        await connection.retry.call_with_retry(lambda: attempt(connection), lambda _: connection.disconnect())


def _connections(url: str, *, retries: int) -> ConnectionPool:
    """Time-outs on every read, so that a frozen server is an error and no hang; retries with backoff, -1 for ever."""
    retry = Retry(ExponentialBackoff(cap=1.0, base=0.05), retries, supported_errors=REDIS_LOST)  # type: ignore[arg-type]  # OSError works, and is what a refused socket is
    return _PatientConnections.from_url(
        url,
        socket_timeout=3,
        socket_connect_timeout=3,
        health_check_interval=15,
        retry=retry,
        retry_on_error=list(REDIS_LOST),
        max_connections=200,
    )


class Sender:
    """Sends dispatches. A loss of Redis is logged and no more: the sweep sends again what never arrived."""

    def __init__(self, url: str, prefix: str) -> None:
        self._redis: ArqRedis = ArqRedis(_connections(url, retries=1))
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
                    pipe.publish(_wake_channel(queue), b"")
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


class _WatchfulPipeline(Pipeline):
    """arq does not expect a connection to be lost between its WATCH and its EXISTS, and would end the worker.

    Told that the job is already running elsewhere it passes on to the next, and reads this one again later.
    """

    async def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().immediate_execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except WatchError:
            return 1

    async def reset(self) -> None:
        """The end of a WATCH. redis-py forgives a connection that is lost then, but not an answer that comes late."""
        try:
            await super().reset()  # type: ignore[no-untyped-call]
        except RedisTimeoutError:
            if self.connection:
                await self.connection.disconnect()
            self.watching = False  # the server forgot it with the connection
            await super().reset()  # type: ignore[no-untyped-call]


class WorkerPool(ArqRedis):
    """The pool that arq's worker reads its queue from: pushed instead of polled, and it outlives a loss of Redis.

    Reading an empty queue waits for a notification from a sender, at most `IDLE_SECONDS`, so that arq can poll without
    a pause and still query an idle Redis only twice per second. Nothing is read while `has_free_slot` returns False.
    Setting `wake` ends the wait.
    """

    IDLE_SECONDS = 0.5
    ABANDONED_SECONDS = 60.0

    def __init__(
        self,
        url: str,
        queue: str,
        *,
        has_free_slot: Callable[[], bool] = lambda: True,
        wake: asyncio.Event | None = None,
    ) -> None:
        super().__init__(_connections(url, retries=-1), serialize, deserialize, queue)
        self._has_free_slot = has_free_slot
        self._wake = wake or asyncio.Event()
        self._queue = queue
        self._listener: asyncio.Task[None] | None = None
        self._cleared = float("-inf")

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        return _WatchfulPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)

    async def zrangebyscore(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        if time.monotonic() - self._cleared > self.ABANDONED_SECONDS:
            self._cleared = time.monotonic()
            await self._clear_abandoned()
        self._wake.clear()
        ids = await super().zrangebyscore(name, *args, **kwargs) if self._has_free_slot() else []
        if ids:
            return ids
        with contextlib.suppress(TimeoutError):  # nobody called: look again, in case the word was lost
            async with asyncio.timeout(self.IDLE_SECONDS):
                await self._wake.wait()
        return await super().zrangebyscore(name, *args, **kwargs) if self._has_free_slot() else []

    async def _clear_abandoned(self) -> None:
        """Remove ids that no worker took off in a minute; the dispatches of theirs count as lost after seconds.

        A worker that dies between arq's mark "in progress", which lasts for a week, and `remove_from_queue` leaves its
        id behind: no worker would run it, and it would fill one of the few places that each of them reads.
        """
        await self.zremrangebyscore(self._queue, "-inf", timestamp_ms() - 1000 * self.ABANDONED_SECONDS)

    async def remove_from_queue(self, dispatch_id: str) -> None:
        """Take a running dispatch out of the queue's set: arq would look at it again on every poll."""
        try:
            await self.zrem(self._queue, dispatch_id)
        except RedisError as error:
            log.warning("dispatch_not_removed", dispatch_id=dispatch_id, error=repr(error))

    async def close(self, close_connection_pool: bool | None = None) -> None:
        """What arq calls at its end; redis-py has given it another name since."""
        if self._listener:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self.aclose(close_connection_pool)

    async def _listen(self) -> None:
        """Set `wake` for every notification, for ever. While Redis is unavailable, the queue is polled instead."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((RedisError, OSError)),
            wait=wait_fixed(RECONNECT_SECONDS),
            before_sleep=_log_unavailable,
        )
        await retrying(self._listen_while_connected)

    async def _listen_while_connected(self) -> None:
        async with self.pubsub() as channel:
            await channel.subscribe(_wake_channel(self._queue))
            self._wake.set()
            while True:
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=10)
                if message:
                    self._wake.set()


def _log_unavailable(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("redis_unavailable", error=repr(error))
