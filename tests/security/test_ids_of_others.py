"""What a user owns appears in no response to another user: every route and page that reads is called by a third one."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from starlette.routing import Route

from app.db.core.pool import Pool
from app.settings import Settings
from app.web.dashboard.routes import PAGES
from app.web.routes import ROUTES
from tests import harness
from tests.integration.accounts.test_auth import bearer, make_key, make_user
from tests.integration.dashboard.conftest import visitor
from tests.integration.households.calls import call

READ_SECONDS = 1.0
"""How much of a stream is read."""
CSV = {"Content-Type": "text/csv"}
PRIVATE_IDS = """
SELECT id::text FROM jobs WHERE created_by = $1 UNION SELECT id::text FROM uploads WHERE created_by = $1
UNION SELECT id::text FROM schedules WHERE created_by = $1
UNION SELECT id::text FROM webhook_endpoints WHERE user_id = $1
UNION SELECT id::text FROM api_keys WHERE user_id = $1 UNION SELECT id::text FROM users WHERE id = $1
"""
SECRET = "only-for-owners"
"""In the data, errors and names of what the owner creates."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_reads": True, "cron_secret": "a secret of the cron"})


async def create_everything(client: aiohttp.ClientSession, pool: Pool) -> dict[str, str]:
    """One of everything that a user can own, and something shared that points to their jobs; the ids by noun."""
    ids: dict[str, str] = {}

    async def post(path: str, name: str = "", field: str = "id", **options: Any) -> None:
        answer = await call(client, "POST", path, **options)
        assert answer.status < 300, (path, answer)
        if name:
            ids[name] = str(answer.json[field])

    await post("/api/v1/jobs", "jobs", "jobId", json={"type": "noop", "dedupeKey": SECRET})
    job = {"name": SECRET, "cron": "0 5 * * *", "type": "noop"}
    await post("/api/v1/schedules", "schedules", json=job)
    await post("/api/v1/webhooks", "webhooks", json={"url": f"https://example.com/{SECRET}"})
    await post("/api/v1/keys", json={"name": SECRET})
    saved = {"name": SECRET, "kind": "voter_import", "mapping": {"city": "Town"}, "columns": ["Town"]}
    await post("/api/v1/mappings", "mappings", json=saved)
    await post("/api/v1/businesses", "businesses", json={"name": "Acme", "website": "https://acme.example"})
    await post("/api/v1/parcels/import", data=b"parcel_id,latitude,longitude\n1,35.0,-80.0\n", headers=CSV)
    await post("/api/v1/gis/geocode-file", data=b"address,city,state\n1 Main St,Columbus,OH\n", headers=CSV)
    await post("/api/heatmap/schedule", json={"bounds": {"north": 1, "south": 0, "east": 1, "west": 0}})
    await post("/api/research/acme", "companies", "company_id", json={"company_name": "Acme"})
    await post("/api/scoring", json={"business_id": "acme"})
    await pool.execute(
        """INSERT INTO job_errors (job_id, address, error) VALUES ($1::uuid, $2, $2)""", ids["jobs"], SECRET
    )
    await pool.execute(
        """UPDATE jobs SET status = 'failed', completed_at = now(), error = $1, processed_items = 1, failed_items = 1,
                           started_at = now()""",
        SECRET,
    )
    await pool.execute(
        """INSERT INTO website_checks (business_id, job_id, status, evidence)
           VALUES ($1::uuid, $2::uuid, 'ok', '{}')""",
        ids["businesses"],
        ids["jobs"],
    )
    return ids


def paths(ids: dict[str, str]) -> list[str]:
    """The path of every route that reads, with the owner's ids, and lists with the filters that name them."""
    found = []
    for route in [*ROUTES, *PAGES]:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        noun = next((name for name in ids if f"/{name}/" in route.path), "jobs")
        path = route.path.replace("{id}", ids[noun]).replace("{names}", "audit,workers,schedules,queues,keys")
        path = path.replace("{kind}", "noop").replace("{name}", "default").replace("{slug}", "columbus-oh")
        path = path.replace("{z:int}/{x:int}/{y:int}", "0/0/0").replace("{source}", "1")
        if "{" not in path:
            found.append(path)
    filters = [f"q={ids['jobs']}", f"q={SECRET}", "status=failed", f"jobId={ids['jobs']}", f"job={ids['jobs']}"]
    bases = ("/api/v1/jobs", "/jobs", "/live/jobs", "/map/places", "/api/v1/businesses", "/new/noop")
    found += [f"{base}?{query}" for base in bases for query in filters]
    found += [
        f"/live/jobs?top=1&ids={ids['jobs']}&since=0",
        f"/new/noop?from={ids['jobs']}",
        "/api/score?lat=0.5&lng=0.5",
    ]
    return found


