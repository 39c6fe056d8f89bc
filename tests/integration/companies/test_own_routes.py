"""The routes of companies in the platform's own words: camelCase, its statuses, cursors, downloads."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from uuid import UUID

import aiohttp
import orjson
import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.companies.test_routes import post
from tests.integration.households.calls import call

V1 = "/api/v1"
LATER = "2027-03-01T08:00:00+01:00"
LLM = ["LLM_URL", "LLM_MODEL"]
SCORING = {"companyIds": ["01a21fb6-ea80-707e-809d-712b034b0a9a"], "ai": True}
AGE = {"name": "age", "weight": 8, "value": 1, "points": 8, "why": "old", "evidence": ["https://a.example"]}


async def pages(client: aiohttp.ClientSession, path: str, members: str, **query: Any) -> list[dict[str, Any]]:
    """Follow the cursors of a list with two entries per page; return all entries."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await call(client, "GET", path, params={"limit": 2, **query, **cursor})).json
        assert len(page[members]) <= 2 and page["totalIsEstimate"] is False
        found += page[members]
        if page["nextCursor"] is None:
            assert len(found) == page["total"]
            return found
        cursor = {"cursor": page["nextCursor"]}


async def add_scores(db_pool: Pool, company: str, *values: float) -> None:
    """Insert scores of a company, of which the last one is the newest."""
    for age, value in enumerate(reversed(values)):
        await db_pool.execute(
            """INSERT INTO lead_scores (id, company_id, job_id, score, features, computed_at)
               VALUES ($1, $2, $1, $3, $4, now() - make_interval(mins => $5))""",
            uuid7(),
            UUID(company),
            value,
            orjson.dumps({"base_score": value, "completeness": 0.5, "features": [AGE]}).decode(),
            age,
        )


async def test_both_words_show_the_same_company(client: aiohttp.ClientSession) -> None:
    body = {"externalId": "acme", "name": "Acme", "website": "acme.example", "registryNumber": 1234567}
    made = await post(client, f"{V1}/companies", body)
    assert made.status == 201 and made.headers["Location"] == f"{V1}/companies/{made.json['id']}"
    assert (made.json["externalId"], made.json["registryNumber"]) == ("acme", "01234567")
    changed = await call(client, "PATCH", f"{V1}/companies/acme", json={"placeId": "google:1"})
    assert changed.json["placeId"] == "google:1"
    own = (await call(client, "GET", f"{V1}/companies/acme")).json
    document = (await call(client, "GET", "/api/companies/acme")).json
    assert (own["registryNumber"], own["latestReport"]) == (document["registry_number"], document["latest_report"])
    assert len(own) == len(document) and own["id"] == document["id"]
    refused = await post(client, f"{V1}/companies", {"name": "B", "registry_number": "1"})
    assert refused.status == 422 and "registryNumber" in refused.json["error"], "it names the fields that are known"
    for business in ({"businessId": "x"}, {"businessId": str(uuid7()), "name": "ignored"}):
        assert (await post(client, f"{V1}/companies", business)).status == 422, business
    assert (await post(client, f"{V1}/companies", {"businessId": str(uuid7())})).status == 404
    assert (await call(client, "DELETE", f"{V1}/companies/acme")).status == 204


async def test_companies_are_paged_by_name(client: aiohttp.ClientSession) -> None:
    for name in ("beta", "Alpha", "alpha", "ALPHABET", "gamma", "100%"):
        await post(client, f"{V1}/companies", {"name": name})
    names = [company["name"] for company in await pages(client, f"{V1}/companies", "companies")]
    assert len(set(names)) == 6
    assert [name.lower() for name in names] == ["100%", "alpha", "alpha", "alphabet", "beta", "gamma"]
    found = await pages(client, f"{V1}/companies", "companies", name="ALPHA")
    assert [company["name"] for company in found] == names[1:4]
    assert [company["name"] for company in await pages(client, f"{V1}/companies", "companies", name="1%")] == []


@pytest.mark.parametrize(
    "cursor", ["x", "é", "WyJhIl0", "WyJhXHUwMDAwIiwiMDFhMjFmYjYtZWE4MC03MDdlLTgwOWQtNzEyYjAzNGIwYTlhIl0"]
)
async def test_other_cursors_are_refused(client: aiohttp.ClientSession, cursor: str) -> None:
    for path in ("companies", "signals", "scores"):
        answer = await call(client, "GET", f"{V1}/{path}", params={"cursor": cursor})
        assert answer.status == 422 and "nextCursor" in answer.json["error"], path


