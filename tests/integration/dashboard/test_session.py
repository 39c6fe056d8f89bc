"""Signing in, what the cookie opens and what it does not, and where a session ends."""

from __future__ import annotations

import aiohttp
import pytest

from app.db.core import audit
from app.db.core.pool import Pool
from app.settings import Settings
from app.web.dashboard.accounts.login import MAX_FAILURES
from app.web.dashboard.core.html import local_path
from tests import harness
from tests.integration.dashboard.conftest import Visitor, visitor


def cookie(page_headers: dict[str, str]) -> str:
    return page_headers.get("Set-Cookie", "")


async def test_strangers_are_sent_to_the_sign_in_and_back(url: str, admin_id: object) -> None:
    async with visitor(url) as stranger:
        page = await stranger.get("/queues?span=24h")
        assert (page.status, page.location) == (303, "/login?next=/queues%3Fspan%3D24h")
        done = await stranger.post("/login", form="/login", key=harness.ADMIN_KEY, next="/queues?span=24h")
        assert (done.status, done.location) == (303, "/queues?span=24h")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookie_is_closed_to_scripts_and_other_sites(url: str, admin_id: object, scheme: str) -> None:
    async with visitor(url) as one:
        fields = {"csrf": await one.token("/login"), "key": harness.ADMIN_KEY, "next": "/"}
        done = await one.send("/login", fields, **{"X-Forwarded-Proto": scheme})
        flags = cookie(done.headers).lower()
        assert "httponly" in flags
        assert "samesite=lax" in flags
        assert ("secure" in flags) is (scheme == "https")


async def test_a_form_without_our_token_does_nothing(admin: Visitor, client: aiohttp.ClientSession) -> None:
    other = await admin.token("/keys")
    for fields in ({}, {"csrf": ""}, {"csrf": "made.up"}, {"csrf": other[:-1] + ("0" if other[-1] != "0" else "1")}):
        page = await admin.send("/keys", {"name": "stolen", **fields})
        assert page.status == 403
    page = await admin.send("/keys", {"name": "stolen", "csrf": other}, **{"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    async with client.get("/api/v1/keys") as response:
        assert "stolen" not in await response.text()


async def test_the_token_of_one_session_is_none_of_another(admin: Visitor, user: Visitor) -> None:
    page = await admin.send("/keys", {"name": "x", "csrf": await user.token("/keys")})
    assert page.status == 403


async def test_nobody_is_signed_in_from_another_site(url: str, admin_id: object) -> None:
    async with visitor(url) as one:
        assert (await one.send("/login", {"key": harness.ADMIN_KEY, "csrf": ""})).status == 403


async def test_the_cookie_reads_the_rest_interface_and_changes_nothing_there(admin: Visitor) -> None:
    assert (await admin.get("/api/v1/jobs")).status == 200
    async with admin.session.post("/api/v1/jobs", json={"type": "noop"}) as response:
        assert response.status == 401
    value = next(one.value for one in admin.session.cookie_jar if one.key == "trigpoint_session")
    async with admin.session.post(
        "/api/v1/jobs", json={"type": "noop"}, headers={"Authorization": f"Bearer {value}"}
    ) as response:
        assert response.status == 401


async def test_the_cookie_reads_nothing_for_pages_of_others(admin: Visitor) -> None:
    assert (await admin.get("/api/v1/jobs", **{"Sec-Fetch-Site": "cross-site"})).status == 401


async def test_a_made_up_cookie_opens_nothing(url: str, admin: Visitor) -> None:
    value = next(one.value for one in admin.session.cookie_jar if one.key == "trigpoint_session")
    async with visitor(url) as other:
        for made_up in (value[:-2], value.replace("~", "~x"), "~", "nonsense", value + "x"):
            page = await other.get("/keys", Cookie=f"trigpoint_session={made_up}")
            assert page.status == 303, made_up


async def test_another_secret_ends_all_sessions(settings: Settings, admin_id: object) -> None:
    async with harness.api(settings) as url, visitor(url, harness.ADMIN_KEY) as one:
        value = next(c.value for c in one.session.cookie_jar if c.key == "trigpoint_session")
    changed = settings.model_copy(update={"session_secret": "another one of sixteen"})
    async with harness.api(changed) as url, visitor(url) as one:
        assert (await one.get("/", Cookie=f"trigpoint_session={value}")).status == 303


async def test_a_session_dies_with_its_key(user: Visitor, client: aiohttp.ClientSession) -> None:
    assert (await user.get("/")).status == 200
    async with client.get("/api/v1/keys") as response:
        key = next(one for one in (await response.json())["keys"] if one["name"] == "tests")
    async with client.delete(f"/api/v1/keys/{key['id']}") as response:
        assert response.status == 204
    assert (await user.get("/")).location == "/login"


async def test_a_disabled_user_is_signed_out(user: Visitor, client: aiohttp.ClientSession) -> None:
    assert (await user.get("/")).status == 200
    async with client.get("/api/v1/users") as response:
        person = next(one for one in (await response.json())["users"] if one["role"] == "user")
    async with client.patch(f"/api/v1/users/{person['id']}", json={"disabled": True}) as response:
        assert response.status == 200
    assert (await user.get("/")).location == "/login"


async def test_guessing_is_slowed_down(url: str, admin_id: object) -> None:
    async with visitor(url) as one:
        token = await one.token("/login")
        for _ in range(MAX_FAILURES):
            assert (await one.send("/login", {"csrf": token, "key": "tp_guess"})).status == 403
        assert (await one.send("/login", {"csrf": token, "key": harness.ADMIN_KEY})).status == 429


async def test_coming_and_going_is_on_record(admin: Visitor, db_pool: Pool) -> None:
    assert (await admin.post("/logout")).location == "/login"
    assert (await admin.get("/")).location == "/login"
    async with db_pool.acquire() as conn:
        told = [entry.action for entry in await audit.list_entries(conn, limit=2)]
    assert told == ["SIGNED_OUT", "SIGNED_IN"]


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "evil", "/a\nb"]
)
def test_nobody_is_sent_to_another_site(path: str) -> None:
    assert local_path(path) == "/"


def test_own_pages_are_gone_on_to() -> None:
    assert local_path("/jobs/1?x=//y") == "/jobs/1?x=//y"
