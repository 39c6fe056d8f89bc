"""Reading an upload off the wire: multipart/form-data or the file as the body, handed on a megabyte at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from app.domain.text.errors import Unreadable
from app.errors import AppError, BadRequest, TooLarge, UnsupportedMedia
from app.web.http.request_parsing import media_type

BLOCK = 1 << 20
MOST_HEARD_OUT = 64 << 20
LONGEST_FIELD = 100_000
MOST_FIELDS = 50
LONGEST_NAME = 255

Feed = Callable[[bytes], Awaitable[None]]
Stream = AsyncIterator[bytes]


class Form:
    """The fields of a form beside its file, and the file's name."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None


async def receive(request: Request, feed: Feed) -> Form:
    """Feed the file to the end; answers what came with it. Raises BadRequest where there is no file."""
    media = media_type(request)
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise UnsupportedMedia(f"Content-Encoding {encoding} is not supported; send the file as it is, or gzip it.")
    stream = aiter(request.stream())
    if media == "multipart/form-data":
        return await _heard_out(stream, _multipart(request, stream, feed))
    if media == "application/x-www-form-urlencoded":
        raise UnsupportedMedia("Send the file as multipart/form-data (curl -F file=@FILE) or as the body itself.")
    return await _heard_out(stream, _body(request, stream, feed))


async def _body(request: Request, stream: Stream, feed: Feed) -> Form:
    form = Form()
    form.file_name = _file_name(request.headers.get("content-disposition", ""))
    async for block in _blocks(stream):
        await feed(block)
    return form


async def _heard_out(stream: Stream, reading: Coroutine[Any, Any, Form]) -> Form:
    """What is refused on the way is read on for a while: a sender cut off would see no answer."""
    try:
        return await reading
    except (AppError, Unreadable):
        left = MOST_HEARD_OUT
        async for piece in stream:
            left -= len(piece)
            if left < 0:
                break
        raise


async def _blocks(stream: Stream) -> AsyncIterator[bytes]:
    """The body in pieces of about a megabyte: each costs a change of threads."""
    pile = bytearray()
    async for piece in stream:
        pile += piece
        if len(pile) >= BLOCK:
            yield bytes(pile)
            pile.clear()
    if pile:
        yield bytes(pile)


def _file_name(disposition: str) -> str | None:
    _, options = parse_options_header(disposition)
    name = options.get(b"filename")
    return None if name is None else name.decode(errors="replace").replace("\0", "")[-LONGEST_NAME:]


async def _multipart(request: Request, stream: Stream, feed: Feed) -> Form:
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise BadRequest("The multipart body has no boundary in its Content-Type.")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]  # a TypedDict of all of them
        async for block in _blocks(stream):
            parser.write(block)
            if parts.file:
                await feed(bytes(parts.file))
                parts.file.clear()
        parser.finalize()
    except FormParserError as error:
        raise BadRequest(f"The multipart body cannot be read: {error}") from None
    if not parts.ended:
        raise BadRequest("The multipart body is cut off.")
    if parts.form.file_name is None:
        raise BadRequest("The form has no part named file that is a file.")
    return parts.form


class _Parts:
    """What the parser calls."""

    def __init__(self) -> None:
        self.form = Form()
        self.file = bytearray()
        """Of the file, not yet fed."""
        self.ended = False
        self._header = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._is_file = False
        self._text = bytearray()

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._headers, self._text = {}, bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"").decode("latin-1")
        _, options = parse_options_header(disposition)
        self._name = options.get(b"name", b"").decode(errors="replace")
        self._is_file = b"filename" in options
        if self._is_file:
            if self._name != "file" or self.form.file_name is not None:
                raise BadRequest("Send one file, in the part named file.")
            self.form.file_name = _file_name(disposition) or "file"
        elif self._name in self.form.fields or len(self.form.fields) >= MOST_FIELDS:
            raise BadRequest(f"The form has the field {self._name[:100]!r} twice, or too many fields.")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.file += data[start:end]
        else:
            self._text += data[start:end]
            if len(self._text) > LONGEST_FIELD:
                raise TooLarge(f"The field {self._name[:100]!r} has more than {LONGEST_FIELD:,} bytes.")

    def _part_end(self) -> None:
        if self._text:  # a browser sends what is left open as empty
            self.form.fields[self._name] = self._text.decode(errors="replace")

    def _end(self) -> None:
        self.ended = True
