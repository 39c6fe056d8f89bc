"""A stored row that is too deep or too long for a list never breaks the list or page for everybody."""

from __future__ import annotations

import threading
from io import BytesIO
from uuid import UUID

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from app.web.dashboard.core import results
from app.web.dashboard.core.results import ResultSection
from app.web.jobs.create import MAX_DATA_BYTES
from tests.integration.dashboard.conftest import Visitor

DEEP = '{"a":' * 400 + "1" + "}" * 400


async def create(client: aiohttp.ClientSession) -> str:
    async with client.post("/api/v1/jobs", json={"type": "noop"}) as response:
        return str((await response.json())["jobId"])


@pytest.mark.parametrize("value", [DEEP, f'{{"number": {10**40}}}', '["a list"]', '"text"', "null", "{}"])
async def test_lists_and_pages_show_rows_of_any_shape(
    client: aiohttp.ClientSession, admin: Visitor, db_pool: Pool, value: str
) -> None:
    bad, good = await create(client), await create(client)
    await db_pool.execute(
        """UPDATE jobs SET data = $2, result = $2, status = 'completed', completed_at = now() WHERE id = $1::uuid""",
        bad,
        value,
    )
    page = await admin.get("/jobs")
    assert page.status == 200 and bad in page.text and good in page.text
    for path in (f"/jobs/{bad}", f"/jobs/{good}", "/new", f"/new/noop?copy={bad}", "/schedules", "/map"):
        assert (await admin.get(path)).status < 500, path
    for path in ("/api/v1/jobs", f"/api/v1/jobs/{bad}", "/api/v1/jobs?q=nothing", f"/api/jobs/{bad}"):
        async with client.get(path) as response:
            assert response.status == 200, path
            await response.json(loads=lambda text: text)


