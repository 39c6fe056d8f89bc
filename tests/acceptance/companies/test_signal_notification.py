"""signal_notification: a team gets a signed message about a signal by webhook, once."""

from __future__ import annotations

from typing import Any

import aiohttp
from aiohttp import web
from standardwebhooks import Webhook

from tests import harness
from tests.acceptance.companies.prospects import company, ended, post
from tests.acceptance.conftest import Office


async def test_a_team_is_notified_once_by_webhook(office: Office, boss: aiohttp.ClientSession) -> None:
    received: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        received.append((dict(request.headers), await request.read()))
        return web.Response(status=503 if len(received) == 1 else 204)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    team = await post(
        boss,
        "/api/v1/teams",
        {"name": "Sales", "channels": [{"kind": "webhook", "target": hook, "signals": ["hiring"]}]},
        201,
    )
    secret = team["channels"][0]["secret"]
    company_id = await company(boss, office, "Acme (notified)")
    result = await ended(boss, await post(boss, "/api/signals", {"company_id": company_id}))
    assert result["notifications"] == 1

    async def both_received() -> bool:
        return len(received) == 2

    await harness.eventually(both_received)
    await ended(boss, await post(boss, "/api/signals", {"company_id": company_id}))
    bodies: list[dict[str, Any]] = [Webhook(secret).verify(body, headers) for headers, body in received]
    assert len(received) == 2 and received[0][0]["webhook-id"] == received[1][0]["webhook-id"], (
        "the same message, tried again"
    )
    assert bodies[1]["type"] == "signal.detected" and bodies[1]["company"]["name"] == "Acme (notified)"
    assert bodies[1]["signal"]["type"] == "hiring" and bodies[1]["team"] == "Sales"
    async with boss.delete(f"/api/v1/teams/{team['id']}") as response:
        assert response.status == 204
    await runner.cleanup()