async def read(session: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    """The status and the text, of a stream what comes within READ_SECONDS."""
    text = b""
    async with session.get(path, allow_redirects=False) as response:
        if response.content_type != "text/event-stream":
            return response.status, await response.text(errors="replace")
        try:
            async with asyncio.timeout(READ_SECONDS):
                async for block in response.content.iter_any():
                    text += block
        except (TimeoutError, aiohttp.ClientError):
            pass
        return response.status, text.decode()


async def test_nothing_of_a_user_is_shown_to_another(
    settings: Settings, url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    owner = await make_user(client, "owner@example.com", "user")
    key = await make_key(client, owner["id"])
    async with aiohttp.ClientSession(url, headers=bearer(key["key"])) as owners:
        ids = await create_everything(owners, db_pool)
        private = {row["id"] for row in await db_pool.fetch(PRIVATE_IDS, owner["id"])} | {SECRET, "owner@example.com"}
        assert len(private) > 12
        status, own = await read(owners, "/api/v1/jobs")
        assert status == 200 and ids["jobs"] in own  # the owner sees them
    others_key = user_client.headers["Authorization"].removeprefix("Bearer ")
    async with (
        visitor(url, others_key) as page,
        aiohttp.ClientSession(url, headers=bearer(others_key)) as others,
        aiohttp.ClientSession(url) as stranger,
    ):
        for path in paths(ids):
            for session in (others, page.session, stranger):
                status, text = await read(session, path)
                asked = path if status >= 400 or "q=" in path or "?" in path else ""  # what was asked may be repeated
                shown = {value for value in private if value in text and value not in asked}
                assert not shown, (path, status, shown)
                if f"/jobs/{ids['jobs']}" in path and not path.startswith("/live/"):
                    assert status in (303, 401, 404), (path, status)


async def test_no_change_of_what_another_user_owns(
    url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    owner = await make_user(client, "owner@example.com", "user")
    key = await make_key(client, owner["id"])
    async with aiohttp.ClientSession(url, headers=bearer(key["key"])) as owners:
        ids = await create_everything(owners, db_pool)
    ids["keys"] = key["id"]
    tables = ("jobs", "job_errors", "schedules", "webhook_endpoints", "uploads", "column_mappings")
    before = [await db_pool.fetch(f"SELECT * FROM {table} ORDER BY id") for table in tables]
    changing = [
        (method, route.path.replace("{id}", ids[noun]))
        for route in ROUTES
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
        for noun in ("jobs", "schedules", "webhooks", "keys", "mappings")
        if method not in ("GET", "HEAD") and f"/{noun}/{{id}}" in route.path
    ]
    assert len(changing) >= 9
    for method, path in changing:
        answer = await call(user_client, method, path, json={"enabled": False} if method == "PATCH" else {})
        assert answer.status in (403, 404), (method, path, answer)
    for action in ("cancel", "retry", "delete"):
        for filters in ({"ids": [ids["jobs"]]}, {"status": "failed"}, {"type": "noop"}):
            body = {"action": action, "filters": filters}
            answer = await call(user_client, "POST", "/api/v1/jobs/bulk", json=body)
            assert answer.json == {"matched": 0, "changed": 0, "skipped": 0}
    assert (await call(user_client, "POST", "/api/jobs/retry", json={"jobId": ids["jobs"]})).status == 404
    assert [await db_pool.fetch(f"SELECT * FROM {table} ORDER BY id") for table in tables] == before


async def test_an_administrator_sees_all_of_it(
    url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    ids = await create_everything(user_client, db_pool)
    for path in ("/api/v1/jobs", f"/api/v1/jobs/{ids['jobs']}", f"/api/v1/schedules/{ids['schedules']}"):
        status, text = await read(client, path)
        assert status == 200 and (ids["jobs"] in text or ids["schedules"] in text)
    async with visitor(url, harness.ADMIN_KEY) as page:
        assert ids["jobs"] in (await page.get("/jobs")).text
    # but webhooks, whose messages may hold anything, are their owners' alone
    assert (await call(client, "GET", f"/api/v1/webhooks/{ids['webhooks']}/deliveries")).status == 404