async def test_lists_leave_long_data_and_results_out_and_say_so(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    long, short = await create(client), await create(client)
    await db_pool.execute(
        """UPDATE jobs SET data = jsonb_build_object('text', (SELECT string_agg(md5(n::text), '')
               FROM generate_series(1, 30000) AS n)) WHERE id = $1::uuid""",
        long,
    )
    async with client.get("/api/v1/jobs") as response:
        text = await response.read()
    jobs = {job["id"]: job for job in orjson.loads(text)["jobs"]}
    assert (jobs[long]["data"], jobs[long]["truncated"]) == (None, True)
    assert (jobs[short]["data"], jobs[short]["truncated"]) == ({"seconds": 0}, False)
    assert len(text) < 50_000
    async with client.get(f"/api/v1/jobs/{long}") as response:
        job = await response.json()
    assert len(job["data"]["text"]) == 960_000 and job["truncated"] is False


async def test_lists_leave_out_what_is_only_short_while_it_is_compressed(
    client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    long, limit = await create(client), await create(client)
    resize = "UPDATE jobs SET data = jsonb_build_object('x', repeat('x', $2)), result = data WHERE id = $1::uuid"
    await db_pool.execute(resize, long, 1_000_000)
    await db_pool.execute(resize, limit, 20_000 - len('{"x": ""}'))
    assert await db_pool.fetchval("SELECT max(pg_column_size(data)) FROM jobs") < 20_000
    async with client.get("/api/v1/jobs") as response:
        jobs = {job["id"]: job for job in (await response.json())["jobs"]}
    assert (jobs[long]["data"], jobs[long]["truncated"]) == (None, True)
    assert (len(jobs[limit]["data"]["x"]), jobs[limit]["truncated"]) == (19_991, False)


async def test_the_page_of_a_job_with_long_values_is_short(
    client: aiohttp.ClientSession, admin: Visitor, db_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await create(client)
    value = orjson.dumps({"rows": [{"id": number, "name": "x" * 20} for number in range(20_000)]}).decode()
    await db_pool.execute("UPDATE jobs SET data = $2, result = $2 WHERE id = $1::uuid", job, value)
    threads: list[str] = []
    to_sections = results.to_sections

    def note_thread(value: object) -> list[ResultSection]:
        threads.append(threading.current_thread().name.partition("_")[0])
        return to_sections(value)

    monkeypatch.setattr(results, "to_sections", note_thread)
    page = await admin.get(f"/jobs/{job}")
    assert page.status == 200 and len(page.text) < 1_000_000
    assert page.text.count(" characters more)") == 2 and threads == ["request", "request"]


async def test_the_data_of_a_job_has_a_maximum(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    body = BytesIO(orjson.dumps({"type": "scripted", "data": {"dedupe": "x" * MAX_DATA_BYTES}}))
    async with client.post("/api/v1/jobs", data=body, headers={"Content-Type": "application/json"}) as response:
        problem = await response.json()
    assert response.status == 422 and "the maximum is 5,000,000" in problem["detail"]
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0
    assert UUID(await create(client))


SHAPES = [DEEP, '{"a":' * 300 + "1" + "}" * 300, f'{{"number": {10**40}}}', '["a list"]', "null"]
"""The first is too deep for any encoder, the second only once it is within a response."""


@pytest.mark.parametrize("value", SHAPES, ids=["400 levels", "300 levels", "40 digits", "list", "null"])
async def test_every_stored_value_can_be_read(
    client: aiohttp.ClientSession, admin: Visitor, db_pool: Pool, value: str
) -> None:
    job = await create(client)
    async with client.post("/api/companies", json={"name": "Acme"}) as response:
        company = (await response.json())["id"]
    async with client.post("/api/v1/businesses", json={"name": "Acme", "website": "https://example.com"}) as response:
        business = (await response.json())["id"]
    schedule = {"name": "nightly", "type": "noop", "cron": "0 3 * * *", "data": {}}
    async with client.post("/api/v1/schedules", json=schedule) as response:
        schedule_id = (await response.json())["id"]
    for statement, row in (
        ("INSERT INTO job_errors (job_id, error, detail) VALUES ($2, 'x', $1)", job),
        ("UPDATE companies SET attributes = $1 WHERE id = $2", company),
        (
            """INSERT INTO company_fields (company_id, field, source, value, fetched_at)
               VALUES ($2, 'industry', 'website', $1, now())""",
            company,
        ),
        (
            """INSERT INTO lead_scores (id, company_id, job_id, score, features, ai)
               VALUES ($2, $2, $2, 1, $1, $1)""",
            company,
        ),
        (
            """INSERT INTO business_contacts (business_id, kind, value, confidence, detail, evidence)
               VALUES ($2, 'email', 'info@example.com', 0.9, $1, $1)""",
            business,
        ),
        ("UPDATE businesses SET website_evidence = $1 WHERE id = $2", business),
        (
            "INSERT INTO website_checks (business_id, job_id, status, evidence) VALUES ($2, $2, 'ok', $1)",
            business,
        ),
        ("UPDATE schedules SET data = $1 WHERE id = $2", schedule_id),
        ("INSERT INTO audit_log (action, job_id, details) VALUES ('test', $2, $1)", job),
    ):
        await db_pool.execute(statement, value, UUID(row))
    for path in (
        f"/api/v1/jobs/{job}/errors", f"/api/v1/jobs/{job}", f"/api/companies/{company}", "/api/companies",
        f"/api/businesses/{business}", "/api/businesses", "/api/v1/schedules", f"/api/v1/companies/{company}",
        "/api/v1/companies", "/api/v1/scores", f"/api/v1/businesses/{business}/checks",
        f"/api/v1/schedules/{schedule_id}",
    ):  # fmt: skip
        async with client.get(path) as response:
            assert response.status == 200, (path, await response.text())
            await response.json(loads=lambda text: text)
    async with client.get("/api/v1/scores/export.csv") as response:
        assert len((await response.text()).splitlines()) == 2
    for path in (f"/jobs/{job}", "/schedules", "/audit", f"/schedules/{schedule_id}"):
        assert (await admin.get(path)).status == 200, path
    async with client.get(f"/api/v1/jobs/{job}/errors") as response:
        (error,) = (await response.json())["errors"]
    assert error["error"] == "x"
    assert ("notShown" in error) is value.startswith('{"a":')
    async with client.patch(f"/api/v1/schedules/{schedule_id}", json={"cron": "0 4 * * *"}) as response:
        assert response.status < 500
