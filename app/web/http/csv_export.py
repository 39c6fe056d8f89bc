"""CSV downloads: streamed page by page, with cells that no spreadsheet takes for a formula."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from starlette.responses import StreamingResponse

from app.domain.text import csv_writer
from app.web.http.responses import attachment

MEDIA_TYPE = "text/csv; charset=utf-8"


async def csv_response(
    file_name: str, header: Sequence[str], pages: AsyncIterator[Iterable[Iterable[object]]]
) -> StreamingResponse:
    """Stream `header` and then the rows of every page; each cell is converted by `to_cell`."""
    lines = ((csv_writer.line(map(to_cell, row)) for row in page) async for page in pages)
    return await csv_lines_response(file_name, csv_writer.line(header), lines)


async def csv_lines_response(
    file_name: str, header_line: str, pages: AsyncIterator[Iterable[str]]
) -> StreamingResponse:
    """Stream lines that are CSV already; they come without their line ends.

    The first page is read before the response begins, so that an error in it becomes a problem document.
    """
    empty: list[str] = []  # not a tuple: CPython would take such a default for the arguments of StopIteration
    first = await anext(pages, empty)
    return StreamingResponse(_encode(header_line, first, pages), media_type=MEDIA_TYPE, headers=attachment(file_name))


async def _encode(header_line: str, first: Iterable[str], rest: AsyncIterator[Iterable[str]]) -> AsyncIterator[bytes]:
    yield f"{header_line}\r\n".encode()
    yield _join(first)
    async for page in rest:
        yield _join(page)


def _join(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def to_cell(value: object) -> object:
    """Mark text that a spreadsheet would calculate as text; write booleans in lower case and times in ISO 8601."""
    match value:
        case str():
            return csv_writer.guarded(value)
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat()
        case _:
            return value
