"""A stream ends when its key or session ends, in every process, with or without a notification."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.accounts.test_auth import bearer, make_key, make_user
from tests.integration.dashboard.conftest import visitor
from tests.integration.households.calls import call
from tests.security.streams import IN_TIME_SECONDS, Feed

End = Callable[[aiohttp.ClientSession, Pool, dict[str, str]], Awaitable[None]]


async def revoke_key(admin: aiohttp.ClientSession, pool: Pool, ids: dict[str, str]) -> None:
    assert (await call(admin, "DELETE", f"/api/v1/keys/{ids['key']}")).status == 204


async def disable_user(admin: aiohttp.ClientSession, pool: Pool, ids: dict[str, str]) -> None:
    assert (await call(admin, "PATCH", f"/api/v1/users/{ids['user']}", json={"disabled": True})).status == 200


async def revoke_in_the_database(admin: aiohttp.ClientSession, pool: Pool, ids: dict[str, str]) -> None:
    """No process is notified."""
    await pool.execute("UPDATE api_keys SET revoked_at = now() WHERE id = $1::uuid", ids["key"])


ENDS = [revoke_key, disable_user, revoke_in_the_database]


@asynccontextmanager
async def somebody(
    admin: aiohttp.ClientSession, url: str, role: str
) -> AsyncIterator[tuple[aiohttp.ClientSession, dict[str, str]]]:
    """A user with a key, and their client on the API at `url`."""
    user = await make_user(admin, f"{role}@example.com", role)
    key = await make_key(admin, user["id"])
    async with aiohttp.ClientSession(url, headers=bearer(key["key"])) as client:
        yield client, {"user": user["id"], "key": key["id"], "text": key["key"]}


@pytest.mark.parametrize("end", ENDS)
async def test_a_jobs_stream_and_long_poll_end(
    settings: Settings, client: aiohttp.ClientSession, db_pool: Pool, end: End
) -> None:
    async with harness.api(settings) as other_api, somebody(client, other_api, "user") as (theirs, ids):
        job_id = (await call(theirs, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
        stream = await Feed(theirs, f"/api/v1/jobs/{job_id}/events").open()
        poll = asyncio.create_task(call(theirs, "GET", f"/api/v1/jobs/{job_id}", headers={"Prefer": "wait=30"}))
        await asyncio.sleep(0.2)  # until the poll is waiting
        await end(client, db_pool, ids)
        async with asyncio.timeout(IN_TIME_SECONDS):
            text, polled = await stream, await poll
        assert text.rstrip().rpartition("\n\n")[2].startswith('event: end\ndata: {"reason":"unauthorized"')
        assert polled.status == 401
        assert (await call(theirs, "GET", "/api/v1/me")).status == 401


@pytest.mark.parametrize("end", ENDS)
async def test_a_page_ends_and_reloads(
    settings: Settings, client: aiohttp.ClientSession, db_pool: Pool, end: End
) -> None:
    async with (
        harness.api(settings) as other_api,
        somebody(client, other_api, "user") as (_, ids),
        visitor(other_api, ids["text"]) as page,
    ):
        stream = await Feed(page.session, "/live/jobs?top=1").open()
        await end(client, db_pool, ids)
        async with asyncio.timeout(IN_TIME_SECONDS):
            assert (await stream).rstrip().endswith("event: reload\ndata: {}")
        assert (await page.get("/")).location == "/login"


async def test_a_demoted_administrator_sees_no_more_of_others(
    settings: Settings, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    job_id = (await call(user_client, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    async with harness.api(settings) as other_api, somebody(client, other_api, "admin") as (theirs, ids):
        async with visitor(other_api, ids["text"]) as page:
            feeds = [Feed(page.session, path) for path in ("/live/jobs?top=1", "/live/panels/audit,workers,schedules")]
            streams = [await feed.open() for feed in [*feeds, Feed(theirs, f"/api/v1/jobs/{job_id}/events")]]
            changed = await call(client, "PATCH", f"/api/v1/users/{ids['user']}", json={"role": "user"})
            assert changed.status == 200
            async with asyncio.timeout(IN_TIME_SECONDS):
                jobs, boards, events = await asyncio.gather(*streams)
        assert jobs.rstrip().endswith("event: reload\ndata: {}")
        assert boards.rstrip().endswith("event: reload\ndata: {}")
        assert '"reason":"not-found"' in events


async def test_a_download_in_progress_is_cut_off(
    settings: Settings, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    await db_pool.execute(
        """INSERT INTO households (id, address, city, state, country)
           SELECT gen_random_uuid(), repeat('x', 1000), 'Springfield', 'IL', 'us' FROM generate_series(1, 30000)"""
    )
    async with (
        harness.api(settings) as other_api,
        somebody(client, other_api, "user") as (theirs, ids),
        theirs.get("/api/v1/households/export.csv") as response,
    ):
        await response.content.readany()
        await revoke_key(client, db_pool, ids)
        await asyncio.sleep(IN_TIME_SECONDS)  # the reader is slow
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


@dataclass
class SlowUpload:
    """A parcel file of which a line is sent every 0.1 s, until `complete` is set."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    async def lines(self) -> AsyncIterator[bytes]:
        yield b"parcel_id,latitude,longitude\n"
        number = 0
        while not self.complete.is_set():
            number += 1
            yield b"%d,35.0,-80.0\n" % number
            if number == 15:  # later than UNWATCHED_SECONDS
                self.begun.set()
            await asyncio.sleep(0.1)

    async def send(self, session: aiohttp.ClientSession) -> tuple[int, str]:
        """Return the status and the detail; (0, "") if the connection was closed before they could be read."""
        try:
            headers = {"Content-Type": "text/csv"}
            async with session.post("/api/v1/parcels/import", data=self.lines(), headers=headers) as response:
                return response.status, (await response.json()).get("detail", "")
        except aiohttp.ClientError:
            return 0, ""


