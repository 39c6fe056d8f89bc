"""The pool through which arq's worker reads its queue."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError, ResponseError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_fixed

from app.queue.protocol import deserialize, serialize, wake_channel
from app.queue.redis_faults import report_redis_fault
from app.queue.redis_overrides import LossTolerantPipeline, open_connections

log = structlog.get_logger(__name__)

RECONNECT_SECONDS = 1.0


class WorkerPool(ArqRedis):
    """The pool that arq's worker reads its queue from: pushed instead of polled, and it outlives a loss of Redis.

    Reading an empty queue waits for a notification from a sender, at most `IDLE_SECONDS`, so that arq can poll without
    a pause and still query an idle Redis only twice per second. Nothing is read while `has_free_slot` returns False.
    Setting `wake` ends the wait.
    """

    IDLE_SECONDS = 0.5

    def __init__(
        self,
        url: str,
        queue: str,
        *,
        has_free_slot: Callable[[], bool] = lambda: True,
        wake: asyncio.Event | None = None,
    ) -> None:
        super().__init__(open_connections(url, retries=-1), serialize, deserialize, queue)
        self._has_free_slot = has_free_slot
        self._wake = wake or asyncio.Event()
        self._queue = queue
        self._listener: asyncio.Task[None] | None = None
        self._last_read: list[bytes] = []

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        pipeline = LossTolerantPipeline if transaction else InformationPipeline
        return pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)

    async def zcard(self, name: Any) -> Any:
        """Return how many dispatches wait, which arq notes in its sign of life; 0 if the user may not ask."""
        return await self._unless_refused(super().zcard(name), 0)

    async def psetex(self, name: Any, time_ms: Any, value: Any) -> Any:
        """Write arq's sign of life, which `arq --check` reads."""
        return await self._unless_refused(super().psetex(name, time_ms, value), None)

    async def _unless_refused(self, command: Awaitable[Any], otherwise: Any) -> Any:
        try:
            return await command
        except ResponseError as error:
            report_redis_fault(error)
            return otherwise

    async def zrangebyscore(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        try:
            return await self._read_or_wait(name, *args, **kwargs)
        except ResponseError as error:  # it would end the worker
            report_redis_fault(error)
            await asyncio.sleep(RECONNECT_SECONDS)
            return []

    async def _read_or_wait(self, name: Any, *args: Any, **kwargs: Any) -> list[bytes]:
        self._wake.clear()
        ids = await self._read(name, *args, **kwargs)
        if ids:
            return ids
        with contextlib.suppress(TimeoutError):  # not woken: read again, in case the notification was lost
            async with asyncio.timeout(self.IDLE_SECONDS):
                await self._wake.wait()
        return await self._read(name, *args, **kwargs)

    async def _read(self, name: Any, *args: Any, **kwargs: Any) -> list[bytes]:
        """Return the ids to start. One that was there before may be of a dispatch that runs already, or did."""
        ids: list[bytes] = await super().zrangebyscore(name, *args, **kwargs) if self._has_free_slot() else []
        if again := set(self._last_read).intersection(ids):
            await self._remove_started(list(again))
        self._last_read = ids
        return ids

    async def _remove_started(self, ids: list[bytes]) -> None:
        """Take out of the queue what is marked "in progress", which arq never starts again.

        A live worker does that itself (`remove_from_queue`). One that died just before left its id behind, and its
        mark lasts for a week: such ids would fill the few places that each worker reads.
        """
        marks = await self.mget([in_progress_key_prefix.encode() + id_ for id_ in ids])
        if started := [id_ for id_, mark in zip(ids, marks, strict=True) if mark is not None]:
            await self.zrem(self._queue, *started)

    async def remove_from_queue(self, dispatch_id: str) -> None:
        """Take a running dispatch out of the queue's set: arq would look at it again on every poll."""
        try:
            await self.zrem(self._queue, dispatch_id)
        except RedisError as error:
            log.warning("dispatch_not_removed", dispatch_id=dispatch_id, error=repr(error))

    async def close(self, close_connection_pool: bool | None = None) -> None:
        """Close the pool. arq calls it by this name, which redis-py has changed since."""
        if self._listener:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self.aclose(close_connection_pool)

    async def _listen(self) -> None:
        """Set `wake` for every notification, for ever. While Redis is unavailable, the queue is polled instead."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((RedisError, OSError)),
            wait=wait_fixed(RECONNECT_SECONDS),
            before_sleep=_report,
        )
        await retrying(self._listen_while_connected)

    async def _listen_while_connected(self) -> None:
        async with self.pubsub() as channel:
            await channel.subscribe(wake_channel(self._queue))
            self._wake.set()
            while True:
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=10)
                if message:
                    self._wake.set()


def _report(state: RetryCallState) -> None:
    if error := state.outcome and state.outcome.exception():
        report_redis_fault(error)


class InformationPipeline(Pipeline):
    """Stands for the questions about the server that arq asks at the start: they need rights and wait for Redis.

    A worker starts without Redis: it reports that it is alive, and takes jobs once Redis is there.
    """

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Return nothing about anything."""
        return [{} for _ in self.command_stack]