async def test_jobs_are_created_with_ids_names_and_a_time(client: aiohttp.ClientSession) -> None:
    body = {"companies": ["acme", {"companyId": "globex", "name": "Globex"}], "runAt": LATER}
    for path in ("enrichment", "signal-detection"):
        made = await post(client, f"{V1}/{path}", body)
        assert made.status == 202, made.raw
        assert [job["externalId"] for job in made.json["jobs"]] == ["acme", "globex"]
        for created in made.json["jobs"]:
            job = (await call(client, "GET", f"{V1}/jobs/{created['jobId']}")).json
            assert (job["status"], created["status"]) == ("pending", "pending")
            assert (job["runAt"], job["data"]["companyId"]) == ("2027-03-01T07:00:00Z", created["companyId"])
        assert made.headers["Location"] == f"{V1}/jobs/{made.json['jobs'][0]['jobId']}"
    scoring = await post(client, f"{V1}/scoring", body)
    assert scoring.status == 202 and len(scoring.json["companyIds"]) == 2
    assert (await call(client, "GET", f"{V1}/jobs/{scoring.json['jobId']}")).json["runAt"] == "2027-03-01T07:00:00Z"
    document = await post(client, "/api/enrichment", {"companies": ["initech"], "run_at": LATER})
    job = (await call(client, "GET", f"{V1}/jobs/{document.json['jobs'][0]['job_id']}")).json
    assert job["runAt"] == "2027-03-01T07:00:00Z"


async def test_unknown_companies_of_a_batch_are_all_named(client: aiohttp.ClientSession) -> None:
    unknown = [str(uuid7()), "acme", str(uuid7()), "a b"]
    refused = await post(client, f"{V1}/enrichment", {"companies": unknown})
    assert refused.status == 422
    assert [error["field"] for error in refused.json["errors"]] == [f"companies.{n}.companyId" for n in (0, 2, 3)]
    assert (await call(client, "GET", f"{V1}/companies")).json["total"] == 0


async def test_what_is_not_configured_is_refused_with_the_setting(client: aiohttp.ClientSession) -> None:
    both = {"companies": ["acme"], "sources": ["website", "companies_house", "google_places"]}
    for path, body, settings in (
        (f"{V1}/enrichment", both, ["COMPANIES_HOUSE__KEY", "GOOGLE_PLACES__KEY"]),
        ("/api/enrichment", both, ["COMPANIES_HOUSE__KEY", "GOOGLE_PLACES__KEY"]),
        (
            f"{V1}/jobs",
            {"type": "company_enrichment", "data": {"companyId": str(uuid7()), "sources": ["companies_house"]}},
            ["COMPANIES_HOUSE__KEY"],
        ),
        (f"{V1}/jobs", [{"type": "lead_scoring", "data": SCORING}], LLM),
        (f"{V1}/schedules", {"name": "x", "cron": "0 3 * * *", "type": "lead_scoring", "data": SCORING}, LLM),
        (f"{V1}/scoring", {"companies": ["acme"], "ai": True}, LLM),
        ("/api/scoring", {"companies": ["acme"], "ai": True}, LLM),
    ):
        refused = await post(client, path, body)
        assert refused.status == 400 and refused.json["type"].endswith("not-configured"), refused.raw
        missing = [
            name.removeprefix("TRIGPOINT_").removeprefix("PROVIDERS__") for name in refused.json["missingSettings"]
        ]
        assert missing == settings
    without = {"companies": ["acme"]}
    assert (await post(client, f"{V1}/enrichment", without)).status == 202, "whatever there is, if none is named"


async def test_research_and_its_report(
    settings: Settings, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, company: str
) -> None:
    asked = await post(client, f"{V1}/research", {"companyId": company})
    assert asked.status == 202, asked.raw
    assert asked.headers["Location"] == f"{V1}/jobs/{asked.json['jobId']}"
    assert (asked.json["status"], asked.json["quota"]) == ("pending", {"used": 1, "limit": 100, "remaining": 99})
    async with harness.worker(settings):
        job = await harness.follow(client, asked.json["jobId"])
    reused = await post(client, f"{V1}/research", {"companyId": company})
    assert (reused.status, reused.json["jobId"], reused.json["isNew"]) == (200, job["id"], False)
    assert reused.json["reportId"] == job["result"]["report_id"]
    others = await post(user_client, f"{V1}/research", {"companyId": company})
    assert (others.status, others.json["jobId"]) == (200, None)
    own = (await call(client, "GET", reused.json["reportUrl"])).json
    document = (await call(client, "GET", f"/api/reports/{own['id']}")).json
    assert (own["confidenceScore"], own["droppedClaims"]) == (document["confidence_score"], document["dropped_claims"])
    assert "pending" not in {section["status"] for section in own["sections"]} and len(own["sections"]) == 8
    [overview] = await pages(client, f"{V1}/companies/{company}/reports", "reports")
    assert overview["id"] == own["id"]
    source = own["sources"][0]
    text = await call(client, "GET", f"{V1}/reports/{own['id']}/sources/{source['id']}")
    assert text.headers["ETag"] == f'"{source["sha256"]}"'
    for path, body in (
        (f"{V1}/research", {"companyId": "later", "runAt": LATER}),
        ("/api/research/last", {"run_at": LATER}),
    ):
        waiting = await post(client, path, body)
        job = (await call(client, "GET", f"{V1}/jobs/{waiting.json.get('jobId') or waiting.json['job_id']}")).json
        assert (job["status"], job["runAt"]) == ("pending", "2027-03-01T07:00:00Z")
    unknown = await post(client, f"{V1}/research", {"companyId": str(uuid7())})
    assert unknown.status == 404


