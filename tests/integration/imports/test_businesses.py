"""Importing businesses: they are stored with their jobs, bad rows are reported, repeats change nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.imports.conftest import Send

COUNTS = ("read", "inserted", "updated", "unchanged", "duplicateInFile", "rejected", "excluded", "jobsCreated")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Start workers that do not run the businesses' jobs: their websites do not exist."""
    return settings.model_copy(update={"queues": {"ENABLE_WEBSITES_WORKER": "false"}})


def table(rows: Sequence[Sequence[str]], *header: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def many(count: int) -> bytes:
    """Return a file of businesses with ids; every tenth has no website."""
    rows = [(str(n), f"Shop {n}", "" if n % 10 == 0 else f"shop{n}.example", "Boston") for n in range(count)]
    return table(rows, "Account ID", "Company", "Domain", "City")


def counts(job: dict[str, Any]) -> dict[str, int]:
    return {name: job["result"][name] for name in COUNTS if job["result"][name]}


async def listed(client: aiohttp.ClientSession, **filters: str) -> list[dict[str, Any]]:
    async with client.get("/api/v1/businesses", params={"limit": "100", **filters}) as response:
        assert response.status == 200, await response.text()
        found: list[dict[str, Any]] = (await response.json())["businesses"]
        return found


async def test_businesses_get_their_jobs_once(imported: Send, db_pool: Pool) -> None:
    job = await imported("businesses", many(1_200), priority=7)
    assert counts(job) == {"read": 1_200, "inserted": 1_200, "jobsCreated": 3 * 1_080}
    assert (job["totalItems"], job["processedItems"], job["type"]) == (1_200, 1_200, "business_import")
    made = await db_pool.fetch(
        """SELECT kind, priority, count(*) AS n FROM jobs JOIN businesses AS b ON b.id = (data ->> 'businessId')::uuid
           GROUP BY 1, 2 ORDER BY 1"""
    )
    assert [tuple(row) for row in made] == [
        (kind, 7, 1_080) for kind in ("email_scraping", "social_scraping", "website_validation")
    ]
    again = await imported("businesses", many(1_200), form=True)
    assert counts(again) == {"read": 1_200, "unchanged": 1_200}
    assert await db_pool.fetchval("SELECT count(*) FROM import_seen") == 1_200


async def test_columns_are_found_by_synonyms_and_by_a_mapping(imported: Send, client: aiohttp.ClientSession) -> None:
    rows = [
        ("Ann", "Müller & Söhne", "http://mueller.example/de", "ignored.example", "'+49 30 1", "Berlin", "BE", "10115"),
        ("Bob", "Smith Ltd", "n/a", "smith.example", "", "Leeds", "", "LS1"),
    ]  # fmt: skip
    header = ("Name", "Company name", "Website URL", "Company Domain Name", "Phone Number", "Billing City",
              "State/Region", "Zip/Postal Code")  # fmt: skip
    await imported("businesses", table(rows, *header))
    smith, mueller = await listed(client)
    assert (mueller["name"], mueller["website"], mueller["phone"]) == (
        "Müller & Söhne", "http://mueller.example/de", "+49 30 1"
    )  # fmt: skip
    assert (mueller["city"], mueller["state"], mueller["zipCode"], mueller["source"]) == (
        "Berlin", "BE", "10115", "csv"
    )  # fmt: skip
    assert (smith["name"], smith["website"]) == ("Smith Ltd", "http://smith.example/")

    named = table([("Casa", "https://casa.example", "Spain", "9")], "Wie", "Wo", "Staat", "Nr")
    mapping = '{"name": "Wie", "website": "Wo", "country": "staat", "externalId": "Nr"}'
    job = await imported("businesses", named, mapping=mapping, source="list of June")
    assert counts(job) == {"read": 1, "inserted": 1, "jobsCreated": 3}
    (casa,) = await listed(client, source="list of June")
    assert (casa["name"], casa["country"], casa["externalId"]) == ("Casa", "es", "9")


async def test_ids_of_two_sources_never_meet(imported: Send, client: aiohttp.ClientSession) -> None:
    async with client.post("/api/v1/businesses", json={"name": "By REST", "externalId": "1"}) as response:
        assert response.status == 201
    for source, name in (("trade fair", "Of the fair"), ("partner", "Of the partner"), ("csv", "By REST, renamed")):
        await imported("businesses", table([("1", name)], "id", "name"), source=source)
    assert {one["name"] for one in await listed(client)} == {"Of the fair", "Of the partner", "By REST, renamed"}


async def test_rejected_rows_are_reported_and_can_be_corrected(imported: Send, client: aiohttp.ClientSession) -> None:
    rows = [
        ("1", "Good", "good.example", "us", "42.3", "-71.0"),
        ("2", "", "nameless.example", "", "", ""),
        ("3", "Bad site", "ftp://files.example", "", "", ""),
        ("4", "Odd", "", "Atlantis", "north", "-71.0"),
        ("5", "x" * 301, "", "", "", ""),
        ("6", "Half", "", "", "42.3", ""),
        ("1", "Good again", "", "", "", ""),
        ("7", "Short"),
        ("8", "NUL\0", "", "", "", ""),
    ]
    job = await imported("businesses", table(rows, "id", "name", "website", "country", "lat", "lon"))
    assert counts(job) == {"read": 9, "inserted": 3, "duplicateInFile": 1, "rejected": 5, "jobsCreated": 3}
    codes = {code: entry["count"] for code, entry in job["result"]["summary"].items()}
    assert codes == {
        "no_name": 1, "bad_website": 1, "unknown_country": 1, "unreadable_number": 2, "too_long": 1,
        "duplicate_in_file": 1, "wrong_number_of_columns": 1, "nul_byte": 1,
    }  # fmt: skip
    kept = {one["externalId"]: one for one in await listed(client)}
    assert sorted(kept) == ["1", "4", "6"]
    assert (kept["1"]["latitude"], kept["4"]["latitude"], kept["6"]["latitude"]) == (42.3, None, None)
    async with client.get(f"/api/v1/jobs/{job['id']}/rejected.csv") as response:
        rejected = (await response.text()).replace("ftp://files.example", "files.example")
    assert "bad_website,website has the scheme 'ftp'" in rejected
    mended = await imported("businesses", rejected.encode())
    assert counts(mended) == {"read": 5, "inserted": 3, "rejected": 2, "jobsCreated": 3}, "the NUL became a space"


async def test_excluded_businesses_get_no_jobs(imported: Send, client: aiohttp.ClientSession) -> None:
    exclusion = {"by": "domain", "value": "chain.example"}
    async with client.post("/api/v1/business-exclusions", json=exclusion) as response:
        assert response.status == 201
    rows = [("Chain 1", "shop.chain.example"), ("Own", "own.example")]
    job = await imported("businesses", table(rows, "name", "website"))
    assert counts(job) == {"read": 2, "inserted": 2, "excluded": 1, "jobsCreated": 3}
    assert [one["name"] for one in await listed(client, excluded="true")] == ["Chain 1"]


async def test_a_dry_run_counts_everything_and_stores_nothing(imported: Send, db_pool: Pool) -> None:
    raw = many(600) + b"5,Shop 5,shop5.example,Boston\r\n"
    job = await imported("businesses", raw, dryRun=True)
    assert counts(job) == {"read": 601, "inserted": 600, "duplicateInFile": 1, "jobsCreated": 1_620}
    assert await db_pool.fetchval("SELECT count(*) FROM businesses") == 0
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 1
    job = await imported("businesses", raw, visit=False)
    assert counts(job) == {"read": 601, "inserted": 600, "duplicateInFile": 1}


async def test_unusable_files_are_refused_at_once(send: Send) -> None:
    for content, words in (
        (b"url,city\na.example,Bonn\n", "No column of the header is the business's name"),
        (
            b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "properties": {}}]}',
            "not JSON",
        ),
        (b"name,url\n", "no rows"),
    ):
        assert words in (await send("businesses", content, status=400))["detail"]
    for mapping, words in (
        ('{"nmae": "url"}', "unknown field 'nmae'"),
        ('{"name": "firm"}', "no column 'firm'"),
    ):
        assert words in (await send("businesses", b"name,url\nA,a.example\n", mapping=mapping, status=400))["detail"]


