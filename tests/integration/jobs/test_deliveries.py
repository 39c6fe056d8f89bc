"""Slots and pauses of deliveries, against the database."""

from __future__ import annotations

import asyncio
from uuid import UUID

import aiohttp
import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection, Pool
from app.db.jobs import deliveries, ledger, queues
from app.db.jobs.deliveries import Slot, Target, Wait
from app.domain.jobs.kinds import WEBHOOK_DELIVERY


async def running(conn: Connection, user_id: UUID) -> UUID:
    """Insert a delivery that a worker runs under the fence 1."""
    await queues.declare(conn, [WEBHOOK_DELIVERY.queue])
    job_id = uuid7()
    await conn.execute(
        """INSERT INTO jobs (id, kind, queue, priority, data, max_attempts, timeout_seconds, created_by, status, fence,
                             worker_id, lease_until, attempt, attempt_open, started_at, deadline)
           VALUES ($1, 'webhook_delivery', 'webhooks', 5, '{}', 8, 30, $2, 'processing', 1, $1,
                   now() + interval '1 minute', 1, true, now(), now() + interval '1 minute')""",
        job_id,
        user_id,
    )
    return job_id


async def take(pool: Pool, user_id: UUID, endpoint_id: UUID, host: str = "a.example") -> tuple[UUID, Slot | Wait]:
    async with pool.acquire() as conn, conn.transaction():
        job_id = await running(conn, user_id)
        return job_id, await deliveries.acquire(conn, job_id, 1, Target(endpoint_id, host, user_id))


async def fail(pool: Pool, user_id: UUID, endpoint_id: UUID, *, is_host_failure: bool = False) -> str | None:
    async with pool.acquire() as conn, conn.transaction():
        job_id = await running(conn, user_id)
        target = Target(endpoint_id, "a.example", user_id)
        return await deliveries.record_failure(conn, job_id, 1, target, is_host_failure=is_host_failure)


async def other_user(pool: Pool) -> UUID:
    user_id: UUID = await pool.fetchval(
        """INSERT INTO users (id, email, name, role)
           VALUES ($1::uuid, $1::uuid::text || '@example.org', 'B', 'user') RETURNING id""",
        uuid7(),
    )
    return user_id


async def test_slots_of_an_endpoint_a_user_and_a_host(db_pool: Pool, admin_id: UUID) -> None:
    endpoint = uuid7()
    taken = [(await take(db_pool, admin_id, endpoint))[1] for _ in range(3)]
    assert [type(slot) for slot in taken] == [Slot, Slot, Wait]
    others = [(await take(db_pool, admin_id, uuid7()))[1] for _ in range(4)]
    assert [type(slot) for slot in others] == [Slot, Slot, Slot, Wait]  # five of the user
    b, c = await other_user(db_pool), await other_user(db_pool)
    assert isinstance((await take(db_pool, b, uuid7()))[1], Slot)  # one user cannot take a whole host
    rest = [(await take(db_pool, b, uuid7()))[1] for _ in range(2)]
    assert [type(slot) for slot in rest] == [Slot, Slot]
    assert isinstance((await take(db_pool, c, uuid7()))[1], Wait)  # eight of the host
    assert isinstance((await take(db_pool, c, uuid7(), "other.example"))[1], Slot)


async def test_slots_taken_at_the_same_moment_hold_the_limit(db_pool: Pool, admin_id: UUID) -> None:
    endpoint = uuid7()
    taken = await asyncio.gather(*(take(db_pool, admin_id, endpoint) for _ in range(20)))
    assert sum(isinstance(slot, Slot) for _, slot in taken) == deliveries.MAX_PER_ENDPOINT


async def test_a_lost_worker_gives_its_slots_back_with_its_lease(db_pool: Pool, admin_id: UUID) -> None:
    endpoint = uuid7()
    for _ in range(2):
        await take(db_pool, admin_id, endpoint)
    await db_pool.execute("UPDATE jobs SET lease_until = now() - interval '1 second'")
    async with db_pool.acquire() as conn, conn.transaction():
        assert await ledger.rescue(conn) == (2, 0)
    assert isinstance((await take(db_pool, admin_id, endpoint))[1], Slot)


async def test_waiting_deliveries_follow_one_after_the_other(db_pool: Pool, admin_id: UUID) -> None:
    endpoint = uuid7()
    waits = [
        slot.seconds
        for _, slot in [await take(db_pool, admin_id, endpoint) for _ in range(30)]
        if isinstance(slot, Wait)
    ]
    assert len(waits) == 28
    assert waits[-1] > 10 * waits[0]


async def test_a_failing_endpoint_is_probed_by_one_delivery_and_resumes_after_a_success(
    db_pool: Pool, admin_id: UUID
) -> None:
    endpoint = uuid7()
    for _ in range(deliveries.ENDPOINT_FAILURES):
        assert await fail(db_pool, admin_id, endpoint) is None
    waiting, slot = await take(db_pool, admin_id, endpoint)
    assert isinstance(slot, Wait)
    await db_pool.execute("UPDATE delivery_targets SET paused_until = now() - interval '1 second'")
    probe, slot = await take(db_pool, admin_id, endpoint)
    assert slot == Slot(deliveries.FAILING_TIMEOUT_SECONDS)
    assert isinstance((await take(db_pool, admin_id, endpoint))[1], Wait)
    await db_pool.execute(
        """UPDATE jobs SET status = 'pending', lease_until = NULL, worker_id = NULL, deadline = NULL,
               run_at = now() + interval '1 hour'
           WHERE id = $1""",
        waiting,
    )
    async with db_pool.acquire() as conn, conn.transaction():
        await deliveries.record_success(conn, probe, Target(endpoint, "a.example", admin_id), 0.1)
    assert await db_pool.fetchval("SELECT run_at <= now() FROM jobs WHERE id = $1", waiting)
    assert (await take(db_pool, admin_id, endpoint))[1] == Slot(deliveries.TIMEOUT_SECONDS)


