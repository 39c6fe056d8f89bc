"""One platform with a story for all tests in a browser, and pages on it that complain for themselves.

On a machine without a browser these tests are left out, and the run says so; CI has one (`make browser`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, StorageState

from tests import harness
from tests.acceptance.commands import Up, environment
from tests.browser import browser, story
from tests.browser.screenshots import sign_in

if browser.find() is None and not os.environ.get("CI"):
    collect_ignore_glob = ["test_*.py"]


@dataclass(frozen=True)
class World:
    url: str
    ids: dict[str, str]
    """Of jobs, by what they show."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    env = environment(
        TRIGPOINT_ADMIN_KEY=harness.ADMIN_KEY,
        TRIGPOINT_GEOCODERS="offline",
        TRIGPOINT_EXTRA_KINDS="tests.benchmarks.noop,tests.scripted",
    )
    up = Up(tmp_path_factory.mktemp("browser") / "data", env)
    try:
        url = up.start().url

        async def tell() -> dict[str, str]:
            async with harness.session(url, harness.ADMIN_KEY) as client:
                return await story.tell(client)

        yield World(url, asyncio.run(tell()))
    finally:
        up.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser.opened() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def client(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """The administrator's session with the REST interface."""
    async with harness.session(world.url, harness.ADMIN_KEY) as session:
        yield session


REFUSED = "the server responded with a status of 4"
"""The console counts as an error that a form was answered with what is wrong in it."""


class Complaints(list[str]):
    """What the console of a page said against it, and scripts that failed."""

    def attach(self, page: Page) -> None:
        page.on("console", self.note)
        page.on("pageerror", lambda error: self.append(str(error)))

    def note(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and REFUSED not in said.text:
            self.append(said.text)


_states: dict[str, StorageState] = {}
"""Cookies of those who signed in before, by their keys."""


@asynccontextmanager
async def opened_page(
    chromium: Browser, world: World, *, key: str = harness.ADMIN_KEY, **options: Any
) -> AsyncIterator[Page]:
    """A page that is signed in; at its end its console must have been silent."""
    context = await chromium.new_context(base_url=world.url, storage_state=_states.get(key), **options)
    context.set_default_timeout(15_000)
    page = await context.new_page()
    if key not in _states:
        await sign_in(page, world.url, key)
        _states[key] = await context.storage_state()
    complaints = Complaints()
    complaints.attach(page)
    await page.goto("/")
    yield page
    assert complaints == []
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, world: World) -> AsyncIterator[Page]:
    async with opened_page(chromium, world, viewport={"width": 1280, "height": 860}) as opened:
        yield opened
