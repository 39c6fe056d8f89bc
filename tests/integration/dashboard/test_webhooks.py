"""The pages of webhooks: their state, their deliveries, enabling them and sending failed deliveries again."""

from __future__ import annotations

from uuid import UUID

import aiohttp
import pytest

from app.db.core.pool import Pool
from tests.integration.dashboard.conftest import Visitor
from tests.integration.households.calls import call

URL = "https://example.com/hook?a=<b>"
ERROR = "webhook: HTTP 503: try <later>"


async def new_webhook(session: aiohttp.ClientSession, url: str = URL, **more: object) -> str:
    answer = await call(session, "POST", "/api/v1/webhooks", json={"url": url, **more})
    assert answer.status == 201, answer
    return str(answer.json["id"])


async def deliver(pool: Pool, session: aiohttp.ClientSession, webhook_id: str, status: str) -> str:
    """Create a job that has finished, with its delivery in this status. Return the delivery's id."""
    job_id = (await call(session, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    await pool.execute("UPDATE jobs SET status = 'completed', completed_at = now() WHERE id = $1::uuid", job_id)
    return str(
        await pool.fetchval(
            """UPDATE jobs SET status = $3, attempt = 8, completed_at = CASE WHEN $3 <> 'pending' THEN now() END,
                               error = CASE WHEN $3 = 'failed' THEN $4 END,
                               result = CASE WHEN $3 = 'completed' THEN '{"status": 204}'::jsonb END
               WHERE kind = 'webhook_delivery' AND data ->> 'jobId' = $1 AND data ->> 'endpointId' = $2 RETURNING id""",
            job_id,
            webhook_id,
            status,
            ERROR,
        )
    )


async def statuses(pool: Pool) -> dict[str, str]:
    rows = await pool.fetch("SELECT id, status FROM jobs WHERE kind = 'webhook_delivery'")
    return {str(row["id"]): row["status"] for row in rows}


async def test_without_webhooks(user: Visitor) -> None:
    assert "No webhooks yet" in (await user.get("/webhooks")).text


async def test_state_and_deliveries(user: Visitor, user_client: aiohttp.ClientSession, db_pool: Pool) -> None:
    webhook_id = await new_webhook(user_client, jobTypes=["noop"])
    assert "No deliveries yet" in (await user.get(f"/webhooks/{webhook_id}")).text
    failed = await deliver(db_pool, user_client, webhook_id, "failed")
    done = await deliver(db_pool, user_client, webhook_id, "completed")
    waiting = await deliver(db_pool, user_client, webhook_id, "pending")
    listed = await user.get("/webhooks")
    assert "enabled</span>" in listed.text and "Noop" in listed.text and f"/webhooks/{webhook_id}" in listed.text
    assert "<b>" not in listed.text
    page = (await user.get(f"/webhooks/{webhook_id}")).text
    rows = {id_: page.split(f'/jobs/{id_}"')[1].split("</tr>")[0] for id_ in (failed, done, waiting)}
    assert ">503<" in rows[failed] and "try &lt;later&gt;" in rows[failed] and "Send again" in rows[failed]
    assert ">204<" in rows[done] and "Send again" not in rows[done]
    assert ">–<" in rows[waiting] and "Send again" not in rows[waiting]


async def test_sending_again(user: Visitor, user_client: aiohttp.ClientSession, db_pool: Pool) -> None:
    webhook_id = await new_webhook(user_client)
    here = f"/webhooks/{webhook_id}"
    failed = [await deliver(db_pool, user_client, webhook_id, "failed") for _ in range(3)]
    sent = await user.post(f"{here}/deliveries/{failed[0]}/resend")
    assert (sent.status, sent.location) == (303, here)
    assert "The delivery is sent again." in (await user.get(here)).text
    assert await statuses(db_pool) == {failed[0]: "pending", failed[1]: "failed", failed[2]: "failed"}
    assert (await user.post(f"{here}/replay")).location == here
    assert set((await statuses(db_pool)).values()) == {"pending"}
    assert (await user.post(f"{here}/deliveries/{failed[0]}/resend")).status == 303
    assert "Cannot retry" in (await user.get(here)).text


async def test_disabled_and_paused(user: Visitor, user_client: aiohttp.ClientSession, db_pool: Pool) -> None:
    webhook_id = await new_webhook(user_client)
    here = f"/webhooks/{webhook_id}"
    await deliver(db_pool, user_client, webhook_id, "failed")
    await db_pool.execute("UPDATE webhook_endpoints SET disabled_reason = 'the endpoint answered 410 Gone'")
    for path in ("/webhooks", here):
        page = (await user.get(path)).text
        assert "disabled</span>" in page and "answered 410 Gone" in page and ">Enable</button>" in page
    assert "Send all failed again" not in page
    await user.post(f"{here}/replay")
    assert "Enable it first" in (await user.get(here)).text
    assert (await user.post(f"{here}/enable")).location == here
    page = (await user.get(here)).text
    assert "enabled</span>" in page and "Send all failed again" in page and ">Enable</button>" not in page


@pytest.mark.parametrize(
    ("key", "failures", "is_paused"),
    [("endpoint:{id}", 3, True), ("endpoint:{id}", 2, False), ("host:{user}:example.com", 6, True),
     ("host:{user}:example.com", 5, False), ("host:{other}:example.com", 9, False)],
)  # fmt: skip
async def test_a_paused_webhook_says_so(
    user: Visitor,
    user_client: aiohttp.ClientSession,
    db_pool: Pool,
    admin_id: UUID,
    key: str,
    failures: int,
    is_paused: bool,
) -> None:
    webhook_id = await new_webhook(user_client)
    user_id = (await call(user_client, "GET", "/api/v1/me")).json["id"]
    await db_pool.execute(
        """INSERT INTO delivery_targets (key, failures, failing_since, paused_until)
           VALUES ($1, $2, now(), now() + interval '10 min')""",
        key.format(id=webhook_id, user=user_id, other=admin_id),
        failures,
    )
    page = (await user.get(f"/webhooks/{webhook_id}")).text
    assert ("paused</span>" in page) is is_paused and ("Try now" in page) is is_paused
    assert ("Deliveries wait until" in page) is is_paused
    await db_pool.execute("UPDATE delivery_targets SET paused_until = now() - interval '1 s'")
    page = (await user.get("/webhooks")).text
    assert ("The next delivery is a trial" in page) is is_paused and ("Try now" in page) is is_paused
    await user.post(f"/webhooks/{webhook_id}/enable")
    page = (await user.get(f"/webhooks/{webhook_id}")).text
    assert "enabled</span>" in page and "Try now" not in page


async def test_webhooks_of_others(user: Visitor, admin: Visitor, client: aiohttp.ClientSession, db_pool: Pool) -> None:
    webhook_id = await new_webhook(client)
    failed = await deliver(db_pool, client, webhook_id, "failed")
    await db_pool.execute("UPDATE webhook_endpoints SET disabled_reason = 'gone'")
    assert (await user.get(f"/webhooks/{webhook_id}")).status == 404
    assert webhook_id not in (await user.get("/webhooks")).text
    for action in ("enable", "replay", f"deliveries/{failed}/resend"):
        await user.post(f"/webhooks/{webhook_id}/{action}")
        assert "not found" in (await user.get("/webhooks")).text
        without_token = await admin.send(f"/webhooks/{webhook_id}/{action}", {})
        assert without_token.status == 403
    assert await statuses(db_pool) == {failed: "failed"}
    assert await db_pool.fetchval("SELECT disabled_reason FROM webhook_endpoints") == "gone"