async def test_many_endpoints_on_a_dead_host_are_paused_together_for_their_user_alone(
    db_pool: Pool, admin_id: UUID
) -> None:
    for _ in range(deliveries.HOST_FAILURES):
        await fail(db_pool, admin_id, uuid7(), is_host_failure=True)
    assert isinstance((await take(db_pool, admin_id, uuid7()))[1], Wait)
    assert isinstance((await take(db_pool, await other_user(db_pool), uuid7()))[1], Slot)


async def test_an_endpoint_that_failed_for_a_day_is_to_be_disabled(db_pool: Pool, admin_id: UUID) -> None:
    endpoint = uuid7()
    for _ in range(5):
        assert await fail(db_pool, admin_id, endpoint) is None
    await db_pool.execute("UPDATE delivery_targets SET failing_since = now() - interval '25 hours'")
    assert "6 in a row" in (await fail(db_pool, admin_id, endpoint) or "")


async def test_retries_come_after_new_messages(db_pool: Pool, admin_id: UUID) -> None:
    await fail(db_pool, admin_id, uuid7())
    assert await db_pool.fetchval("SELECT priority FROM jobs") == deliveries.RETRY_PRIORITY


async def test_enabling_and_replaying_over_rest(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool, admin_id: UUID
) -> None:
    async with client.post("/api/v1/webhooks", json={"url": "https://93.184.216.34/hook"}) as response:
        assert response.status == 201, await response.text()
        webhook = (await response.json())["id"]
    async with db_pool.acquire() as conn:
        job_id = await running(conn, admin_id)
    await db_pool.execute(
        """UPDATE jobs SET status = 'failed', completed_at = now(), lease_until = NULL, worker_id = NULL,
               attempt_open = false,
               deadline = NULL, data = jsonb_build_object('endpointId', $2::text, 'jobId', id, 'event', 'job.failed')
           WHERE id = $1""",
        job_id,
        webhook,
    )
    await db_pool.execute("UPDATE webhook_endpoints SET disabled_reason = 'dead'")
    async with client.get(f"/api/v1/webhooks/{webhook}/deliveries") as response:
        [listed] = (await response.json())["deliveries"]
        assert (listed["id"], listed["status"], listed["event"]) == (str(job_id), "failed", "job.failed")
    async with client.post(f"/api/v1/webhooks/{webhook}/replay") as response:
        assert response.status == 409 and "dead" in (await response.json())["detail"]
    async with client.post(f"/api/v1/webhooks/{webhook}/enable") as response:
        assert response.status == 200 and (await response.json())["disabledReason"] is None
    async with client.post(f"/api/v1/webhooks/{webhook}/replay", json={"since": "2999-01-01T00:00:00Z"}) as response:
        assert await response.json() == {"replayed": 0, "hasMore": False}
    async with client.post(f"/api/v1/webhooks/{webhook}/replay") as response:
        assert (response.status, await response.json()) == (202, {"replayed": 1, "hasMore": False})
    assert await db_pool.fetchval("SELECT status FROM jobs WHERE id = $1", job_id) == "pending"
    async with client.post(f"/api/v1/webhooks/{webhook}/replay", json={"since": "yesterday"}) as response:
        assert response.status == 422
    for method, path in (("GET", "deliveries"), ("POST", "enable"), ("POST", "replay")):
        async with user_client.request(method, f"/api/v1/webhooks/{webhook}/{path}") as response:
            assert response.status == 404


@pytest.mark.parametrize("address", ["http://10.0.0.1/x", "http://169.254.169.254/", "https://[fd00::1]/"])
async def test_an_address_that_will_be_refused_is_refused_at_creation(
    address: str, client: aiohttp.ClientSession
) -> None:
    async with client.post("/api/v1/webhooks", json={"url": address}) as response:
        problem = await response.json()
        assert response.status == 422 and problem["errors"][0]["field"] == "url", problem
    team = {"name": "north", "channels": [{"kind": "webhook", "target": address}]}
    async with client.post("/api/v1/teams", json=team) as response:
        assert response.status == 422, await response.text()


async def test_webhooks_are_limited_exactly(client: aiohttp.ClientSession) -> None:
    async def create(number: int) -> int:
        async with client.post("/api/v1/webhooks", json={"url": f"https://93.184.216.34/{number}"}) as response:
            if response.status == 429:
                problem = await response.json()
                assert (problem["limit"], problem["maximum"], problem["current"]) == ("webhooks", 20, 20)
            return response.status

    statuses = await asyncio.gather(*(create(number) for number in range(30)))
    assert (statuses.count(201), statuses.count(429)) == (20, 10)


async def test_a_delivery_carries_the_request_id_of_its_job(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    async with client.post("/api/v1/webhooks", json={"url": "https://93.184.216.34/hook"}) as response:
        assert response.status == 201, await response.text()
    headers = {"X-Request-Id": "night-import-7"}
    async with client.post("/api/v1/jobs", json={"type": "noop"}, headers=headers) as response:
        job_id = (await response.json())["jobId"]
    async with client.post(f"/api/v1/jobs/{job_id}/cancel") as response:
        assert response.status == 200
    [delivery] = await db_pool.fetch("SELECT request_id, title FROM jobs WHERE kind = 'webhook_delivery'")
    assert tuple(delivery) == ("night-import-7", "Webhook delivery · 93.184.216.34")
