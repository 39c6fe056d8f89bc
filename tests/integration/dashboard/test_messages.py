"""The message that the next page shows after an action."""

from __future__ import annotations

import aiohttp

from tests.integration.dashboard.conftest import Visitor


async def create(client: aiohttp.ClientSession, **job: object) -> str:
    async with client.post("/api/v1/jobs", json=job) as response:
        return str((await response.json())["jobId"])


async def test_a_bulk_action_counts_the_jobs_whose_status_does_not_allow_it(
    admin: Visitor, client: aiohttp.ClientSession
) -> None:
    cancelled, pending = await create(client, type="noop"), await create(client, type="noop")
    await admin.post(f"/jobs/{cancelled}/cancel", confirmed="yes")
    assert "Job cancelled." in (await admin.get(f"/jobs/{cancelled}")).text
    fields = {"csrf": await admin.token("/keys"), "action": "retry", "confirmed": "yes", "next": "/jobs"}
    async with admin.session.post(
        "/jobs", data=[*fields.items(), ("ids", cancelled), ("ids", pending)], allow_redirects=False
    ) as response:
        assert response.status == 303
    assert "1 of 2 jobs retried; 1 skipped because of their status." in (await admin.get("/jobs")).text
    assert "retried;" not in (await admin.get("/jobs")).text


async def test_a_bulk_action_needs_a_selection_and_a_known_action(admin: Visitor) -> None:
    await admin.post("/jobs", action="retry", next="/jobs")
    assert "No jobs selected." in (await admin.get("/jobs")).text
    assert (await admin.post("/jobs", action="explode")).status == 400


async def test_pausing_a_queue_explains_what_happens_to_running_jobs(admin: Visitor) -> None:
    await admin.post("/queues/noop/pause")
    assert "Queue noop is paused. Running jobs continue." in (await admin.get("/queues")).text
    await admin.post("/queues/noop/resume")
    assert "Queue noop is running again." in (await admin.get("/queues")).text


async def test_a_refused_action_shows_the_reason(admin: Visitor, client: aiohttp.ClientSession) -> None:
    job = await create(client, type="noop")
    page = await admin.post(f"/jobs/{job}/delete", confirmed="yes")
    assert page.location == f"/jobs/{job}"
    shown = (await admin.get(page.location)).text
    assert '<p class="flash bad"' in shown
    assert "pending" in shown.partition('<p class="flash bad"')[2].partition("</p>")[0]


async def test_an_identical_job_is_not_created_twice(admin: Visitor, client: aiohttp.ClientSession) -> None:
    first = await admin.post("/new/scripted", dedupe="same")
    second = await admin.post("/new/scripted", dedupe="same")
    assert first.location == second.location
    assert "An identical job is already active, so no new one was created." in (await admin.get(first.location)).text
