"""webhook_delivery on the whole platform: signed, once for each end of a job, again where it was not taken."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests import harness


class Receiver:
    """Answers with `statuses` in turn, the last one for ever."""

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


async def test_the_end_of_a_job_is_told_until_it_is_taken(admin: aiohttp.ClientSession, receiver: Receiver) -> None:
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

    await harness.eventually(told_twice, within=20)
    (first, _), (headers, content) = receiver.got
    assert first["webhook-id"] == headers["webhook-id"]
    told = Webhook(webhook["secret"]).verify(content, headers)
    assert (told["type"], told["data"]["id"], told["data"]["status"]) == ("job.completed", job["id"], "completed")
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
