"""Scopes and expiry of API keys, over REST, in sessions, and for keys that create keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from tests import harness


async def create_key(client: aiohttp.ClientSession, status: int = 201, **body: Any) -> dict[str, Any]:
    async with client.post("/api/v1/keys", json={"name": "limited", **body}) as response:
        made: dict[str, Any] = await response.json()
        assert response.status == status, made
        return made


@asynccontextmanager
async def limited(url: str, client: aiohttp.ClientSession, **body: Any) -> AsyncIterator[aiohttp.ClientSession]:
    key = await create_key(client, **body)
    async with harness.session(url, key["key"]) as session:
        yield session


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def test_a_read_only_key(url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    for owner in (client, user_client):
        async with limited(url, owner, scopes=["read"]) as reader:
            async with reader.get("/api/v1/jobs") as response:
                assert response.status == 200
            for method, path in (
                ("POST", "/api/v1/jobs"),
                ("POST", "/api/v1/keys"),
                ("PATCH", "/api/v1/schedules/x"),
                ("DELETE", "/api/v1/keys/x"),
            ):
                async with reader.request(method, path, json={"type": "noop"}) as response:
                    assert response.status == 403, path
                    expected = 'Bearer error="insufficient_scope", scope="write"'
                    assert response.headers["WWW-Authenticate"] == expected
                    assert "lacks the scope `write`" in (await response.json())["detail"]


async def test_a_key_without_the_scope_admin_acts_as_an_ordinary_user(
    url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    async with user_client.post("/api/v1/jobs", json={"type": "noop"}) as response:
        job_id = (await response.json())["jobId"]
    async with limited(url, client, scopes=["read", "write"]) as session:
        for path, status in {"/api/v1/users": 403, f"/api/v1/jobs/{job_id}": 404, "/api/v1/jobs": 200}.items():
            async with session.get(path) as response:
                assert response.status == status, path
        async with session.post("/api/v1/jobs", json={"type": "noop", "priority": 1}) as response:
            assert response.status == 403
        assert (await create_key(session))["scopes"] == ["read", "write"]
        assert "lacks the scope admin" in (await create_key(session, 403, scopes=["admin"]))["detail"]


async def test_a_key_gives_no_more_than_it_has(url: str, client: aiohttp.ClientSession) -> None:
    async with limited(url, client, expiresAt=in_days(2)) as session:
        inherited = await create_key(session)
        assert inherited["expiresAt"] is not None
        await create_key(session, expiresAt=in_days(1))
        assert "not be later" in (await create_key(session, 422, expiresAt=in_days(3)))["detail"]
    async with limited(url, client, scopes=["write"]) as writer:
        assert (await create_key(writer))["scopes"] == ["write"]
        async with writer.get("/api/v1/jobs") as response:
            assert response.status == 403
            assert 'scope="read"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes.0"),
        ({"expiresAt": "yesterday"}, "expiresAt"),
        ({"expiresAt": "2001-01-01T00:00:00Z"}, "expiresAt"),
    ],
)
async def test_wrong_limits_are_refused(client: aiohttp.ClientSession, body: dict[str, Any], field: str) -> None:
    assert (await create_key(client, 422, **body))["errors"][0]["field"] == field


async def test_only_keys_of_admins_have_the_scope_admin(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    assert (await create_key(client))["scopes"] == ["read", "write", "admin"]
    assert (await create_key(user_client))["scopes"] == ["read", "write"]
    assert "only keys of administrators" in (await create_key(user_client, 422, scopes=["admin"]))["detail"]


async def test_an_expired_key_and_its_sessions_stop(url: str, client: aiohttp.ClientSession, db_pool: Pool) -> None:
    key = await create_key(client, expiresAt=in_days(1))
    async with (
        harness.session(url, key["key"]) as session,
        aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser,
    ):
        page = await (await browser.get("/login")).text()
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        async with browser.post("/login", data={"csrf": token, "key": key["key"]}) as response:
            assert response.status == 200 and "/login" not in str(response.url)
        async with session.get("/api/v1/me") as response:
            assert response.status == 200
        await db_pool.execute("UPDATE api_keys SET expires_at = now() WHERE id = $1::uuid", key["id"])

        async def is_refused() -> bool:
            async with session.get("/api/v1/me") as mine, browser.get("/", allow_redirects=False) as page:
                return mine.status == 401 and page.status == 303

        await harness.eventually(is_refused)


async def test_the_last_admin_key_must_have_the_scope_admin(client: aiohttp.ClientSession) -> None:
    await create_key(client, scopes=["read", "write"])
    async with client.get("/api/v1/keys") as response:
        [own] = [
            key
            for key in (await response.json())["keys"]
            if key["scopes"] == ["admin", "read", "write"] or key["prefix"] == ""
        ]
    async with client.delete(f"/api/v1/keys/{own['id']}") as response:
        assert response.status == 409


async def test_a_session_has_the_scopes_of_its_key(url: str, client: aiohttp.ClientSession) -> None:
    key = await create_key(client, scopes=["read"])
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        page = await (await browser.get("/login")).text()
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        async with browser.post("/login", data={"csrf": token, "key": key["key"]}) as response:
            assert response.status == 200
        page = await (await browser.get("/keys")).text()
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        async with browser.post("/keys", data={"csrf": token, "name": "more"}) as response:
            assert response.status == 403
        async with browser.get("/users") as response:
            assert response.status == 403
        async with browser.post("/logout", data={"csrf": token}) as response:
            assert response.status == 200 and str(response.url).endswith("/login")
