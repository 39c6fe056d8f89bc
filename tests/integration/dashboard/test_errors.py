"""Errors by cause: grouped over all jobs and within one, shown to those who may read them, and sent in again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

import aiohttp
import orjson

from app.db.core.pool import Pool
from app.db.jobs import causes
from tests.integration.dashboard.conftest import Visitor
from tests.integration.dashboard.test_home import create

FAIL = "UPDATE jobs SET status = 'failed', error = $2, started_at = now(), completed_at = now() WHERE id = $1"
SAME = (
    ("scripted: HTTP 503 from https://a.example/x", "scripted: HTTP 500 from https://b.example/"),
    ("no answer within 5.0 s", "no answer within 30 s"),
    ("job 01a2214a-9364-7375-a045-99dec1554aaa is gone", "job 01a2214a-9364-7375-a045-99cf3cb6e946 is gone"),
    ("line 2: 'abc' is no date", "line 17: 'it was' is no date"),
)


async def fail(pool: Pool, ids: Sequence[str], errors: Sequence[str]) -> None:
    for job_id, error in zip(ids, errors, strict=True):
        await pool.execute(FAIL, UUID(job_id), error)


async def test_errors_with_the_same_cause(client: aiohttp.ClientSession, db_pool: Pool, admin: Visitor) -> None:
    errors = [error for pair in SAME for error in pair]
    await fail(db_pool, await create(client, len(errors)), errors)
    page = (await admin.get("/errors")).text
    assert f"{len(errors)} jobs failed for {len(SAME)} reasons" in page
    assert page.count("Retry these 2") == len(SAME)


async def test_the_jobs_of_one_cause_are_shown_and_retried(
    client: aiohttp.ClientSession, db_pool: Pool, admin: Visitor, user: Visitor
) -> None:
    first, second, other = await create(client, 3)
    await fail(db_pool, [first, second, other], ["no answer within 5 s", "no answer within 7 s", "bad input"])
    page = (await admin.get("/errors?within=24h")).text
    [link] = re.findall(r'href="(/errors\?within=24h&amp;kind=scripted&amp;cause=\w+)"', page)
    shown = (await admin.get(link.replace("&amp;", "&"))).text
    assert f'id="job-{first}"' in shown and f'id="job-{second}"' in shown and f'id="job-{other}"' not in shown
    assert "No failed jobs" in (await user.get("/errors")).text
    digest = link.rpartition("=")[2]
    fields = {"form": "/errors", "kind": "scripted", "cause": digest}
    asking = await admin.post("/errors?within=24h", **fields)
    assert "Retry 2 jobs that failed for this reason?" in asking.text
    assert (await user.post("/errors?within=24h", **(fields | {"form": "/keys"}), confirmed="yes")).status == 303
    assert await db_pool.fetchval("SELECT count(*) FROM jobs WHERE status = 'failed'") == 3, "another user's jobs"
    await admin.post("/errors?within=24h", **fields, confirmed="yes")
    assert [str(id) for id in await db_pool.fetchval("SELECT array_agg(id) FROM jobs WHERE status = 'failed'")] == [
        other
    ]


async def test_failed_households_are_geocoded_again_by_cause(
    client: aiohttp.ClientSession, db_pool: Pool, admin: Visitor
) -> None:
    rows = [{"id": f"h-{n}", "address": f"{n} Main St", "city": "Concord", "state": "CA"} for n in range(3)]
    async with client.post("/api/v1/households", json=rows) as response:
        assert response.status == 201
    households = [str(row["id"]) for row in await db_pool.fetch("SELECT id FROM households ORDER BY external_id")]
    body = {"city": "Concord", "minAccuracy": "street"}
    async with client.post("/api/v1/gis/households/geocode", json=body) as response:
        job = (await response.json())["jobId"]
    errors = ["nominatim: no match", "nominatim: HTTP 503", "nominatim: HTTP 502"]
    await db_pool.executemany(
        "INSERT INTO job_errors (job_id, item_id, address, error) VALUES ($1::uuid, $2, $3, $4)",
        [(job, household, f"{n} Main St", errors[n]) for n, household in enumerate(households)],
    )
    await db_pool.execute(
        """UPDATE jobs SET status = 'completed', started_at = now(), completed_at = now(), processed_items = 3,
               failed_items = 3, result = '{}' WHERE id = $1::uuid""",
        job,
    )
    async with db_pool.acquire() as conn:
        most, least = await causes.group_items(conn, UUID(job)) or []
    assert (most.items, least.items, least.example) == (2, 1, "0 Main St")
    page = (await admin.get(f"/jobs/{job}")).text
    assert "No geocoder knows the address" in page and "Not found, and nominatim could not be asked" in page
    only = (await admin.get(f"/jobs/{job}?cause={most.digest}")).text
    assert f'href="/households/{households[1]}"' in only and f'href="/households/{households[0]}"' not in only
    csv = (await admin.get(f"/jobs/{job}/errors.csv?cause={most.digest}")).text
    assert len(csv.strip().splitlines()) == 3, "the header and two rows"
    done = await admin.post(f"/jobs/{job}/errors/geocode", cause=most.digest, confirmed="yes")
    again = await db_pool.fetchrow("SELECT id, data FROM jobs WHERE id <> $1::uuid", job)
    assert again is not None and done.location == f"/jobs/{again['id']}"
    data = orjson.loads(again["data"])
    assert sorted(data["householdIds"]) == sorted(households[1:])
    assert data["minAccuracy"] == "street"
