"""Bounds the replies of model servers before the `openai` client builds anything from them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from app.domain.text.json_guard import UnsafeJson, check_json

MAX_REPLY_BYTES, MAX_ERROR_BYTES = 2 << 20, 64 << 10
"""Maximum bytes of a reply, which is refused beyond it, and of the body of an error, whose beginning is read."""
MAX_REPLY_VALUES = 20_000
"""JSON values in a reply. A completion has about fifty, because the text of the model is a single one."""


class ReplyRefused(ValueError):
    """The reply is too large or too complex to be read. The message says which."""


async def bound_reply(response: httpx2.Response) -> None:
    """Read the body within the limits; an event hook of the HTTP client. Raises ReplyRefused."""
    stream = response.stream
    assert isinstance(stream, httpx2.AsyncByteStream)
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise ReplyRefused("compressed, although this was not requested")
    body = bytearray()
    async for block in stream:
        body += block
        if response.is_error and len(body) > MAX_ERROR_BYTES:
            del body[MAX_ERROR_BYTES:]
            break
        if len(body) > MAX_REPLY_BYTES:
            raise ReplyRefused(f"more than {MAX_REPLY_BYTES:,} bytes")
    if not response.is_error:
        try:
            check_json(bytes(body), max_values=MAX_REPLY_VALUES, max_containers=MAX_REPLY_VALUES)
        except UnsafeJson as error:
            raise ReplyRefused(str(error)) from None
    response.stream = _Body(bytes(body), stream)


class _Body(httpx2.AsyncByteStream):
    def __init__(self, body: bytes, source: httpx2.AsyncByteStream) -> None:
        self._body, self._source = body, source

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body

    async def aclose(self) -> None:
        await self._source.aclose()
