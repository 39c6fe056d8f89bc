"""A user may have a few downloads in progress; each counts until it was sent, or failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.requests import Request

from app.domain.text.typed_columns import typed_columns
from app.errors import TooManyRequests
from app.web.http.downloads import send_table
from app.web.http.open_requests import OpenRequests
from app.web.http.request_context import CALLER
from app.web.http.table_download import Row, Table
from app.web.http.table_formats import TableFormat

DOWNLOADS = OpenRequests(2, 0)
ANN, BEN = uuid4(), uuid4()


def request_of(user_id: UUID) -> Request:
    platform = SimpleNamespace(downloads=DOWNLOADS, settings=SimpleNamespace(max_downloads=2))
    app = SimpleNamespace(state=SimpleNamespace(platform=platform))
    caller = SimpleNamespace(user=SimpleNamespace(id=user_id))
    return Request({"type": "http", "method": "GET", "path": "/", "headers": [], "app": app, CALLER: caller})


def table(*, fails: bool = False) -> Table:
    async def pages() -> AsyncIterator[Sequence[Row]]:
        if fails:
            raise LookupError
        yield [["a", datetime(2026, 1, 1, tzinfo=UTC)]]

    return Table("things", typed_columns(("name", "at"), dates=("at",)), pages())


async def send(response: Any) -> bytes:
    sent = b""

    async def receive() -> Any:
        raise AssertionError("the client says nothing")

    async def collect(message: Any) -> None:
        nonlocal sent
        sent += message.get("body", b"")

    await response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, collect)
    return sent


@pytest.mark.parametrize("format", [TableFormat.CSV, TableFormat.XLSX])
async def test_a_third_download_waits_for_the_first(format: TableFormat) -> None:
    first, second = [await send_table(request_of(ANN), table(), format) for _ in range(2)]
    with pytest.raises(TooManyRequests, match="You have 2 downloads in progress") as refused:
        await send_table(request_of(ANN), table(), format)
    assert refused.value.headers["Retry-After"] and refused.value.extra == {"limit": "downloads", "maximum": 2}
    other = await send_table(request_of(BEN), table(), format)
    assert first.headers["content-disposition"] and await send(first)
    third = await send_table(request_of(ANN), table(), format)
    for response in (second, third, other):
        assert await send(response)


async def test_downloads_that_fail_do_not_count() -> None:
    for _ in range(3):
        with pytest.raises(LookupError):
            await send_table(request_of(ANN), table(fails=True), TableFormat.CSV)
    assert await send(await send_table(request_of(ANN), table(), TableFormat.CSV))
