"""Pages and turns in Postgres keep the promises of `providers.web.store.Store`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.db.pool import Pool
from providers.web import MemoryStore, Outcome, Page, Store, Turn
from workers.websites.store import PostgresStore

PAGE = Page(
    url="http://a.test/",
    final_url="http://a.test/",
    outcome=Outcome.OK,
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


async def turn(store: Store, host: str) -> Turn:
    taken = await store.take(host)
    assert isinstance(taken, Turn)
    return taken


async def test_a_page_comes_back_as_it_was_kept(store: Store) -> None:
    assert await store.find(PAGE.url) is None
    await store.give_back(await turn(store, "a.test"), 0.0, PAGE)
    found = await store.find(PAGE.url)
    assert found is not None
    assert replace(found, fetched_at=PAGE.fetched_at, html=found.html.replace("\ufffd", "\0")) == PAGE
    assert found.fetched_at >= PAGE.fetched_at


async def test_only_one_has_the_turn(store: Store) -> None:
    first = await turn(store, "a.test")
    assert isinstance(await store.take("a.test"), float)
    await store.renew(first)
    assert isinstance(await store.take("a.test"), float)
    assert isinstance(await store.take("b.test"), Turn)
    await store.give_back(first, 0.0)
    second = await turn(store, "a.test")
    await store.give_back(first, 0.0)  # not theirs any more
    assert isinstance(await store.take("a.test"), float)
    await store.give_back(second, 0.0)
    assert isinstance(await store.take("a.test"), Turn)


async def test_the_pause_is_kept(store: Store) -> None:
    await store.give_back(await turn(store, "a.test"), 60.0)
    wait = await store.take("a.test")
    assert isinstance(wait, float)
    assert 50.0 < wait <= 60.0
