"""Signing in, what the session cookie allows, and what ends a session."""

from __future__ import annotations

import re

import aiohttp
import pytest

from app.db.core import audit
from app.db.core.pool import Pool
from app.settings import Settings
from app.web.accounts.key_lookup import MAX_FAILURES
from app.web.dashboard.core.html import local_path
from tests import harness
from tests.integration.dashboard.conftest import TOKEN, Visitor, visitor


async def test_signing_in_returns_to_the_requested_page(url: str, admin_id: object) -> None:
    async with visitor(url) as stranger:
        page = await stranger.get("/queues?span=24h")
        assert (page.status, page.location) == (303, "/login?next=/queues%3Fspan%3D24h")
        done = await stranger.post("/login", form="/login", key=harness.ADMIN_KEY, next="/queues?span=24h")
        assert (done.status, done.location) == (303, "/queues?span=24h")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookie_is_hidden_from_scripts_and_other_sites(url: str, admin_id: object, scheme: str) -> None:
    name = {"http": "trigpoint_session", "https": "__Host-trigpoint_session"}[scheme]
    async with aiohttp.ClientSession(url, headers={"X-Forwarded-Proto": scheme}) as stranger:
        async with stranger.get("/login") as page:
            found = TOKEN.search(await page.text())
            assert found is not None
            visit = page.headers["Set-Cookie"].partition(";")[0]
        fields = {"csrf": found[1], "key": harness.ADMIN_KEY, "next": "/"}
        async with stranger.post("/login", data=fields, headers={"Cookie": visit}, allow_redirects=False) as done:
            flags = done.headers["Set-Cookie"].lower().split("; ")
            value = done.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
        assert flags[0].startswith(f"{name.lower()}=")
        assert {"httponly", "samesite=lax", "path=/"} <= set(flags)
        assert not any(flag.startswith("domain") for flag in flags)
        assert ("secure" in flags) is (scheme == "https")
        headers = {"Cookie": f"{name}={value}"}
        async with stranger.get("/", headers=headers, allow_redirects=False) as page:
            assert page.status == 200


async def test_over_https_a_cookie_that_another_host_can_plant_is_ignored(url: str, admin_id: object) -> None:
    async with visitor(url, harness.ADMIN_KEY) as admin:
        assert (await admin.get("/", **{"X-Forwarded-Proto": "https"})).status == 303
    async with visitor(url) as stranger:
        token = await stranger.token("/login")
        fields = {"csrf": token, "key": harness.ADMIN_KEY}
        assert (await stranger.send("/login", fields, **{"X-Forwarded-Proto": "https"})).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_another_site_cannot_sign_a_visitor_in_over_plain_http(url: str, admin_id: object, origin: str) -> None:
    async with visitor(url) as stranger:
        fields = {"csrf": await stranger.token("/login"), "key": harness.ADMIN_KEY}
        assert (await stranger.send("/login", fields, Origin=origin)).status == 403
        assert (await stranger.send("/login", fields, Origin=url)).status == 303