async def test_the_quota_of_research(settings: Settings, admin_id: UUID) -> None:
    none = settings.model_copy(update={"research_quota": 0})
    async with harness.api(none) as url, harness.session(url, harness.ADMIN_KEY) as client:
        refused = await post(client, f"{V1}/research", {"companyId": "acme"})
    assert (refused.status, refused.json["quota"]) == (429, {"used": 0, "limit": 0, "remaining": 0})


async def test_current_scores_are_listed_highest_first(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    scores = {"low": (90, 10), "high": (20, 80), "middle": (50,), "same": (50,), "=cmd()": (30,)}
    ids = {}
    for name, values in scores.items():
        ids[name] = (await post(client, f"{V1}/companies", {"name": name})).json["id"]
        await add_scores(db_pool, ids[name], *values)
    listed = await pages(client, f"{V1}/scores", "scores")
    assert [entry["score"] for entry in listed] == [80, 50, 50, 30, 10], "of each company only the newest"
    assert {entry["companyName"] for entry in listed} == set(scores)
    first = listed[0]
    assert (first["companyId"], first["baseScore"], first["jobId"]) == (ids["high"], 80, None)
    assert first["features"][0]["points"] == 8
    some = await pages(client, f"{V1}/scores", "scores", minScore=20, maxScore=50)
    assert [entry["score"] for entry in some] == [50, 50, 30]
    assert [entry["score"] for entry in await pages(client, f"{V1}/scores", "scores", companyId=ids["low"])] == [10]
    assert await pages(client, f"{V1}/scores", "scores", computedAfter="2090-01-01T00:00:00Z") == []
    assert (await call(client, "GET", f"{V1}/scores", params={"companyId": "nobody"})).status == 404
    assert (await call(client, "GET", f"{V1}/scores", params={"minScore": 101})).status == 422
    download = await call(client, "GET", f"{V1}/scores/export.csv", params={"maxScore": 50})
    rows = list(csv.DictReader(StringIO(download.raw.decode("utf-8-sig"))))
    assert [(row["companyName"], row["score"], row["age"]) for row in rows[2:]] == [
        ("'=cmd()", "30.0", "8.0"), ("low", "10.0", "8.0"),
    ]  # fmt: skip


async def test_signals_are_listed_and_downloaded(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await post(client, f"{V1}/companies", {"name": "+Acme", "externalId": "acme"})
    await post(client, f"{V1}/companies", {"name": "Globex", "externalId": "globex"})
    await db_pool.execute("INSERT INTO source_texts (sha256, text) VALUES (decode(repeat('ab', 32), 'hex'), 'text')")
    await db_pool.execute(
        """INSERT INTO signals (id, company_id, kind, fingerprint, title, quote, url, sha256, strength, job_id,
                                detected_at)
           SELECT gen_random_uuid(), c.id, CASE WHEN n = 1 THEN 'funding' ELSE 'hiring' END, n::text, 'Title ' || n,
                  '=1+1', 'https://a.example', decode(repeat('ab', 32), 'hex'), 0.5, gen_random_uuid(),
                  '2026-01-01T00:00:00Z'::timestamptz + make_interval(days => n / 2)
           FROM companies AS c, generate_series(1, 3) AS n"""
    )
    listed = await pages(client, f"{V1}/signals", "signals")
    assert len({signal["id"] for signal in listed}) == 6
    times = [signal["detectedAt"] for signal in listed]
    assert times == sorted(times, reverse=True)
    assert [signal["type"] for signal in await pages(client, f"{V1}/signals", "signals", type="funding")] == 2 * [
        "funding"
    ]
    later = await pages(client, f"{V1}/signals", "signals", companyId="acme", detectedAfter="2026-01-02T00:00:00Z")
    assert {signal["title"] for signal in later} == {"Title 2", "Title 3"}
    assert len(await pages(client, f"{V1}/companies/acme/signals", "signals")) == 3
    document = (await call(client, "GET", "/api/signals", params={"type": "funding", "limit": 1})).json
    assert document["signals"][0]["detected_at"] and document["next_cursor"] and document["total"] == 2
    unknown = await call(client, "GET", "/api/signals", params={"fields": "companyId"})
    assert unknown.status == 400 and "company_id" in unknown.json["supportedFields"], "in the words of the document"
    download = await call(client, "GET", f"{V1}/signals/export.csv", params={"companyId": "acme"})
    rows = list(csv.DictReader(StringIO(download.raw.decode("utf-8-sig"))))
    assert [(row["companyName"], row["externalId"], row["quote"]) for row in rows] == 3 * [("'+Acme", "acme", "'=1+1")]
    assert (await call(client, "GET", f"{V1}/signals", params={"type": "nonsense"})).status == 422
