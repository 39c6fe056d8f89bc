"""HTTP sessions that sign in, read pages and submit their forms, as a browser without scripts does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from tests import harness

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    headers: dict[str, str]
    location: str


class Visitor:
    """A session that follows no redirects, so that tests can inspect them."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def get(self, path: str, **options: str) -> Page:
        async with self.session.get(path, allow_redirects=False, headers=options) as response:
            return Page(
                response.status, await response.text(), dict(response.headers), response.headers.get("location", "")
            )

    async def token(self, path: str) -> str:
        found = TOKEN.search((await self.get(path)).text)
        assert found is not None
        return found[1]

    async def post(self, path: str, *, form: str = "/keys", **fields: str) -> Page:
        """Submit a form with the token from the page `form`."""
        return await self.send(path, {"csrf": await self.token(form), **fields})

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        async with self.session.post(path, data=fields, allow_redirects=False, headers=headers) as response:
            return Page(
                response.status, await response.text(), dict(response.headers), response.headers.get("location", "")
            )


@asynccontextmanager
async def visitor(url: str, key: str | None = None) -> AsyncIterator[Visitor]:
    """Open a session, signed in if there is a key."""
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        visitor = Visitor(session)
        if key is not None:
            done = await visitor.post("/login", form="/login", key=key, next="/")
            assert (done.status, done.location) == (303, "/"), done.text
        yield visitor


@pytest.fixture
async def admin(url: str) -> AsyncIterator[Visitor]:
    async with visitor(url, harness.ADMIN_KEY) as signed_in:
        yield signed_in


@pytest.fixture
async def user(url: str, user_client: aiohttp.ClientSession) -> AsyncIterator[Visitor]:
    """A session of the user of `user_client`, who is not an administrator."""
    async with visitor(url, user_client.headers["Authorization"].removeprefix("Bearer ")) as signed_in:
        yield signed_in
