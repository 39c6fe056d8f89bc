"""Users cannot create internal jobs, use reserved priorities, or see other users' jobs through a webhook."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.db.jobs import webhooks

INTERNAL = {
    "webhook_delivery": {"endpointId": str(uuid7()), "jobId": str(uuid7()), "event": "invoice.paid"},
    "signal_notification": {"notificationId": str(uuid7())},
}


async def post(client: aiohttp.ClientSession, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    async with client.post(path, json=body) as response:
        return response.status, await response.json()


@pytest.mark.parametrize("kind", INTERNAL)
async def test_internal_kinds_cannot_be_created(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool, kind: str
) -> None:
    job = {"type": kind, "data": INTERNAL[kind]}
    for session in (client, user_client):
        for path, body in (
            ("/api/v1/jobs", job),
            ("/api/v1/jobs", [{"type": "noop"}, job]),
            ("/api/v1/schedules", {"name": f"internal {kind}", "cron": "* * * * *", **job}),
        ):
            status, problem = await post(session, path, body)
            assert status == 422 and "created by the platform itself" in problem["detail"], (path, problem)
        status, schedule = await post(session, "/api/v1/schedules", {"name": kind, "cron": "0 5 * * *", "type": "noop"})
        assert status == 201
        async with session.patch(f"/api/v1/schedules/{schedule['id']}", json=job) as response:
            assert response.status == 422
        async with session.delete(f"/api/v1/schedules/{schedule['id']}") as response:
            assert response.status == 204
    assert await db_pool.fetchval("SELECT count(*) FROM jobs WHERE kind = $1", kind) == 0


async def test_a_delivery_needs_an_endpoint_and_a_job_of_the_same_user(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    ids: dict[str, tuple[UUID, UUID]] = {}
    for name, session in {"admin": client, "user": user_client}.items():
        _, endpoint = await post(session, "/api/v1/webhooks", {"url": "https://example.com/hook"})
        _, job = await post(session, "/api/v1/jobs", {"type": "noop"})
        ids[name] = UUID(endpoint["id"]), UUID(job["jobId"])
    await db_pool.execute("UPDATE jobs SET status = 'completed', completed_at = now(), result = '{}'")
    async with db_pool.acquire() as conn:
        for endpoint_id, job_id in ids.values():
            assert await webhooks.find_delivery(conn, endpoint_id, job_id) is not None
        assert await webhooks.find_delivery(conn, ids["user"][0], ids["admin"][1]) is None
        assert await webhooks.find_delivery(conn, ids["admin"][0], ids["user"][1]) is None


PRIORITIZED: dict[str, Any] = {
    "/api/v1/jobs": {"type": "noop"},
    "/api/v1/schedules": {"name": "urgent", "cron": "0 5 * * *", "type": "noop"},
    "/api/v1/validations": {"all": True},
    "/api/places/search": {"query": "bakery"},
    "/api/enrichment": {"business_id": "acme"},
    "/api/scoring": {"business_id": "acme"},
    "/api/signals": {"business_id": "acme"},
    "/api/research/acme": {"company_name": "Acme"},
}


@pytest.mark.parametrize("path", PRIORITIZED)
@pytest.mark.parametrize("priority", [1, 2])
async def test_priorities_1_and_2_are_reserved_for_admins(
    user_client: aiohttp.ClientSession, path: str, priority: int
) -> None:
    status, problem = await post(user_client, path, PRIORITIZED[path] | {"priority": priority})
    assert status == 403, problem
    assert "reserved for administrators. Use 3 to 9." in problem["detail"]


@pytest.mark.parametrize("path", ["/api/v1/businesses", "/api/v1/businesses/import", "/api/v1/parcels/import"])
async def test_imports_respect_reserved_priorities(user_client: aiohttp.ClientSession, path: str) -> None:
    csv = b"name,website\nAcme,https://acme.example\n"
    if "parcels" in path:
        csv = b"parcel_id,latitude,longitude\n1,35.0,-80.0\n"
    async with user_client.post(f"{path}?priority=1", data=csv, headers={"Content-Type": "text/csv"}) as response:
        problem = await response.json()
        assert response.status == 403, problem
        assert "reserved for administrators" in problem["detail"]


async def test_the_edges_of_the_priorities(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    assert (await post(client, "/api/v1/jobs", {"type": "noop", "priority": 1}))[0] == 202
    assert (await post(user_client, "/api/v1/jobs", {"type": "noop", "priority": 3}))[0] == 202
    assert (await post(user_client, "/api/v1/jobs", {"type": "noop", "priority": 0}))[0] == 422
    _, schedule = await post(user_client, "/api/v1/schedules", {"name": "s", "cron": "0 5 * * *", "type": "noop"})
    async with user_client.patch(f"/api/v1/schedules/{schedule['id']}", json={"priority": 2}) as response:
        assert response.status == 403


async def test_only_admins_lift_exclusions_of_admins(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    excluded = {"by": "domain", "value": "never.example", "reason": "legal: never contact"}
    _, by_admin = await post(client, "/api/v1/business-exclusions", excluded)
    _, by_user = await post(user_client, "/api/v1/business-exclusions", {"by": "domain", "value": "mine.example"})
    _, taken_over = await post(user_client, "/api/v1/business-exclusions", {"by": "domain", "value": "both.example"})
    status, same = await post(client, "/api/v1/business-exclusions", {"by": "domain", "value": "both.example"})
    assert (status, same["id"]) == (200, taken_over["id"])
    for exclusion, status in ((by_admin, 403), (by_user, 204), (taken_over, 403)):
        async with user_client.delete(f"/api/v1/business-exclusions/{exclusion['id']}") as response:
            assert response.status == status
    async with client.delete(f"/api/v1/business-exclusions/{by_admin['id']}") as response:
        assert response.status == 204
