"""The company routes: quota, reuse of reports, synchronous mode, and refused requests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.households.calls import Answer, call
from tests.servers.llm import MODEL, LlmStandIn, Mood
from tests.servers.site import Site


async def post(client: aiohttp.ClientSession, path: str, body: Any = None, **options: Any) -> Answer:
    return (
        await call(client, "POST", path, json=body, **options)
        if body is not None
        else await call(client, "POST", path, **options)
    )


async def test_research_of_an_unknown_slug_returns_the_documented_response(client: aiohttp.ClientSession) -> None:
    asked = await post(client, "/api/research/abc123")
    assert asked.status == 202, asked.raw
    answer = asked.json
    assert answer.items() >= {"status": "queued", "estimated_completion_seconds": 60, "is_new": True}.items()
    assert answer["poll_url"] == f"/api/jobs/{answer['job_id']}" == asked.headers["Location"]
    assert answer["quota"] == {"researches_used": 1, "researches_limit": 100, "researches_remaining": 99}
    again = await post(client, "/api/research/abc123")
    assert (again.json["job_id"], again.json["is_new"]) == (answer["job_id"], False)
    assert again.json["quota"] == answer["quota"], "counted once"
    polled = await call(client, "GET", answer["poll_url"])
    assert polled.status == 202
    assert polled.json["job"] == {"id": answer["job_id"], "status": "queued", "progress": 0}
    assert polled.json["queue"] == "research" and polled.json["started_at"] is None
    assert polled.json["poll_interval_ms"] == 500 and polled.headers["Retry-After"] == "1"
    same = await call(client, "GET", answer["poll_url"], headers={"If-None-Match": polled.headers["ETag"]})
    assert same.status == 304
    company = (await call(client, "GET", "/api/companies/abc123")).json
    assert (company["external_id"], company["name"]) == ("abc123", "abc123")


async def test_the_quota_counts_a_research_once_and_not_if_it_is_cancelled(
    settings: Settings, admin_id: UUID, db_pool: Pool
) -> None:
    tight = settings.model_copy(update={"research_quota": 2})
    async with harness.api(tight) as url, harness.session(url, harness.ADMIN_KEY) as client:
        first = await post(client, "/api/research/one")
        await post(client, "/api/research/two")
        refused = await post(client, "/api/research/three")
        assert refused.status == 429 and refused.headers["Content-Type"].startswith("application/problem+json")
        assert refused.json["quota"] == {"researches_used": 2, "researches_limit": 2, "researches_remaining": 0}
        assert int(refused.headers["Retry-After"]) > 0 and "2 researches" in refused.json["error"]
        assert (await call(client, "GET", "/api/companies/three")).status == 404, "nothing of a refused request stays"
        assert (await post(client, "/api/research/one")).status == 202, "an active one is no new one"
        await post(client, f"/api/v1/jobs/{first.json['job_id']}/cancel")
        given_back = await post(client, "/api/research/three")
        assert given_back.status == 202 and given_back.json["quota"]["researches_used"] == 2
        await db_pool.execute("UPDATE jobs SET created_at = created_at - interval '32 days', id = id")
        await db_pool.execute("UPDATE jobs SET status = 'failed', completed_at = now() WHERE dedupe_key IS NOT NULL"
                              " AND status = 'pending'")  # fmt: skip
        assert (await post(client, "/api/research/four")).json["quota"]["researches_used"] == 1


async def test_a_cancelled_research_counts_if_it_has_written_a_section(
    settings: Settings, admin_id: UUID, db_pool: Pool
) -> None:
    tight = settings.model_copy(update={"research_quota": 1})
    async with harness.api(tight) as url, harness.session(url, harness.ADMIN_KEY) as client:
        job_id = (await post(client, "/api/research/one")).json["job_id"]
        await db_pool.execute(
            """WITH report AS (
                   INSERT INTO research_reports (id, company_id, job_id, created_by, model, company, gathered)
                   SELECT gen_random_uuid(), (data ->> 'companyId')::uuid, id, created_by, 'm', '{}', '{}' FROM jobs
                   WHERE id = $1::uuid RETURNING id)
               INSERT INTO research_sections (report_id, key, claims, dropped, confidence)
               SELECT id, 'overview', '[]', '{}', '{}' FROM report""",
            job_id,
        )
        await post(client, f"/api/v1/jobs/{job_id}/cancel")
        assert (await post(client, "/api/research/two")).status == 429, "the section can be read"
        assert (await call(client, "DELETE", f"/api/v1/jobs/{job_id}")).status == 204
        assert (await post(client, "/api/research/two")).status == 429


async def test_the_quota_also_holds_for_the_jobs_route(
    settings: Settings, admin_id: UUID, db_pool: Pool, site: Site
) -> None:
    tight = settings.model_copy(update={"research_quota": 1})
    async with harness.api(tight) as url, harness.session(url, harness.ADMIN_KEY) as client, harness.worker(tight):
        named = {"name": "Acme Widgets Ltd", "website": site.url}
        company = (await post(client, "/api/companies", named)).json["id"]
        other = (await post(client, "/api/companies", {"name": "B"})).json["id"]
        body = [{"type": "company_research", "data": {"companyId": company_id}} for company_id in (company, other)]
        made = (await post(client, "/api/v1/jobs", body)).json["jobs"]
        first, second = [await harness.follow(client, job["jobId"]) for job in made]
        assert first["status"] == "completed"
        assert second["status"] == "failed" and "quota" in second["error"]


async def test_a_fresh_report_is_reused(
    settings: Settings,
    client: aiohttp.ClientSession,
    user_client: aiohttp.ClientSession,
    company: str,
    db_pool: Pool,
) -> None:
    async with harness.worker(settings):
        asked = await post(client, f"/api/research/{company}")
        job = await harness.follow(client, asked.json["job_id"])
        reused = await post(user_client, f"/api/research/{company}")
        assert reused.status == 200 and reused.json["status"] == "completed"
        assert reused.json["job"]["result"] == reused.json["result"] == job["result"]
        assert reused.json["quota"]["researches_used"] == 0
        assert (reused.json["job_id"], reused.json["poll_url"]) == (None, None), "the job is another user's"
        assert job["id"] not in reused.raw.decode()
        assert (await call(user_client, "GET", reused.json["report_url"])).status == 200
        own = await post(client, f"/api/research/{company}")
        assert (await call(client, "GET", own.json["poll_url"])).json["result"] == job["result"]
        forced = await post(client, f"/api/research/{company}", {"force_refresh": True})
        assert forced.status == 202
        await harness.follow(client, forced.json["job_id"])
        await db_pool.execute("UPDATE research_reports SET completed_at = completed_at - interval '8 days'")
        assert (await post(client, f"/api/research/{company}")).status == 202


async def test_a_research_within_the_request(with_model: Settings, admin_id: UUID, site: Site, llm: LlmStandIn) -> None:
    """Without any worker."""
    async with harness.api(with_model) as url, harness.session(url, harness.ADMIN_KEY) as client:
        made = await post(client, "/api/companies", {"name": "Acme Widgets Ltd", "website": site.url})
        done = await post(client, f"/api/research/{made.json['id']}?sync=true")
        assert done.status == 200, done.raw
        assert done.json["job"]["status"] == done.json["status"] == "completed"
        assert done.json["result"]["model"] == MODEL and done.json["quota"]["researches_used"] == 1
    direct = with_model.model_copy(update={"use_queue_processing": False})
    async with harness.api(direct) as url, harness.session(url, harness.ADMIN_KEY) as client:
        done = await post(client, f"/api/research/{made.json['id']}", {"force_refresh": True})
        assert done.status == 200 and done.json["result"]["sections_complete"] == 8


async def test_the_time_limit_stops_a_research(
    with_model: Settings, client: aiohttp.ClientSession, company: str, llm: LlmStandIn, db_pool: Pool
) -> None:
    llm.be(Mood.HANGS)
    asked = await post(client, f"/api/research/{company}")
    row = await db_pool.fetchrow("SELECT timeout_seconds, max_attempts FROM jobs")
    assert row is not None and (row["timeout_seconds"], row["max_attempts"]) == (180, 3)
    await db_pool.execute("UPDATE jobs SET timeout_seconds = 1, max_attempts = 1")
    async with harness.worker(with_model.model_copy(update={"llm_timeout_seconds": 60.0})):
        job = await harness.follow(client, asked.json["job_id"])
    assert job["status"] == "failed" and "timed out" in job["error"]
    shown = await call(client, "GET", asked.json["poll_url"])
    assert shown.status == 200 and shown.json["error"] == job["error"]
    assert shown.json["job"].items() >= {"status": "failed", "error": job["error"]}.items()
    quota = (await post(client, f"/api/research/{company}")).json["quota"]
    assert quota["researches_used"] == 1, "the failed one was given back"


async def test_reports_as_html_and_markdown(settings: Settings, client: aiohttp.ClientSession, site: Site) -> None:
    site.pages["/about"] = "<html><body><p>We were founded in 1987 &lt;script&gt;alert(1)&lt;/script&gt; in Leeds.</p>"
    made = await post(client, "/api/companies", {"name": "Acme <b>Widgets</b>", "website": site.url})
    async with harness.worker(settings):
        job = await harness.follow(client, (await post(client, f"/api/research/{made.json['id']}")).json["job_id"])
    path = f"/api/reports/{job['result']['report_id']}"
    page = await call(client, "GET", path, headers={"Accept": "text/html,*/*"})
    assert (
        page.headers["Content-Type"].startswith("text/html")
        and "default-src 'none'" in page.headers["Content-Security-Policy"]
    )
    text = page.raw.decode()
    assert "<script" not in text and "<b>" not in text and "&lt;script&gt;" in text and 'href="#S1"' in text
    markdown = (await call(client, "GET", path, params={"format": "markdown"})).raw.decode()
    assert markdown.startswith("# Acme \\<b\\>Widgets\\</b\\>: company report")
    assert "## Sources" in markdown and "[^S1]: " in markdown and "<script" not in markdown.replace("\\<", "")
    assert (await call(client, "GET", path)).json["company"]["name"] == "Acme <b>Widgets</b>"
    assert (await call(client, "GET", f"/api/reports/{uuid7()}")).status == 404
    assert (await call(client, "GET", f"{path}/sources/S99")).status == 404
    assert (await call(client, "GET", path, params={"format": "pdf"})).status == 422


UNKNOWN_ID = "0199a1f0-0000-7000-8000-000000000000"
"""Constant, since it is part of a test's name, which each process that runs tests must give alike."""


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/api/companies", {"website": "https://x.example"}, 422, "name"),
        ("/api/companies", {"name": "A", "website": "ftp://x.example"}, 422, "website"),
        ("/api/companies", {"name": "A", "website": "javascript:alert(1)"}, 422, "website"),
        ("/api/companies", {"name": "A", "id": "a b"}, 422, "id"),
        ("/api/companies", {"name": "A", "colour": 1}, 422, "colour"),
        ("/api/companies", {"business_id": "x"}, 422, "business_id"),
        ("/api/companies", {"business_id": str(uuid7())}, 404, None),
        ("/api/companies", [], 400, None),
        ("/api/research/a%20b", None, 422, "companyId"),
        (f"/api/research/{UNKNOWN_ID}", None, 404, None),
        ("/api/research/x", {"force": True}, 422, "force"),
        ("/api/enrichment", {"companies": []}, 422, "companies"),
        ("/api/enrichment", {"companies": [str(uuid7())]}, 422, "companies.0.id"),
        ("/api/enrichment", {"business_name": "A"}, 422, "companies.0.business_id"),
        ("/api/scoring", {"companies": ["x"], "ai": "perhaps"}, 422, "ai"),
    ],
)  # fmt: skip
async def test_what_is_refused(
    client: aiohttp.ClientSession, path: str, body: Any, status: int, field: str | None
) -> None:
    answer = await post(client, path, body)
    assert answer.status == status, answer.raw
    assert answer.json["error"]
    if field is not None:
        assert field in {error["field"] for error in answer.json["errors"]}, answer.json


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/enrichment", {"companies": ["x"], "sources": ["website", "crunchbase"]}, "sources.1"),
        (
            "/api/v1/jobs",
            {"type": "company_enrichment", "data": {"companyId": str(uuid7()), "sources": ["crunchbase"]}},
            "data.sources.0",
        ),
    ],
)
async def test_unknown_enrichment_source_is_refused(
    client: aiohttp.ClientSession, path: str, body: dict[str, Any], field: str
) -> None:
    answer = await post(client, path, body)
    assert answer.status == 422, answer.raw
    [error] = answer.json["errors"]
    assert error["field"] == field
    for source in ("companies_house", "google_places", "website"):
        assert source in error["message"]


