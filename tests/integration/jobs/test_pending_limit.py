"""No route creates or retries a job beyond the limit of unfinished jobs, and what fails does not count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from app.db.accounts.users import User
from app.db.core.pool import Pool
from app.db.jobs import queues
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.jobs.spec import NewJob
from app.errors import LimitReached
from app.settings import Settings
from app.web.jobs.pending_limit import PendingLimit
from app.web.jobs.together import Together
from tests import harness
from tests.benchmarks import noop
from tests.integration.dashboard.conftest import Visitor, visitor
from tests.integration.households.calls import call
from tests.integration.jobs.test_admission_plan import nodes, pages, plan

CSV = {"Content-Type": "text/csv"}
SAN_DIEGO = {"north": 32.8, "south": 32.7, "east": -117.1, "west": -117.2}
CREATING: dict[str, dict[str, Any]] = {
    "POST /api/v1/jobs": {"json": {"type": "noop"}},
    "POST /api/v1/jobs#list": {"json": [{"type": "noop"}]},
    "POST /api/v1/jobs#idempotent": {"json": {"type": "noop"}, "headers": {"Idempotency-Key": "once"}},
    "POST /api/v1/validations": {"json": {"all": True}},
    "POST /api/v1/businesses": {"json": {"name": "Beta", "website": "https://beta.example"}},
    "POST /api/v1/businesses#csv": {"data": b"name,website\nBeta,https://beta.example\n", "headers": CSV},
    "POST /api/v1/businesses/import": {"data": b"name,website\nBeta,https://beta.example\n", "headers": CSV},
    "POST /api/v1/parcels/import": {"data": b"parcel_id,latitude,longitude\n1,35.0,-80.0\n", "headers": CSV},
    "POST /api/v1/pois/import": {"data": b"id,category,latitude,longitude\n1,food,35.0,-80.0\n", "headers": CSV},
    "POST /api/v1/voters/import": {
        "data": b"voter_id,last_name,address,city,state,zip\n1,Doe,1 Main St,Columbus,OH,43004\n",
        "headers": CSV,
    },
    "POST /api/v1/gis/geocode-file": {"data": b"address,city,state\n1 Main St,Columbus,OH\n", "headers": CSV},
    "POST /api/v1/gis/households/geocode": {"json": {"state": "OH"}},
    "POST /api/heatmap/schedule": {"json": {"bounds": SAN_DIEGO, "gridStep": 0.01}},
    "POST /api/enrichment": {"json": {"business_id": "acme"}},
    "POST /api/scoring": {"json": {"business_id": "acme"}},
    "POST /api/signals": {"json": {"business_id": "acme"}},
    "POST /api/research/acme": {"json": {"company_name": "Acme"}},
    "POST /api/v1/schedules/{schedule}/run": {},
    "POST /api/v1/jobs/{failed}/retry": {},
    "POST /api/jobs/retry": {"json": {"jobId": "{failed}"}},
    "POST /api/v1/jobs/bulk": {"json": {"action": "retry", "filters": {"status": "failed"}}},
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_pending_jobs": 4})


@pytest.fixture
async def pool(db_pool: Pool) -> Pool:
    """A pool on a database that knows the kind's queue."""
    async with db_pool.acquire() as conn:
        await queues.declare(conn, [noop.SPEC.queue])
    return db_pool


async def prepare(client: aiohttp.ClientSession, pool: Pool) -> dict[str, str]:
    """A business, a household, a schedule and a failed job; the user has as many unfinished jobs as they may have."""
    business = {"json": {"name": "Acme", "website": "https://acme.example"}}
    assert (await call(client, "POST", "/api/v1/businesses", **business)).status == 201
    household = {"json": [{"id": "h-1", "address": "1 Main St", "city": "Columbus", "state": "OH"}]}
    assert (await call(client, "POST", "/api/v1/households", **household)).status == 201
    schedule = {"json": {"name": "s", "cron": "0 5 * * *", "type": "noop"}}
    ids = {"schedule": (await call(client, "POST", "/api/v1/schedules", **schedule)).json["id"]}
    ids["failed"] = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    await pool.execute("UPDATE jobs SET status = 'failed', completed_at = now() WHERE id = $1::uuid", ids["failed"])
    await pool.execute("UPDATE jobs SET status = 'completed', completed_at = now() WHERE status = 'pending'")

    async def is_full() -> bool:
        await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})
        return bool(await pool.fetchval("SELECT count(*) = 4 FROM jobs WHERE completed_at IS NULL"))

    await harness.eventually(is_full)
    return ids


