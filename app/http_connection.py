"""uvicorn's HTTP protocol with limits on clients that hold a connection and do nothing with it, and on headers.

Served as `uvicorn --factory app.main:create --http app.http_connection:HttpConnection`, which `trigpoint up` and
`trigpoint api` do. uvicorn itself only closes connections that are idle after a response, and takes headers of any
length, which take time with the square of theirs.
"""

from __future__ import annotations

import asyncio
import json
import resource
from collections import OrderedDict
from functools import cache
from http import HTTPStatus
from typing import ClassVar, Literal

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger(__name__)

HEADER_SECONDS = 10.0
"""From the opening of the connection, or from the first byte of a later request, to the end of its header."""
UNREAD_BODY_SECONDS = 30.0
"""For the rest of a body whose request has been answered already."""
STALLED_READER_SECONDS = 120.0
"""How long a client may read nothing of a response that waits for it."""
MAX_HEADER_BYTES = 64 << 10
"""Maximum bytes of a request line with its header, and of what follows a chunked body. Up to one block more passes."""
MAX_CONNECTIONS = 10_000
RESERVED_DESCRIPTORS = 64
"""For the database, Redis, uploads and log files."""


def _problem(status: HTTPStatus, slug: str, detail: str, header: str = "") -> bytes:
    """Return a response with a problem document to a request that has no path yet. Closes the connection."""
    document = {
        "type": f"urn:trigpoint:problem:{slug}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": "",
        "error": detail,
        "requestId": None,
    }
    body = json.dumps(document).encode()
    fields = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n"
        f"cache-control: no-store\r\n{header}content-length: {len(body)}\r\n\r\n"
    )
    return fields.encode() + body


INVALID_RESPONSE = _problem(
    HTTPStatus.BAD_REQUEST,
    "bad-request",
    "This is not a valid HTTP/1.1 request: check its method, address, header and length. An address or header of more"
    f" than {MAX_HEADER_BYTES >> 10} kB is not accepted either.",
)
TIMEOUT_RESPONSE = _problem(
    HTTPStatus.REQUEST_TIMEOUT,
    "request-timeout",
    f"The header of the request did not arrive within {HEADER_SECONDS:g} seconds. Send the request again.",
)
TOO_LARGE_RESPONSE = _problem(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "header-too-large",
    f"The address and the header have more than {MAX_HEADER_BYTES >> 10} kB. Send long values in a body instead.",
)
BUSY_RESPONSE = _problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Too many connections are open. Try again in a few seconds.",
    "retry-after: 5\r\n",
)


class HttpConnection(HttpToolsProtocol):
    """A connection. Beyond the limit, the one that has been idle for longest is closed for a new one."""

    idle: ClassVar[OrderedDict[HttpConnection, None]] = OrderedDict()
    """Those of this process without a request in progress, the longest idle first."""

    _timer: asyncio.TimerHandle | None = None
    _stall_timer: asyncio.TimerHandle | None = None
    _arriving: Literal["header", "body"] | None = None
    """The part of a request that has begun to arrive, and has not arrived completely."""
    _header_bytes = 0
    """Received since the request began, its header was complete, or a part of its body arrived."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > max_connections() and not self._close_longest_idle():
            log.warning("connections_exhausted", connections=len(self.connections))
            transport.write(BUSY_RESPONSE)
            transport.close()
            return
        self.idle[self] = None
        self._start_timer(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timers()
        self.idle.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._header_bytes += len(data)
        super().data_received(data)
        if self._header_bytes > MAX_HEADER_BYTES and self._arriving and not self.transport.is_closing():
            if self._arriving == "header" and (self.cycle is None or self.cycle.response_complete):
                self.transport.write(TOO_LARGE_RESPONSE)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        self.transport.write(INVALID_RESPONSE)
        self.transport.close()

    def on_body(self, body: bytes) -> None:
        self._header_bytes = 0
        super().on_body(body)

    def on_message_begin(self) -> None:
        self._header_bytes = 0
        super().on_message_begin()
        self._arriving = "header"
        if self._timer is None:
            self._start_timer(HEADER_SECONDS)

    def on_headers_complete(self) -> None:
        self._stop_timer()
        self._arriving = "body"
        self._header_bytes = 0
        self.idle.pop(self, None)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._arriving = None
        if self.cycle is not None and self.cycle.response_complete:
            self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self.cycle.response_complete:  # else a pipelined request has just begun
            self.idle[self] = None
            if self._arriving == "body":
                self._start_timer(UNREAD_BODY_SECONDS)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall_timer = self.loop.call_later(STALLED_READER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _close_longest_idle(self) -> bool:
        """Make room. Returns False if every connection has a request in progress."""
        if not self.idle:
            return False
        longest, _ = self.idle.popitem(last=False)
        longest.transport.abort()
        return True

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._time_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_timers(self) -> None:
        self._stop_timer()
        if self._stall_timer is not None:
            self._stall_timer.cancel()

    def _time_out(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:  # of the request before, which is fine
            self._start_timer(HEADER_SECONDS)
            return
        if self._arriving:
            self.transport.write(TIMEOUT_RESPONSE)
        self.transport.close()


@cache
def max_connections() -> int:
    """Return how many connections this process accepts, after raising its limit of descriptors as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + RESERVED_DESCRIPTORS
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    usable = wanted if soft == resource.RLIM_INFINITY else int(soft)
    return max(16, min(MAX_CONNECTIONS, usable - RESERVED_DESCRIPTORS))