async def test_companies_are_created_from_csv_and_lists_and_updated(client: aiohttp.ClientSession) -> None:
    header = "Company ID;Company Name;URL;Company Number;Sector"
    table = f"{header}\nc1;Acme;acme.example;1234567;Widgets\nc2;;nowhere;;\nc3;B;;SC12;\n"
    loaded = await call(client, "POST", "/api/companies", data=table.encode(), headers={"Content-Type": "text/csv"})
    assert loaded.status == 201, loaded.raw
    assert (loaded.json["created"], loaded.json["rejected"], loaded.json["total"]) == (2, 1, 3)
    assert {(error["line"], error["field"]) for error in loaded.json["errors"]} == {(3, "name"), (3, "website")}
    one = (await call(client, "GET", "/api/companies/c1")).json
    assert (one["website"], one["registry_number"], one["attributes"]) == (
        "https://acme.example", "01234567", {"Sector": "Widgets"},
    )  # fmt: skip
    again = await post(client, "/api/companies", {"id": "c1", "name": "Acme plc"})
    assert again.status == 200 and again.json["id"] == one["id"] and again.json["website"] == one["website"]
    changed = await call(client, "PATCH", "/api/companies/c1", json={"website": None, "attributes": {"employees": 5}})
    assert changed.json["website"] is None and changed.json["attributes"] == {"employees": 5}
    some = await post(client, "/api/companies", [{"name": "L1"}, {"name": "L2", "id": "l2"}])
    assert [company["name"] for company in some.json["companies"]] == ["L1", "L2"]
    refused = await post(client, "/api/companies", [{"name": "L3"}, {"nom": "L4"}])
    assert refused.status == 422 and {error["index"] for error in refused.json["errors"]} == {1}
    listed = await call(client, "GET", "/api/companies", params={"name": "l"})
    assert [company["name"] for company in listed.json["companies"]] == ["L1", "L2"]