async def test_a_form_without_a_valid_token_is_refused(admin: Visitor, client: aiohttp.ClientSession) -> None:
    other = await admin.token("/keys")
    for fields in ({}, {"csrf": ""}, {"csrf": "made.up"}, {"csrf": other[:-1] + ("0" if other[-1] != "0" else "1")}):
        page = await admin.send("/keys", {"name": "stolen", **fields})
        assert page.status == 403
    page = await admin.send("/keys", {"name": "stolen", "csrf": other}, **{"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    async with client.get("/api/v1/keys") as response:
        assert "stolen" not in await response.text()


async def test_a_token_is_valid_in_its_own_session_only(admin: Visitor, user: Visitor) -> None:
    page = await admin.send("/keys", {"name": "x", "csrf": await user.token("/keys")})
    assert page.status == 403


async def test_signing_in_needs_a_token(url: str, admin_id: object) -> None:
    async with visitor(url) as stranger:
        assert (await stranger.send("/login", {"key": harness.ADMIN_KEY, "csrf": ""})).status == 403


async def test_the_cookie_gives_read_only_access_to_the_rest_interface(admin: Visitor) -> None:
    assert (await admin.get("/api/v1/jobs")).status == 200
    async with admin.session.post("/api/v1/jobs", json={"type": "noop"}) as response:
        assert response.status == 401
    value = next(cookie.value for cookie in admin.session.cookie_jar if cookie.key == "trigpoint_session")
    async with admin.session.post(
        "/api/v1/jobs", json={"type": "noop"}, headers={"Authorization": f"Bearer {value}"}
    ) as response:
        assert response.status == 401


async def test_the_cookie_is_ignored_in_cross_site_requests(admin: Visitor) -> None:
    assert (await admin.get("/api/v1/jobs", **{"Sec-Fetch-Site": "cross-site"})).status == 401


async def test_a_forged_cookie_is_refused(url: str, admin: Visitor) -> None:
    value = next(cookie.value for cookie in admin.session.cookie_jar if cookie.key == "trigpoint_session")
    async with visitor(url) as other:
        for made_up in (value[:-2], value[1:], "~", "nonsense", value + "x"):
            page = await other.get("/keys", Cookie=f"trigpoint_session={made_up}")
            assert page.status == 303, made_up


async def test_changing_the_session_secret_ends_all_sessions(settings: Settings, admin_id: object) -> None:
    async with harness.api(settings) as url, visitor(url, harness.ADMIN_KEY) as admin:
        value = next(cookie.value for cookie in admin.session.cookie_jar if cookie.key == "trigpoint_session")
    changed = settings.model_copy(update={"session_secret": "another one of sixteen"})
    async with harness.api(changed) as url, visitor(url) as stranger:
        assert (await stranger.get("/", Cookie=f"trigpoint_session={value}")).status == 303


async def test_revoking_a_key_signs_its_user_out(user: Visitor, client: aiohttp.ClientSession) -> None:
    assert (await user.get("/")).status == 200
    async with client.get("/api/v1/keys") as response:
        key = next(key for key in (await response.json())["keys"] if key["name"] == "tests")
    async with client.delete(f"/api/v1/keys/{key['id']}") as response:
        assert response.status == 204
    assert (await user.get("/")).location == "/login"


async def test_a_disabled_user_is_signed_out(user: Visitor, client: aiohttp.ClientSession) -> None:
    assert (await user.get("/")).status == 200
    async with client.get("/api/v1/users") as response:
        person = next(person for person in (await response.json())["users"] if person["role"] == "user")
    async with client.patch(f"/api/v1/users/{person['id']}", json={"disabled": True}) as response:
        assert response.status == 200
    assert (await user.get("/")).location == "/login"


async def test_repeated_failures_are_throttled_and_keep_no_right_key_out(url: str, admin_id: object) -> None:
    async with visitor(url) as stranger:
        token = await stranger.token("/login")
        for _ in range(MAX_FAILURES):
            assert (await stranger.send("/login", {"csrf": token, "key": "tp_guess"})).status == 403
        assert (await stranger.send("/login", {"csrf": token, "key": "tp_guess"})).status == 429
        assert (await stranger.send("/login", {"csrf": token, "key": harness.ADMIN_KEY})).status == 303


async def test_signing_in_and_out_is_in_the_audit_log(admin: Visitor, db_pool: Pool) -> None:
    assert (await admin.post("/logout")).location == "/login"
    assert (await admin.get("/")).location == "/login"
    async with db_pool.acquire() as conn:
        actions = [entry.action for entry in await audit.list_entries(conn, limit=2)]
    assert actions == ["SIGNED_OUT", "SIGNED_IN"]


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "evil", "/a\nb"]
)
def test_paths_that_lead_to_another_site_are_not_followed(path: str) -> None:
    assert local_path(path) == "/"


def test_paths_on_this_site_are_followed() -> None:
    assert local_path("/jobs/1?x=//y") == "/jobs/1?x=//y"


async def test_reloading_never_makes_a_second_key(user: Visitor, db_pool: Pool) -> None:
    keys = await db_pool.fetchval("SELECT count(*) FROM api_keys")
    made = await user.post("/keys", name="laptop")
    assert (made.status, made.location) == (303, "/keys")
    shown = (await user.get("/keys")).text
    [secret] = re.findall(r'<code class="secret">(tp_[^<]+)</code>', shown)
    for _ in range(2):
        assert secret not in (await user.get("/keys")).text, "it is shown once"
    assert await db_pool.fetchval("SELECT count(*) FROM api_keys") == keys + 1
    refused = await user.post("/keys", name="x" * 201, access="read", days="90")
    assert refused.status == 422
    assert f'value="{"x" * 201}"' in refused.text
    assert '<option value="read" selected>' in refused.text and '<option value="90" selected>' in refused.text
