"""Nothing is sent to the webhooks of a user who is disabled."""

from __future__ import annotations

from uuid import UUID

import aiohttp

from app.db.core.pool import Pool
from app.db.jobs import webhooks
from tests.integration.households.calls import call


async def test_a_disabled_user_gets_no_deliveries(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    job = (await call(user_client, "POST", "/api/v1/jobs", json={"type": "noop"})).json
    endpoint = (await call(user_client, "POST", "/api/v1/webhooks", json={"url": "https://example.com/hook"})).json
    user_id = (await call(user_client, "GET", "/api/v1/me")).json["id"]
    ids = UUID(endpoint["id"]), UUID(job["jobId"])
    await db_pool.execute(
        "UPDATE jobs SET status = 'cancelled', completed_at = now(), run_at = NULL WHERE id = $1", ids[1]
    )
    async with db_pool.acquire() as conn:
        assert await webhooks.find_delivery(conn, *ids) is not None
        changed = await call(client, "PATCH", f"/api/v1/users/{user_id}", json={"disabled": True})
        assert changed.status == 200
        assert await webhooks.find_delivery(conn, *ids) is None
