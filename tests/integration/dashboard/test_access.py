"""Users see their own jobs, administrators see everything, and input is always escaped."""

from __future__ import annotations

from html import escape

import aiohttp
import pytest

from app.settings import Settings
from app.web.dashboard.routes import PAGES
from tests import harness
from tests.harness import follow, worker
from tests.integration.dashboard.conftest import Visitor, visitor

ADMIN_PATHS = ("/queues", "/workers", "/schedules", "/schedules/new", "/providers", "/audit", "/users", "/admin/queues",
          "/api/admin/bull-board", "/queues/series", "/live/panels/queues")  # fmt: skip
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`"


async def create(client: aiohttp.ClientSession, **job: object) -> str:
    async with client.post("/api/v1/jobs", json=job) as response:
        assert response.status == 202, await response.text()
        return str((await response.json())["jobId"])


@pytest.mark.parametrize("path", ADMIN_PATHS)
async def test_admin_pages_are_closed_to_users(user: Visitor, path: str) -> None:
    page = await user.get(path)
    assert page.status == 403
    assert "administrators" in page.text


async def test_users_cannot_submit_forms_of_administrators(user: Visitor) -> None:
    for path in ("/queues/noop/pause", "/users", "/schedules/new"):
        assert (await user.post(path, name="x")).status == 403


async def test_a_user_sees_their_own_jobs(
    user: Visitor, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    theirs = await create(client, type="noop")
    own = await create(user_client, type="noop")
    page = await user.get("/jobs")
    assert own in page.text
    assert theirs not in page.text
    assert (await user.get(f"/jobs/{own}")).status == 200
    for path in (f"/jobs/{theirs}", f"/jobs/{theirs}/errors.csv", f"/new/noop?from={theirs}"):
        assert (await user.get(path)).status == 404
    assert (await user.get(f"/map/places?layer=households&job={theirs}")).status == 404
    await user.post(f"/jobs/{theirs}/cancel", confirmed="yes")
    async with client.get(f"/api/v1/jobs/{theirs}") as response:
        assert (await response.json())["status"] == "pending"


async def test_actions_that_cannot_be_undone_ask_for_confirmation(
    admin: Visitor, client: aiohttp.ClientSession
) -> None:
    job = await create(client, type="noop")
    asked = await admin.post(f"/jobs/{job}/cancel")
    assert asked.status == 200
    assert "Cancel this job?" in asked.text
    async with client.get(f"/api/v1/jobs/{job}") as response:
        assert (await response.json())["status"] == "pending"
    assert (await admin.post(f"/jobs/{job}/cancel", confirmed="yes")).status == 303
    async with client.get(f"/api/v1/jobs/{job}") as response:
        assert (await response.json())["status"] == "cancelled"


async def test_user_input_is_escaped(admin: Visitor, client: aiohttp.ClientSession, settings: Settings) -> None:
    data = {"steps": 1, "items": 2, "failing_items": 1, "dedupe": HOSTILE,
            "result": {"title": HOSTILE, HOSTILE: 1, "byName": {HOSTILE: 3}, "rows": [{"name": HOSTILE}],
                       "report_id": f'"><b>{HOSTILE}'}}  # fmt: skip
    job = await create(client, type="scripted", data=data)
    file = aiohttp.FormData()
    file.add_field("file", f"id,name,category,lat,lon\n1,{HOSTILE},cafe,,\n2,b,cafe,1,2\n", filename=f"{HOSTILE}.csv")
    async with client.post("/api/v1/pois/import", data=file) as response:
        assert response.status == 202, await response.text()
        imported = str((await response.json())["jobId"])
    async with client.post("/api/v1/users", json={"email": "h@example.org", "name": HOSTILE}) as response:
        assert response.status == 201
    async with client.post("/api/v1/keys", json={"name": HOSTILE}) as response:
        assert response.status == 201
    schedule = {"name": HOSTILE[:100], "cron": "0 0 * * *", "type": "scripted", "data": {"dedupe": HOSTILE}}
    async with client.post("/api/v1/schedules", json=schedule) as response:
        assert response.status == 201
    async with worker(settings):
        await follow(client, job)
        await follow(client, imported)
    pages = [f"/jobs/{job}", f"/jobs/{imported}", "/", "/jobs", "/audit", "/users", "/keys", "/schedules",
             f"/new/scripted?from={job}"]  # fmt: skip
    for path in pages:
        text = (await admin.get(path)).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
    shown = (await admin.get(f"/jobs/{job}")).text
    assert escape(HOSTILE, quote=False)[:30] in shown
    searched = (await admin.get(f"/jobs?q={HOSTILE.replace('&', '%26').replace('#', '%23')}")).text
    assert "<script>alert" not in searched


async def test_every_page_has_security_headers(admin: Visitor) -> None:
    paths = [route.path for route in PAGES if "GET" in (route.methods or ())]
    plain = [path for path in paths if "{" not in path and not path.startswith("/live/")]
    for path in plain:
        page = await admin.get(path)
        if "text/html" not in page.headers.get("Content-Type", ""):
            continue
        assert page.headers["X-Content-Type-Options"] == "nosniff", path
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert " style=" not in page.text
        assert " onclick=" not in page.text


async def test_the_policy_allows_only_the_configured_tiles(settings: Settings, admin_id: object) -> None:
    tiles = settings.model_copy(update={"map_tiles": "https://tiles.example.org/{z}/{x}/{y}.png"})
    async with harness.api(tiles) as url, visitor(url, harness.ADMIN_KEY) as session:
        policy = (await session.get("/map")).headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://tiles.example.org;" in policy


async def test_errors_are_shown_as_pages(admin: Visitor) -> None:
    for path in ("/jobs/nothing", "/jobs/00000000-0000-0000-0000-000000000000", "/new/nothing", "/schedules/nothing"):
        page = await admin.get(path)
        assert page.status == 404
        assert page.headers["Content-Type"].startswith("text/html")
    for path in ("/jobs?status=unheard-of", "/jobs?before=x", "/jobs?dataContains=x"):
        assert (await admin.get(path)).status in (400, 422)
