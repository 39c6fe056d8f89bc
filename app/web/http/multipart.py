"""Receive an uploaded file, as multipart/form-data or as the body itself, in blocks of about a megabyte."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from app.domain.text.errors import Unreadable
from app.errors import AppError, BadRequest, TooLarge, UnsupportedMedia
from app.web.http.request_parsing import media_type

BLOCK_BYTES = 1 << 20
MAX_DRAINED_BYTES = 64 << 20
"""How much of the rest of a refused upload is read."""
MAX_FIELD_BYTES = 100_000
MAX_FIELDS = 50
MAX_FILE_NAME_CHARACTERS = 255

WriteBlock = Callable[[bytes], Awaitable[None]]
Chunks = AsyncIterator[bytes]


class UploadForm:
    """The name of the uploaded file and the other fields of its form."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None


async def receive_file(request: Request, write: WriteBlock) -> UploadForm:
    """Pass the file to `write`, block by block, and return what came with it.

    Raises BadRequest if there is no file, UnsupportedMedia for other media types and encodings, TooLarge for a field
    that is too long, and whatever `write` raises.
    """
    media = media_type(request)
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise UnsupportedMedia(
            f"Content-Encoding {encoding} is not supported. Send the file uncompressed or with gzip."
        )
    chunks = aiter(request.stream())
    if media == "multipart/form-data":
        return await _drain_if_refused(chunks, _multipart(request, chunks, write))
    if media == "application/x-www-form-urlencoded":
        raise UnsupportedMedia("Send the file as multipart/form-data (curl -F file=@FILE) or as the body itself.")
    return await _drain_if_refused(chunks, _body(request, chunks, write))


async def _body(request: Request, chunks: Chunks, write: WriteBlock) -> UploadForm:
    form = UploadForm()
    form.file_name = _file_name(request.headers.get("content-disposition", ""))
    async for block in _blocks(chunks):
        await write(block)
    return form


async def _drain_if_refused(chunks: Chunks, reading: Coroutine[Any, Any, UploadForm]) -> UploadForm:
    """Read the rest of an upload that was refused: a client that is cut off while sending never sees the response."""
    try:
        return await reading
    except (AppError, Unreadable):
        left = MAX_DRAINED_BYTES
        async for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                break
        raise


async def _blocks(chunks: Chunks) -> AsyncIterator[bytes]:
    """Yield the body in blocks of about a megabyte, because writing each block costs a change of threads."""
    block = bytearray()
    async for chunk in chunks:
        block += chunk
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _file_name(disposition: str) -> str | None:
    _, options = parse_options_header(disposition)
    name = options.get(b"filename")
    return None if name is None else name.decode(errors="replace").replace("\0", "")[-MAX_FILE_NAME_CHARACTERS:]


async def _multipart(request: Request, chunks: Chunks, write: WriteBlock) -> UploadForm:
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise BadRequest("The Content-Type of the multipart body has no boundary.")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]  # a TypedDict of all of them
        async for block in _blocks(chunks):
            parser.write(block)
            if parts.file:
                await write(bytes(parts.file))
                parts.file.clear()
        parser.finalize()
    except FormParserError as error:
        raise BadRequest(f"The multipart body is malformed: {error}") from None
    if not parts.ended:
        raise BadRequest("The multipart body is incomplete.")
    if parts.form.file_name is None:
        raise BadRequest("The form has no file in a part named file.")
    return parts.form


class _Parts:
    """Callbacks for the multipart parser, and what they have received so far."""

    def __init__(self) -> None:
        self.form = UploadForm()
        self.file = bytearray()
        """Received, and not yet written."""
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
        elif self._name in self.form.fields or len(self.form.fields) >= MAX_FIELDS:
            raise BadRequest(f"The form repeats the field {self._name[:100]!r}, or has more than {MAX_FIELDS} fields.")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.file += data[start:end]
        else:
            self._text += data[start:end]
            if len(self._text) > MAX_FIELD_BYTES:
                raise TooLarge(f"The field {self._name[:100]!r} exceeds {MAX_FIELD_BYTES:,} bytes.")

    def _part_end(self) -> None:
        if self._text:  # browsers send fields that were left blank as empty
            self.form.fields[self._name] = self._text.decode(errors="replace")

    def _end(self) -> None:
        self.ended = True