async def demote(admin: aiohttp.ClientSession, pool: Pool, ids: dict[str, str]) -> None:
    assert (await call(admin, "PATCH", f"/api/v1/users/{ids['user']}", json={"role": "user"})).status == 200


@pytest.mark.parametrize(
    ("end", "why"), [*((end, "revoked") for end in ENDS), (demote, "role of the key's user has changed")]
)
async def test_an_upload_in_progress_is_cut_off(
    settings: Settings, client: aiohttp.ClientSession, db_pool: Pool, end: End, why: str
) -> None:
    upload = SlowUpload()
    async with harness.api(settings) as other_api, somebody(client, other_api, "admin") as (theirs, ids):
        sending = asyncio.create_task(upload.send(theirs))
        await upload.begun.wait()
        await end(client, db_pool, ids)
        async with asyncio.timeout(IN_TIME_SECONDS):
            status, detail = await sending
        assert status == 0 or (status == 401 and why in detail), (status, detail)
    assert await db_pool.fetchval("SELECT count(*) FROM uploads") == 0


async def test_a_slow_upload_arrives_while_somebody_elses_key_is_revoked(
    settings: Settings, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    upload = SlowUpload()
    async with (
        harness.api(settings) as other_api,
        somebody(client, other_api, "user") as (theirs, ids),
        somebody(client, other_api, "admin") as (_, other),
    ):
        sending = asyncio.create_task(upload.send(theirs))
        await upload.begun.wait()
        await revoke_key(client, db_pool, other)
        await call(client, "PATCH", f"/api/v1/users/{ids['user']}", json={"name": "Renamed"})
        await asyncio.sleep(3)  # longer than CHECK_SECONDS
        upload.complete.set()
        assert (await sending)[0] == 202


async def test_signing_out_ends_the_session_everywhere(settings: Settings, url: str, admin_id: object) -> None:
    async with harness.api(settings) as other_api, visitor(url, harness.ADMIN_KEY) as page:
        token = next(cookie.value for cookie in page.session.cookie_jar if cookie.key == "trigpoint_session")
        headers = {"Cookie": f"trigpoint_session={token}"}
        async with aiohttp.ClientSession(other_api, headers=headers) as thief:
            assert (await call(thief, "GET", "/api/v1/me")).status == 200
            stream = await Feed(thief, "/live/jobs?top=1").open()
            assert (await page.post("/logout")).location == "/login"
            async with asyncio.timeout(IN_TIME_SECONDS):
                assert "event: reload" in await stream
            assert (await call(thief, "GET", "/api/v1/me")).status == 401
        async with aiohttp.ClientSession(url, headers=headers) as thief:
            assert (await call(thief, "GET", "/api/v1/me")).status == 401


async def test_signing_out_everywhere_ends_all_sessions_and_no_key(url: str, client: aiohttp.ClientSession) -> None:
    async with visitor(url, harness.ADMIN_KEY) as first, visitor(url, harness.ADMIN_KEY) as second:
        assert (await first.post("/logout", everywhere="1")).location == "/login"
        assert (await second.get("/")).location == "/login"
    assert (await call(client, "GET", "/api/v1/me")).status == 200


async def test_signing_in_creates_a_new_session_and_ends_the_old_one(url: str, admin_id: object) -> None:
    async with visitor(url, harness.ADMIN_KEY) as page:
        before = next(cookie.value for cookie in page.session.cookie_jar if cookie.key == "trigpoint_session")
        async with visitor(url) as stranger:
            fields = {"csrf": await stranger.token("/login"), "key": harness.ADMIN_KEY, "next": "/"}
            visit = next(c.value for c in stranger.session.cookie_jar if c.key == "trigpoint_visit")
        cookies = f"trigpoint_visit={visit}; trigpoint_session={before}"
        headers = {"Cookie": cookies}
        async with (
            aiohttp.ClientSession(url) as again,
            again.post("/login", data=fields, headers=headers, allow_redirects=False) as done,
        ):
            assert done.status == 303
            assert done.cookies["trigpoint_session"].value != before
        assert (await page.get("/")).location == "/login"
