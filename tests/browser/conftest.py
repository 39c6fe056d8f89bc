"""A platform with data for all browser tests, and pages whose console must stay silent.

On a machine without a browser these tests are not collected; CI has one (`make browser`).
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
from playwright.async_api import Browser, ConsoleMessage, Page, StorageState, expect

from tests import harness
from tests.acceptance.commands import Up, environment
from tests.browser import browser, sales_data, sample_data
from tests.browser.screenshots import sign_in

# a loaded machine may take long to show what a test expects
expect.set_options(timeout=60_000)

if browser.find() is None and not os.environ.get("CI"):
    collect_ignore_glob = ["test_*.py"]


@dataclass(frozen=True)
class World:
    url: str
    ids: dict[str, str]
    """Ids of jobs, by what they show."""


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

        async def create_data() -> dict[str, str]:
            async with harness.session(url, harness.ADMIN_KEY) as client:
                ids = await sample_data.create(client)
                return ids | await sales_data.create(client, up.dsn)

        yield World(url, asyncio.run(create_data()))
    finally:
        up.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser.opened() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def client(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with the REST interface as the administrator."""
    async with harness.session(world.url, harness.ADMIN_KEY) as session:
        yield session


ERROR_RESPONSE = "the server responded with a status of 4"
"""The console logs this as an error when the response is the form with its errors; it is expected."""


class ConsoleErrors(list[str]):
    """Errors and warnings in the console of a page, and exceptions of its scripts."""

    def attach(self, page: Page) -> None:
        page.on("console", self.record)
        page.on("pageerror", lambda error: self.append(str(error)))

    def record(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and ERROR_RESPONSE not in message.text:
            self.append(message.text)


_sessions: dict[str, StorageState] = {}
"""Cookies of earlier sign-ins, by API key."""


@asynccontextmanager
async def opened_page(
    chromium: Browser, world: World, *, key: str = harness.ADMIN_KEY, **options: Any
) -> AsyncIterator[Page]:
    """Open a page that is signed in. Fails at the end if there was an error in its console."""
    context = await chromium.new_context(base_url=world.url, storage_state=_sessions.get(key), **options)
    context.set_default_timeout(15_000)
    page = await context.new_page()
    if key not in _sessions:
        await sign_in(page, world.url, key)
        _sessions[key] = await context.storage_state()
    errors = ConsoleErrors()
    errors.attach(page)
    await page.goto("/")
    yield page
    assert errors == []
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, world: World) -> AsyncIterator[Page]:
    async with opened_page(chromium, world, viewport={"width": 1280, "height": 860}) as opened:
        yield opened
