"""All overrides of redis-py's internals. docs/decisions/0015-overrides-of-client-internals.md justifies each of them.

arq is pinned and accepts only versions of redis-py below 6.
"""

from __future__ import annotations

import asyncio
from typing import Any

from redis.asyncio.client import Pipeline
from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    ConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.exceptions import WatchError

REDIS_LOST = (RedisConnectionError, RedisTimeoutError, OSError)
SOCKET_TIMEOUT_SECONDS = 3
HEALTH_CHECK_SECONDS = 15
MAX_CONNECTIONS = 200
MIN_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 0.05, 1.0


class _BoundedWrites:
    """Mixin of connections: writes a command within `socket_timeout`.

    redis-py bounds it by `asyncio.wait_for`, which on Python 3.11 swallows a cancellation that meets the end of the
    write: the cancelled task goes on. A closed transport, a RuntimeError from uvloop, is a lost connection.
    """

    async def send_packed_command(self: Any, command: Any, check_health: bool = True) -> None:
        if not self.is_connected:
            await self.connect()
        elif check_health:
            await self.check_health()
        try:
            async with asyncio.timeout(self.socket_timeout):
                await self._send_packed_command([command] if isinstance(command, bytes) else command)
        except BaseException as error:  # part of the command may have been written
            await self.disconnect(nowait=True)
            if isinstance(error, TimeoutError):
                raise RedisTimeoutError("Timeout writing to socket") from error
            if isinstance(error, OSError | RuntimeError):
                raise RedisConnectionError(f"Error while writing to socket: {error}") from error
            raise


class _TcpConnection(_BoundedWrites, Connection):
    pass


class _TlsConnection(_BoundedWrites, SSLConnection):
    pass


class _UnixConnection(_BoundedWrites, UnixDomainSocketConnection):
    pass


_CONNECTIONS: dict[type[AbstractConnection], type[AbstractConnection]] = {
    Connection: _TcpConnection,
    SSLConnection: _TlsConnection,
    UnixDomainSocketConnection: _UnixConnection,
}


class RetryingConnectionPool(ConnectionPool):
    """Retries connecting as a whole; redis-py retries only the socket, not the first commands over it."""

    def __init__(self, connection_class: type[AbstractConnection] = Connection, **kwargs: Any) -> None:
        super().__init__(_CONNECTIONS[connection_class], **kwargs)

    async def ensure_connection(self, connection: AbstractConnection) -> None:
        attempt = super().ensure_connection
        await connection.retry.call_with_retry(lambda: attempt(connection), lambda _: connection.disconnect())


def open_connections(url: str, *, retries: int) -> ConnectionPool:
    """Return a pool of connections that retry `retries` times with backoff, for ever if it is -1.

    Every read has a timeout, so that a frozen server causes an error instead of a hang.
    """
    backoff = ExponentialBackoff(cap=MAX_BACKOFF_SECONDS, base=MIN_BACKOFF_SECONDS)
    retry = Retry(backoff, retries, supported_errors=REDIS_LOST)  # type: ignore[arg-type]  # OSError works: it is what a refused socket raises
    return RetryingConnectionPool.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_SECONDS,
        socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        retry=retry,
        retry_on_error=list(REDIS_LOST),
        max_connections=MAX_CONNECTIONS,
    )


class LossTolerantPipeline(Pipeline):
    """Tolerates a connection that is lost between arq's WATCH and EXISTS, which would end the worker.

    It reports that the job is already running elsewhere. arq then continues with the next job, and reads this one
    again later.
    """

    async def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().immediate_execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except WatchError:
            return 1

    async def reset(self) -> None:
        """End a WATCH. redis-py tolerates a connection that is lost then, but not a response that comes too late."""
        try:
            await super().reset()  # type: ignore[no-untyped-call]
        except RedisTimeoutError:
            if self.connection:
                await self.connection.disconnect()
            self.watching = False  # the server forgot it with the connection
            await super().reset()  # type: ignore[no-untyped-call]
