"""CSV downloads: cells, lines, and the first page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import pytest

from app.web.http.csv_export import csv_response, to_cell


async def pages_of(*pages: Iterable[Iterable[object]]) -> AsyncIterator[Iterable[Iterable[object]]]:
    for page in pages:
        yield page


async def body_of(*pages: Iterable[Iterable[object]]) -> str:
    response = await csv_response("report.csv", ("name", "value"), pages_of(*pages))
    return b"".join([chunk async for chunk in response.body_iterator if isinstance(chunk, bytes)]).decode()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("plain", "plain"),
        (-1.5, -1.5),
        (True, "true"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (None, None),
    ],
)
def test_cells(value: object, cell: object) -> None:
    assert to_cell(value) == cell


async def test_all_pages_follow_the_header() -> None:
    text = await body_of([["a", 1], ["b, c", None]], [], [["+1", False]])
    assert text == 'name,value\r\na,1\r\n"b, c",\r\n\'+1,false\r\n'


async def test_without_rows_there_is_a_header() -> None:
    assert await body_of() == "name,value\r\n"


async def test_an_error_in_the_first_page_comes_before_the_response() -> None:
    async def failing() -> AsyncIterator[Iterable[Iterable[object]]]:
        raise ConnectionError
        yield

    with pytest.raises(ConnectionError):
        await csv_response("report.csv", ("name",), failing())


async def test_the_file_name_is_plain_ascii() -> None:
    response = await csv_response('wähler"; x=1.csv', ("name",), pages_of())
    assert response.headers["content-disposition"] == 'attachment; filename="w_hler__ x_1.csv"'
