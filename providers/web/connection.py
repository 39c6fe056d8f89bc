"""Connections of the HTTP client: they read responses as leniently as browsers do, and give up endless ones."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import BadHttpMessage

from providers.web.response_head import MAX_HEAD_BYTES, Head, InvalidHead, find_end, may_be_head, repair_head

MAX_INTERIM_RESPONSES = 20
"""Accepted 1xx responses before the final one."""
_LAST_CHUNK = b"\r\n0\r\n\r\n"


class Response(aiohttp.ClientResponse):
    """Keeps what is no longer known once the connection is released."""

    certificate_expires_at: datetime | None = None
    was_cut = False
    """Whether the body ended before the end that was announced."""

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        """See ClientResponse."""
        if isinstance(connection.protocol, Connection):
            connection.protocol.response = self
        secured = connection.transport.get_extra_info("ssl_object") if connection.transport else None
        if secured is not None and (ends := (secured.getpeercert() or {}).get("notAfter")):
            self.certificate_expires_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
        return await super().start(connection)


class Connection(ResponseHandler):
    """Repairs the head of each response before aiohttp parses it, and drops what follows the end of the body.

    Aborts on endless interim (1xx) responses: uvloop would pass on eight megabytes of them at once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._head_bytes: bytearray | None = None
        """What was received of a head; None while a body is read."""
        self._head: Head | None = None
        self._body_left = 0
        self._interim = 0
        self.response: Response | None = None

    def set_response_params(self, **params: Any) -> None:
        """See ResponseHandler; called before each response."""
        self._head_bytes, self._interim, self.response = bytearray(), 0, None
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """See ResponseHandler."""
        if self._parser is None or not data:
            super().data_received(data)
        elif self._head_bytes is None:
            self._receive_body(data)
        else:
            self._receive_head(self._head_bytes, data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """See ResponseHandler."""
        self._end_body()
        super().connection_lost(exc)

    def _receive_head(self, received: bytearray, data: bytes) -> None:
        start = len(received)
        received += data if received else data.lstrip(b"\r\n")
        while (end := find_end(received, start)) is not None and end <= MAX_HEAD_BYTES:
            try:
                head = repair_head(bytes(received[:end]))
            except InvalidHead:
                return self._refuse()
            del received[:end]
            if not head.is_interim:
                self._head, self._head_bytes, self._body_left = head, None, head.body_bytes or 0
                super().data_received(head.raw)
                if received:
                    self._receive_body(bytes(received))
                return None
            start = 0
            self._interim += 1
            if self._interim > MAX_INTERIM_RESPONSES:
                return self._refuse()
        if len(received) > MAX_HEAD_BYTES or not may_be_head(received):
            return self._refuse()
        return None

    def _receive_body(self, data: bytes) -> None:
        head = self._head
        if head is not None and head.body_bytes is not None:
            surplus = len(data) - self._body_left
            self._body_left = max(-surplus, 0)
        elif head is not None and head.is_chunked and (last := data.find(_LAST_CHUNK)) != -1:
            surplus = len(data) - last - len(_LAST_CHUNK)
        else:
            surplus = 0
        if surplus > 0:
            self.force_close()
            data = data[: len(data) - surplus]
        if data:
            super().data_received(data)
            if self.exception() is not None:
                self._end_body()
        elif self.transport is not None:
            self.transport.close()

    def _end_body(self) -> None:
        """End a body that is not complete: browsers show what they have received. Nothing at all is an error."""
        payload = self._payload
        head = self._head
        if payload is None or payload.is_eof() or head is None or not (head.is_chunked or head.body_bytes):
            return
        if payload.total_bytes:
            if self.response is not None:
                self.response.was_cut = True
            payload.feed_eof()
            self._payload = None
        elif payload.exception() is None and self.exception() is not None:
            payload.set_exception(aiohttp.ClientPayloadError("the body of the response is not valid"))

    def _refuse(self) -> None:
        self._head_bytes = bytearray()
        if self.transport is not None:
            self.transport.abort()
        self.set_exception(BadHttpMessage("the head of the response is not valid"))