async def test_every_route_that_creates_or_retries_jobs(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    ids = await prepare(user_client, db_pool)
    before = await db_pool.fetch("SELECT id, status FROM jobs ORDER BY id")
    for route, options in CREATING.items():
        method, path = route.partition("#")[0].format(**ids).split()
        if options.get("json") == {"jobId": "{failed}"}:
            options = {"json": {"jobId": ids["failed"]}}
        got = await call(user_client, method, path, **options)
        assert (got.status, got.json.get("limit")) == (429, "pendingJobs"), (route, got)
        assert "cancel some" in got.json["detail"]
    assert await db_pool.fetch("SELECT id, status FROM jobs ORDER BY id") == before
    assert await db_pool.fetchval("SELECT count(*) FROM uploads") == 0
    point = await call(user_client, "GET", "/api/score?lat=32.75&lng=-117.15")
    assert (point.status, point.json["job"]) == (200, None)  # the score needs no job
    for route in ("POST /api/enrichment", "POST /api/v1/jobs", "POST /api/v1/gis/households/geocode"):
        method, path = route.split()
        assert (await call(client, method, path, **CREATING[route])).status == 202  # administrators are not limited


async def test_the_dashboards_forms(
    url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    await prepare(user_client, db_pool)
    before = await db_pool.fetchval("SELECT count(*) FROM jobs")
    async with visitor(url, user_client.headers["Authorization"].removeprefix("Bearer ")) as page:
        await create_in_dashboard(page)
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == before


async def create_in_dashboard(page: Visitor) -> None:
    got = await page.post("/new/noop", form="/new/noop", seconds="0.5")
    assert got.status == 429 and "exceed the limit of 4" in got.text, got.text[-2000:]


def new_user(user_id: UUID) -> User:
    return User(user_id, "a@example.com", "A", "user", datetime.now(UTC), None)


async def test_what_fails_does_not_count(pool: Pool, admin_id: UUID) -> None:
    limit, user = PendingLimit(10), new_user(admin_id)
    for _ in range(5):  # each has room for all ten, because the one before gave them back
        with pytest.raises(ZeroDivisionError):
            async with limit.creator(user) as creator, pool.acquire() as conn, conn.transaction():
                await jobs.insert(conn, [NewJob(noop.SPEC, b"{}")] * 10, creator)
                raise ZeroDivisionError
    async with limit.creator(user) as creator, pool.acquire() as conn, conn.transaction():
        await jobs.insert(conn, [NewJob(noop.SPEC, b"{}")] * 10, creator)
    together = Together(pool)
    with pytest.raises(LimitReached):
        async with limit.creator(user) as creator:
            await together.insert(NewJob(noop.SPEC, b"{}"), creator)
    assert await pool.fetchval("SELECT count(*) FROM jobs") == 10


async def test_jobs_whose_key_is_taken_do_not_count(pool: Pool, admin_id: UUID) -> None:
    limit, user, together = PendingLimit(4), new_user(admin_id), Together(pool)
    for _ in range(20):
        async with limit.creator(user) as creator:
            await together.insert(NewJob(noop.SPEC, b"{}", dedupe_key="same"), creator)
        async with limit.creator(user) as creator, pool.acquire() as conn, conn.transaction():
            await jobs.insert(conn, [NewJob(noop.SPEC, b"{}", dedupe_key=key) for key in ("same", "other")], creator)
    async with limit.creator(user) as creator, pool.acquire() as conn, conn.transaction():
        await jobs.insert(conn, [NewJob(noop.SPEC, b"{}")] * 2, creator)
    assert await pool.fetchval("SELECT count(*) FROM jobs") == 4


async def test_the_platform_is_never_refused(pool: Pool, admin_id: UUID) -> None:
    async with pool.acquire() as conn:
        assert len(await jobs.insert(conn, [NewJob(noop.SPEC, b"{}")] * 50, Creator(admin_id))) == 50


FILL = """
INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by, status, completed_at)
SELECT gen_random_uuid(), 'noop', $3, '{}', 1, 60,
       CASE WHEN n > 1200000 OR n % 2 = 0 AND n <= 1000000 THEN $1::uuid ELSE $2::uuid END,
       CASE WHEN n <= 1000000 THEN 'completed' ELSE 'pending' END,
       CASE WHEN n <= 1000000 THEN now() END
FROM generate_series($4::int, least(1200300, $4 + 99999)) AS n
"""


@pytest.mark.timeout(900)
async def test_counting_reads_only_the_users_unfinished_jobs(pool: Pool, admin_id: UUID) -> None:
    """With 1,000,000 finished jobs, a half of them the user's, and 200,000 unfinished jobs of others."""
    async with pool.acquire() as conn:
        for index in ("text", "data", "ready", "turns", "dedupe", "kind", "finished"):  # no use for this statement
            await conn.execute(f"DROP INDEX jobs_{index}_idx")
        await conn.execute("SET session_replication_role = replica")  # checks no foreign keys
        other_id = await conn.fetchval(
            """INSERT INTO users (id, email, name, role)
               VALUES (gen_random_uuid(), 'b@example.com', 'B', 'user') RETURNING id"""
        )
        for first in range(1, 1_200_301, 100_000):
            await conn.execute(FILL, admin_id, other_id, noop.SPEC.queue.name, first, timeout=300)
        await conn.execute("VACUUM ANALYZE jobs", timeout=300)
        root = await plan(conn, jobs.COUNT_UNFINISHED, admin_id, 500_000)
        assert await jobs.count_unfinished(conn, admin_id, 500_000) == 300
        assert await jobs.count_unfinished(conn, admin_id, 100) == 100
    assert {node["Index Name"] for node in nodes(root) if "Index Name" in node} == {"jobs_owner_unfinished_idx"}
    assert "Seq Scan" not in {node["Node Type"] for node in nodes(root)}
    assert pages(root) < 30
