"""The stores of pages and turns, in memory and in Postgres, fulfil the contract of `providers.web.store.Store`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.db.core.pool import Pool
from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import MemoryStore, Page, Store, Turn
from providers.web.store import TURN_SECONDS
from tests.harness import eventually
from workers.websites.postgres_store import PostgresStore

PAGE = Page(
    url="http://a.test/",
    final_url="http://a.test/",
    outcome=WebsiteStatus.OK,
    fetched_at=datetime.now(UTC),
    status=200,
    media_type="text/html",
    html="<p>Grüße \0 " + "x" * 200_000,
    truncated=True,
    elapsed_ms=12,
    certificate_expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    etag='"a"',
    last_modified="Mon, 01 Jan 2024 00:00:00 GMT",
)


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest, db_pool: Pool) -> Store:
    return MemoryStore() if request.param == "memory" else PostgresStore(db_pool)


async def take(store: Store, host: str, since: datetime | None = None) -> Page | Turn | float:
    return await store.acquire(f"http://{host}/", host, since or datetime.now(UTC))


async def turn(store: Store, host: str) -> Turn:
    taken = await take(store, host)
    assert isinstance(taken, Turn)
    return taken


async def test_a_page_is_returned_as_it_was_stored(store: Store) -> None:
    wanted = datetime.now(UTC)
    first = await turn(store, "a.test")
    assert first.cached is None
    await store.release(first, 60.0, PAGE)
    found = await take(store, "a.test", PAGE.fetched_at)
    assert isinstance(found, Page)
    assert replace(found, fetched_at=PAGE.fetched_at, html=found.html.replace("\ufffd", "\0")) == PAGE
    assert found.fetched_at >= PAGE.fetched_at
    assert isinstance(await take(store, "a.test", wanted + timedelta(hours=1)), float)


async def test_a_page_that_is_too_old_is_returned_with_the_turn(store: Store) -> None:
    await store.release(await turn(store, "a.test"), 0.0, PAGE)
    second = await turn(store, "a.test")
    assert second.cached is not None
    assert second.cached.etag == PAGE.etag


async def test_temporary_failures_are_cached_for_a_while(store: Store, db_pool: Pool) -> None:
    failed = replace(PAGE, outcome=WebsiteStatus.TIMEOUT, html="", fetched_at=datetime.now(UTC))
    an_hour_ago = failed.fetched_at - timedelta(hours=1)
    await store.release(await turn(store, "a.test"), 0.0, failed)
    assert isinstance(await take(store, "a.test", an_hour_ago), Page)
    if isinstance(store, PostgresStore):
        await db_pool.execute("UPDATE web_pages SET fetched_at = now() - interval '31 seconds'")
    else:
        old = replace(failed, fetched_at=failed.fetched_at - timedelta(seconds=31))
        await store.release(await turn(store, "a.test"), 0.0, old)
    assert isinstance(await take(store, "a.test", an_hour_ago), Turn)


async def test_only_one_caller_has_the_turn(store: Store) -> None:
    first = await turn(store, "a.test")
    assert isinstance(await take(store, "a.test"), float)
    await store.renew(first)
    assert isinstance(await take(store, "a.test"), float)
    assert isinstance(await take(store, "b.test"), Turn)
    await store.release(first, 0.0)
    second = await turn(store, "a.test")
    await store.release(first, 0.0)  # no longer held
    assert isinstance(await take(store, "a.test"), float)
    await store.release(second, 0.0)
    assert isinstance(await take(store, "a.test"), Turn)


async def test_the_pause_is_kept(store: Store) -> None:
    await store.release(await turn(store, "a.test"), 60.0)
    wait = await take(store, "a.test")
    assert isinstance(wait, float)
    assert 50.0 < wait <= 60.0


async def test_a_turn_whose_caller_was_cancelled_is_released(store: Store) -> None:
    taking = [asyncio.create_task(turn(store, "a.test")) for _ in range(2)]
    await asyncio.sleep(0)
    for task in taking:
        task.cancel()
    await asyncio.wait(taking)

    async def free() -> bool:
        return isinstance(await take(store, "a.test"), Turn)

    await eventually(free, within=TURN_SECONDS / 2)


async def test_many_at_once_get_their_own(store: Store) -> None:
    hosts = [f"{number}.test" for number in range(40)]
    turns = await asyncio.gather(*(turn(store, host) for host in hosts))
    assert [turn.host for turn in turns] == hosts
    pages = [replace(PAGE, url=f"http://{host}/", html=host) for host in hosts]
    await asyncio.gather(*(store.release(held, 0.0, page) for held, page in zip(turns, pages, strict=True)))
    found = await asyncio.gather(*(take(store, host, PAGE.fetched_at) for host in hosts))
    assert [page.html for page in found if isinstance(page, Page)] == hosts