async def test_a_company_is_created_for_a_business(
    client: aiohttp.ClientSession, db_pool: Pool, admin_id: UUID
) -> None:
    business = uuid7()
    await db_pool.execute(
        """INSERT INTO businesses (id, key, source, name, website, country, city, created_by)
           VALUES ($1, 'k', 'rest', 'Bakery', 'https://bakery.example', 'us', 'Concord', $2)""",
        business,
        admin_id,
    )
    made = await post(client, "/api/companies", {"business_id": str(business)})
    assert made.status == 201 and made.json["website"] == "https://bakery.example"
    assert made.json["attributes"] == {"city": "Concord", "country": "us"}
    assert (await post(client, "/api/companies", {"business_id": str(business)})).status == 200
    asked = await post(client, "/api/enrichment", {"business_id": str(business), "business_name": "Bakery"})
    assert asked.status == 202 and asked.json["company_id"] == made.json["id"]


async def test_the_documented_queues(client: aiohttp.ClientSession) -> None:
    queues = {queue["name"]: queue for queue in (await call(client, "GET", "/api/v1/queues")).json["queues"]}
    table = {"research": (1, 2), "enrichment": (2, 5), "buying-signals": (2, 5), "scoring": (3, 10)}
    found = {name: (queues[name]["priority"], queues[name]["defaults"]["concurrency"]) for name in table}
    assert found == table and all(queues[name]["perWorker"] for name in table)
    await post(client, "/api/research/waiting")
    health = (await call(client, "GET", "/api/health")).json
    assert health["redis"]["connected"] and health["redis"]["state"] == "ready" and "@" not in health["redis"]["url"]
    research = next(queue for queue in health["queues"]["queues"] if queue["name"] == "research")
    assert (research["waiting"], research["total"]) == (1, 1) and health["queues"]["status"] == "unhealthy"