async def test_a_long_file_becomes_several_jobs(send: Send, client: aiohttp.ClientSession, settings: Settings) -> None:
    raw = many(settings.max_items + 10)
    assert "2 jobs" in (await send("businesses", raw, status=400, visit=False))["detail"]
    created = await send("businesses", raw, split=True, visit=False)
    assert len(created["jobs"]) == 2


async def test_a_list_too_long_for_a_request_is_referred_to_the_import(client: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "text/csv"}
    for raw in (many(2_001), b"name\n" + b"x" * 4_000_001):
        async with client.post("/api/v1/businesses", data=io.BytesIO(raw), headers=headers) as response:
            assert response.status == 413
            assert "POST /api/v1/businesses/import" in (await response.json())["detail"]


async def test_a_stopped_import_resumes_where_it_was(
    client: aiohttp.ClientSession, send: Send, settings: Settings, db_pool: Pool
) -> None:
    settings = settings.model_copy(update={"shutdown_grace_seconds": 0.0})
    count = 6_000
    raw = many(count) + b"7,Shop 7,shop7.example,Boston\r\n,,,\r\n,,shop.example,\r\n"
    created = await send("businesses", raw)
    stops, job = 0, created
    for _ in range(30):
        async with harness.worker(settings):

            async def further() -> bool:
                nonlocal job
                seen = job.get("processedItems", 0)
                async with client.get(f"/api/v1/jobs/{created['jobId']}") as response:
                    job = await response.json()
                return job["processedItems"] > seen or job["completedAt"] is not None

            await harness.eventually(further)
        if job["completedAt"]:
            break
        stops += 1
    assert stops >= 1, "it was over before it could be disturbed"
    assert job["status"] == "completed"
    jobs = 3 * count * 9 // 10
    assert counts(job) == {
        "read": count + 3, "inserted": count, "duplicateInFile": 1, "rejected": 2, "jobsCreated": jobs
    }  # fmt: skip
    assert await db_pool.fetchval("SELECT count(*) FROM businesses") == count
    assert await db_pool.fetchval("SELECT count(*) FROM jobs WHERE kind <> 'business_import'") == jobs
    assert await db_pool.fetchval("SELECT count(*) FROM import_seen") == 0
