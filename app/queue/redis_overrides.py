"""All overrides of redis-py's internals. docs/decisions/0015-overrides-of-client-internals.md justifies each of them.

arq is pinned and accepts only versions of redis-py below 6.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote, urlencode

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
from redis.exceptions import RedisError, ResponseError, WatchError
from redis.exceptions import TimeoutError as RedisTimeoutError

from app.domain.text.server_urls import parse_server_url
from app.queue.redis_faults import report_redis_fault

REDIS_LOST = (RedisConnectionError, RedisTimeoutError, OSError)
SOCKET_TIMEOUT_SECONDS = 3
HEALTH_CHECK_SECONDS = 15
MAX_CONNECTIONS = 200
MIN_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 0.05, 1.0
REFUSED_SECONDS = 1.0
"""Before a command that Redis refused is sent again."""
SCHEMES = {"valkey": "redis", "valkeys": "rediss"}


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


class ReportingRetry(Retry):
    """Reports why Redis cannot be used: redis-py itself retries in silence."""

    async def call_with_retry(self, do: Any, fail: Any) -> Any:
        """Call `do` until it succeeds or the retries are used up, and `fail` after each failure."""

        async def failed(error: Any) -> None:
            report_redis_fault(error)
            await fail(error)

        return await super().call_with_retry(do, failed)


class RetryingConnectionPool(ConnectionPool):
    """Retries connecting as a whole; redis-py retries only the socket, not the first commands over it.

    Servers refuse those for a wrong password, user or number of the database.
    """

    def __init__(self, connection_class: type[AbstractConnection] = Connection, **kwargs: Any) -> None:
        super().__init__(_CONNECTIONS[connection_class], **kwargs)
        self._connecting = ReportingRetry(
            ExponentialBackoff(cap=MAX_BACKOFF_SECONDS, base=MIN_BACKOFF_SECONDS),
            kwargs["retry"]._retries,
            supported_errors=(*REDIS_LOST, ResponseError),  # type: ignore[arg-type]  # see open_connections
        )

    async def ensure_connection(self, connection: AbstractConnection) -> None:
        attempt = super().ensure_connection
        await self._connecting.call_with_retry(lambda: attempt(connection), lambda _: connection.disconnect())


def open_connections(url: str, *, retries: int) -> ConnectionPool:
    """Return a pool of connections that retry `retries` times with backoff, for ever if it is -1.

    Every read has a timeout, so that a frozen server causes an error instead of a hang. Raises ValueError for a URL
    with an option that redis-py does not know.
    """
    backoff = ExponentialBackoff(cap=MAX_BACKOFF_SECONDS, base=MIN_BACKOFF_SECONDS)
    retry = ReportingRetry(backoff, retries, supported_errors=REDIS_LOST)  # type: ignore[arg-type]  # OSError works: it is what a refused socket raises
    try:
        pool = RetryingConnectionPool.from_url(
            encode_url(url),
            socket_timeout=SOCKET_TIMEOUT_SECONDS,
            socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
            health_check_interval=HEALTH_CHECK_SECONDS,
            retry=retry,
            retry_on_error=list(REDIS_LOST),
            max_connections=MAX_CONNECTIONS,
        )
        pool.make_connection()  # type: ignore[no-untyped-call]  # which connects to nothing yet, but reads all options
    except (TypeError, RedisError) as error:
        raise ValueError(f"has an option that cannot be used: {error}") from None
    return pool


def encode_url(url: str) -> str:
    """Return the URL as redis-py reads it: with an encoded user and password, and a scheme that it knows."""
    parts = parse_server_url(url)
    options = dict(parts.options)
    user = options.pop("username", parts.user)
    password = options.pop("password", parts.password)
    host, port = parts.hosts[0] if parts.hosts else ("", None)
    login = f"{quote(user or '', safe='')}:{quote(password, safe='')}@" if password else ""
    address = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    query = f"?{urlencode(options, quote_via=quote)}" if options else ""
    return f"{SCHEMES.get(parts.scheme, parts.scheme)}://{login}{address}{quote(parts.path)}{query}"


class LossTolerantPipeline(Pipeline):
    """Tolerates what would end the worker: a connection that is lost between arq's WATCH and EXISTS, and commands that
    Redis refuses, because it is read-only or full, or denies them to the user.

    While arq looks at a job, it reports that the job is already running elsewhere. arq then continues with the next
    job, and reads this one again later. Other commands are sent again until Redis accepts them.
    """

    async def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().immediate_execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except WatchError:
            return 1
        except ResponseError as error:
            report_redis_fault(error)
            return 1

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send the commands. A transaction that begins with WATCH raises what Redis refuses, which arq expects."""
        if self.explicit_transaction:
            return await super().execute(raise_on_error)
        commands = list(self.command_stack)
        while True:
            try:
                return await super().execute(raise_on_error)
            except ResponseError as error:
                report_redis_fault(error)
            await asyncio.sleep(REFUSED_SECONDS)
            self.command_stack = list(commands)

    async def reset(self) -> None:
        """End a WATCH. redis-py tolerates a connection that is lost then, but not a response that comes too late."""
        try:
            await super().reset()  # type: ignore[no-untyped-call]
        except RedisTimeoutError:
            if self.connection:
                await self.connection.disconnect()
            self.watching = False  # the server forgot it with the connection
            await super().reset()  # type: ignore[no-untyped-call]
