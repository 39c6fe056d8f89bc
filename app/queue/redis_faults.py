"""Why Redis cannot be used, and what to do about it. Reasons name no host or user, so that everybody may see them."""

from __future__ import annotations

import socket
import ssl
import time

import structlog
from redis.exceptions import (
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    BusyLoadingError,
    ClusterError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)
from redis.exceptions import TimeoutError as RedisTimeoutError

log = structlog.get_logger(__name__)

LOG_SECONDS = 10.0
"""Between two lines about the same reason."""

_BY_TYPE: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (AuthenticationWrongNumberOfArgsError, "Redis is too old for users: leave the user in REDIS_URL away"),
    (AuthenticationError, "Redis refuses the user or password: correct them in REDIS_URL"),
    (NoPermissionError, "Redis denies a command, key or channel to the user in REDIS_URL: extend its ACL"),
    (ReadOnlyError, "Redis is a read-only replica: REDIS_URL must name the primary"),
    (OutOfMemoryError, "Redis has reached maxmemory: raise it"),
    (BusyLoadingError, "Redis is loading its data"),
    ((MovedError, ClusterError), "Redis is a cluster, which is not supported: REDIS_URL must name a single server"),
    (ssl.SSLCertVerificationError, "the certificate of Redis is not trusted: set ssl_ca_certs in REDIS_URL"),
    (ssl.SSLError, "no TLS connection to Redis could be made: check whether REDIS_URL needs redis:// or rediss://"),
    (socket.gaierror, "the host in REDIS_URL cannot be resolved"),
    (ConnectionRefusedError, "no Redis listens at the address in REDIS_URL"),
    (FileNotFoundError, "the socket or a file that REDIS_URL names does not exist"),
    ((RedisTimeoutError, TimeoutError), "Redis does not respond in time"),
)
_BY_TEXT = (
    ("NOAUTH", "Redis needs a password: set one in REDIS_URL"),
    ("Authentication required", "Redis needs a password: set one in REDIS_URL"),
    ("WRONGPASS", "Redis refuses the user or password: correct them in REDIS_URL"),
    ("MISCONF", "Redis cannot save its data and refuses writes: check its disk, or turn saving off"),
    ("DB index", "Redis has no database of that number: correct the end of REDIS_URL"),
    ("SELECT is not allowed", "Redis is a cluster, which is not supported: REDIS_URL must name a single server"),
    ("certificate verify failed", "the certificate of Redis is not trusted: set ssl_ca_certs in REDIS_URL"),
    ("Connection refused", "no Redis listens at the address in REDIS_URL"),
    ("Name or service not known", "the host in REDIS_URL cannot be resolved"),
    ("protocol error", "the server at the address in REDIS_URL is no Redis"),
)
"""Parts of messages of redis-py and of servers, for errors whose type says nothing."""


def describe_redis_fault(error: BaseException) -> str:
    """Return why a command to Redis failed, and what to do."""
    current: BaseException | None = error
    causes: list[BaseException] = []
    while current is not None and len(causes) < 10:
        causes.append(current)
        current = current.__cause__ or current.__context__
    text = " ".join(str(cause) for cause in causes)
    for part, reason in _BY_TEXT:
        if part.lower() in text.lower():
            return reason
    for cause in causes:
        for kinds, reason in _BY_TYPE:
            if isinstance(cause, kinds):
                return reason
    if isinstance(error, ResponseError):
        return "Redis refuses a command that the platform needs"
    return "Redis cannot be reached at the address in REDIS_URL"


_logged_at: dict[str, float] = {}
"""Monotonic time of the last line by its reason."""


def report_redis_fault(error: BaseException, **fields: object) -> None:
    """Log that Redis cannot be used, with the reason, at once and then every LOG_SECONDS."""
    reason = describe_redis_fault(error)
    if time.monotonic() - _logged_at.get(reason, -LOG_SECONDS) >= LOG_SECONDS:
        _logged_at[reason] = time.monotonic()
        log.warning("redis_unavailable", variable="REDIS_URL", reason=reason, error=repr(error), **fields)
