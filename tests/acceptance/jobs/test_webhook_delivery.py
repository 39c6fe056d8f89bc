"""webhook_delivery on the whole platform: signed, once for each end of a job, and repeated if it is not accepted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests import harness


class Receiver:
    """Responds with `statuses` in turn, and then always with the last one."""

    def __init__(self) -> None:
        self.url = ""
        self.statuses = [200]
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_the_end_of_a_job_is_delivered_until_it_is_accepted(
    admin: aiohttp.ClientSession, receiver: Receiver
) -> None:
    receiver.statuses = [500, 204]
    body = {"url": receiver.url, "jobTypes": ["website_revalidation"]}
    async with admin.post("/api/v1/webhooks", json=body) as response:
        assert response.status == 201, await response.text()
        webhook = await response.json()
    data = {"staleAfterDays": 3650}
    async with admin.post("/api/v1/jobs", json={"type": "website_revalidation", "data": data}) as response:
        job = await harness.follow(admin, (await response.json())["jobId"])

    async def told_twice() -> bool:
        return len(receiver.got) == 2

    await harness.eventually(told_twice)
    (first, _), (headers, content) = receiver.got
    assert first["webhook-id"] == headers["webhook-id"]
    event = Webhook(webhook["secret"]).verify(content, headers)
    assert (event["type"], event["data"]["id"], event["data"]["status"]) == ("job.completed", job["id"], "completed")
    async with admin.delete(f"/api/v1/webhooks/{webhook['id']}") as response:
        assert response.status == 204


async def test_one_that_is_gone_is_disabled(admin: aiohttp.ClientSession, receiver: Receiver) -> None:
    receiver.statuses = [410]
    body = {"url": receiver.url, "jobTypes": ["website_revalidation"]}
    async with admin.post("/api/v1/webhooks", json=body) as response:
        webhook = await response.json()
    data = {"staleAfterDays": 3650}
    async with admin.post("/api/v1/jobs", json={"type": "website_revalidation", "data": data}) as response:
        await harness.follow(admin, (await response.json())["jobId"])

    async def disabled() -> bool:
        async with admin.get("/api/v1/webhooks") as response:
            listed = (await response.json())["webhooks"]
        return any(one["id"] == webhook["id"] and "410" in (one["disabledReason"] or "") for one in listed)

    await harness.eventually(disabled)


async def test_endpoints_that_hang_do_not_delay_other_messages(
    admin: aiohttp.ClientSession, receiver: Receiver
) -> None:
    release = asyncio.Event()
    running, most = 0, 0

    async def hang(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal running, most
        await request.read()
        running, most = running + 1, max(most, running + 1)
        try:
            await release.wait()
        finally:
            running -= 1
        return web.Response()

    runner = web.ServerRunner(web.Server(hang), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    other = {"email": "hanging@example.org", "name": "A"}
    async with admin.post("/api/v1/users", json=other) as response:
        assert response.status == 201, await response.text()
        user = await response.json()
    async with admin.post("/api/v1/keys", json={"name": "test", "userId": user["id"]}) as response:
        assert response.status == 201, await response.text()
        key = (await response.json())["key"]
    headers = {"Authorization": f"Bearer {key}"}
    kind, data = "website_revalidation", {"staleAfterDays": 3650}
    for number in range(20):
        body = {"url": f"http://127.0.0.1:{port}/{number}"}
        async with admin.post("/api/v1/webhooks", json=body, headers=headers) as response:
            assert response.status == 201, await response.text()
    async with admin.post("/api/v1/webhooks", json={"url": receiver.url, "jobTypes": [kind]}) as response:
        webhook = await response.json()
    jobs = [{"type": "geocode_households", "data": {"filters": {"city": f"Nowhere {number}"}}} for number in range(10)]
    async with admin.post("/api/v1/jobs", json=jobs, headers=headers) as response:
        assert response.status == 202, await response.text()

    async def hanging() -> bool:
        return running > 0

    async def delivered() -> bool:
        return len(receiver.got) == 1

    try:
        await harness.eventually(hanging)
        async with admin.post("/api/v1/jobs", json={"type": kind, "data": data}) as response:
            await harness.follow(admin, (await response.json())["jobId"])
        await harness.eventually(delivered)
        assert 0 < most <= 5
    finally:
        release.set()
        await runner.cleanup()
        async with admin.delete(f"/api/v1/webhooks/{webhook['id']}") as response:
            assert response.status == 204
