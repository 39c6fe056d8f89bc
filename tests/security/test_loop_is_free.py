"""Requests for very many rows work in slices and threads, so that the event loop serves others in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import aiohttp
import asyncpg
import orjson
import pytest

from app.db.core.slices import ROWS_PER_SLICE, in_slices, slices
from app.domain.text.json_guard import check_json
from app.web.http import responses

JSON = {"Content-Type": "application/json"}


class Work:
    """The most rows that a statement received at once, and the threads that encoded responses."""

    def __init__(self) -> None:
        self.most_rows = 0
        self.threads: set[str] = set()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    seen = Work()
    encode = responses.encode

    def note_rows(name: str) -> None:
        original = getattr(asyncpg.Connection, name)

        async def run(self: Any, query: str, *args: Any, **kwargs: Any) -> Any:
            columns = [arg for arg in args if isinstance(arg, list)]
            if len(columns) > 1:  # a single one is a list of keys to lock
                seen.most_rows = max(seen.most_rows, *map(len, columns))
            return await original(self, query, *args, **kwargs)

        monkeypatch.setattr(asyncpg.Connection, name, run)

    def note_thread(content: Any) -> bytes:
        encoded = encode(content)
        if len(encoded) > 100_000:
            seen.threads.add(threading.current_thread().name.partition("_")[0])
        return encoded

    for name in ("fetch", "fetchrow", "execute"):
        note_rows(name)
    monkeypatch.setattr(responses, "encode", note_thread)
    yield seen


async def post(client: aiohttp.ClientSession, path: str, entries: list[Any]) -> Any:
    async with client.post(path, data=BytesIO(orjson.dumps(entries)), headers=JSON) as response:
        body = orjson.loads(await response.read())
        assert response.status in (201, 202), body
        return body


async def test_jobs(client: aiohttp.ClientSession, work: Work) -> None:
    jobs = [{"type": "noop", "dedupeKey": f"key {number % 2_400}"} for number in range(2_500)]
    created = await post(client, "/api/v1/jobs", jobs)
    assert created["total"] == 2_500 and sum(job["isNew"] for job in created["jobs"]) == 2_400
    assert [job["jobId"] for job in created["jobs"][:100]] == [job["jobId"] for job in created["jobs"][2_400:]]
    assert (work.most_rows, work.threads) == (ROWS_PER_SLICE, {"request"})


async def test_households(client: aiohttp.ClientSession, work: Work) -> None:
    households = [{"externalId": str(number), "address": f"{number} Main St"} for number in range(2_500)]
    assert (await post(client, "/api/v1/households", households))["created"] == 2_500
    households[7]["address"] = "7 High St"
    again = await post(client, "/api/v1/households", households[::-1])
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 2_499)
    assert work.most_rows == ROWS_PER_SLICE


async def test_businesses(client: aiohttp.ClientSession, work: Work) -> None:
    businesses = [{"name": f"Acme {number}", "website": f"https://a{number}.example"} for number in range(1_500)]
    created = await post(client, "/api/v1/businesses", businesses)
    assert [business["isNew"] for business in created["businesses"]] == [True] * 1_500
    assert (work.most_rows, work.threads) == (ROWS_PER_SLICE, {"request"})


async def test_companies(client: aiohttp.ClientSession, work: Work) -> None:
    created = await post(client, "/api/companies", [{"name": f"Acme {number}"} for number in range(1_000)])
    assert created["created"] == 1_000 and work.threads == {"request"}


async def test_slices() -> None:
    assert [list(part) for part in slices(range(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    parts: list[int] = []

    def double(part: Any) -> Iterator[int]:
        parts.append(len(part))
        return (2 * number for number in part)

    assert await in_slices(range(7), double, 3) == [0, 2, 4, 6, 8, 10, 12] and parts == [3, 3, 1]
    assert await in_slices([], double) == []


def test_long_texts_are_searched_for_long_numbers_in_blocks() -> None:
    for distance in range(-25, 25):
        before = b'["' + b"x" * ((256 << 10) + distance) + b'",'
        check_json(before + b"1234567890123456789]")
        with pytest.raises(ValueError, match="64 bits"):
            check_json(before + b"92233720368547758079]")
