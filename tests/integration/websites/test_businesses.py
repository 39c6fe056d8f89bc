"""Businesses by REST and CSV: stored, recognised again, excluded, listed, exported."""

from __future__ import annotations

import asyncio
from urllib.parse import quote
from uuid import UUID

import aiohttp

from app.db.core.pool import Pool
from app.db.websites.business_upserts import upsert_businesses
from app.db.websites.exclusions import insert_exclusion
from app.domain.websites.businesses import ExclusionBy, NewBusiness
from tests import harness
from tests.integration.websites.conftest import add


async def test_a_business_and_its_jobs_are_created_once(client: aiohttp.ClientSession) -> None:
    first = await add(client, website="bakery-miller.de", city="Berlin")
    assert first["website"] == "http://bakery-miller.de/"
    assert (first["isNew"], len(first["jobs"])) == (True, 3)
    again = await add(client, website="http://bakery-miller.de", city="Berlin")
    assert (again["id"], again["isNew"], again["jobs"]) == (first["id"], False, [])
    changed = await add(client, website="https://www.bakery-miller.de/shop", city="Berlin")
    assert changed["id"] == first["id"]
    assert [job["jobId"] for job in changed["jobs"]] == [job["jobId"] for job in first["jobs"]], "they are active still"


async def test_urls_that_cannot_be_fetched_are_refused_with_all_reasons(client: aiohttp.ClientSession) -> None:
    wrong = [{"name": ""}, {"name": "A", "website": "ftp://a.de"}, {"name": "B", "website": "http://[::1"}, {"x": 1}]
    async with client.post("/api/v1/businesses", json=wrong) as response:
        assert response.status == 422
        problem = await response.json()
    assert [error["field"] for error in problem["errors"]] == ["0.name", "1.website", "2.website", "3.name", "3.x"]
    async with client.get("/api/v1/businesses") as response:
        assert (await response.json())["total"] == 0


async def test_without_a_website_there_is_nothing_to_do(client: aiohttp.ClientSession) -> None:
    assert (await add(client))["jobs"] == []


async def test_excluded_businesses_are_left_alone(client: aiohttp.ClientSession) -> None:
    known = await add(client, website="https://shop.chain.com/berlin", name="Known")
    entries = [("domain", "https://www.chain.com/"), ("name", "Müller & Söhne"), ("place_id", "ChIJ1")]
    for by, value in entries:
        async with client.post("/api/v1/business-exclusions", json={"by": by, "value": value}) as response:
            assert response.status == 201, await response.text()
    async with client.get("/api/v1/businesses?excluded=true") as response:
        assert [entry["id"] for entry in (await response.json())["businesses"]] == [known["id"]]
    for business in (
        {"website": "http://chain.com"},
        {"website": "http://a.b.chain.com/x"},
        {"name": "muller & sohne", "website": "http://m.de"},
        {"placeId": "ChIJ1", "website": "http://p.de"},
    ):
        made = await add(client, **business)
        assert (made["excluded"], made["jobs"]) == (True, []), business
    assert (await add(client, website="http://mychain.com"))["excluded"] is False
    async with client.get("/api/v1/business-exclusions") as response:
        listed = (await response.json())["exclusions"]
    for exclusion in listed:
        async with client.delete(f"/api/v1/business-exclusions/{exclusion['id']}") as response:
            assert response.status == 204
    async with client.get("/api/v1/businesses?excluded=true") as response:
        assert (await response.json())["total"] == 0


async def test_csv_keeps_the_good_rows_and_names_the_others(client: aiohttp.ClientSession) -> None:
    rows = "Business Name;URL;Zip\nMiller;miller.de;10115\nBad;ftp://x;1\nMiller;miller.de;10115\n;a.de;2\nSmith;;3\n"
    headers = {"Content-Type": "text/csv"}
    async with client.post("/api/v1/businesses?priority=2", data=rows, headers=headers) as response:
        assert response.status == 201, await response.text()
        answer = await response.json()
    counts = {name: answer[name] for name in ("created", "duplicates", "rejected", "total", "jobs")}
    assert counts == {"created": 2, "duplicates": 1, "rejected": 2, "total": 5, "jobs": 3}
    assert [(error["line"], error["field"]) for error in answer["errors"]] == [(3, "website"), (5, "name")]


async def test_lists_are_filtered_and_exports_are_safe(client: aiohttp.ClientSession) -> None:
    await add(client, name="=HYPERLINK(1)", website="http://a.de", city="Bonn")
    await add(client, name="Other", city="Köln")
    async with client.get("/api/v1/businesses?hasWebsite=true&city=bonn&q=HYPER") as response:
        assert (await response.json())["total"] == 1
    async with client.get("/api/v1/businesses?websiteStatus=nonsense") as response:
        assert response.status == 422
    async with client.get("/api/v1/businesses/export.csv") as response:
        lines = (await response.text()).splitlines()
    assert len(lines) == 3
    assert "'=HYPERLINK(1)" in lines[1]


async def test_an_exclusion_includes_businesses_that_are_being_stored(db_pool: Pool, admin_id: UUID) -> None:
    async with db_pool.acquire() as conn, conn.transaction():
        business = NewBusiness(name="Chain", website="http://chain.example/")
        await upsert_businesses(conn, [business], source="rest", country="us", user_id=admin_id)

        async def exclude() -> None:
            async with db_pool.acquire() as other, other.transaction():
                await insert_exclusion(other, ExclusionBy.DOMAIN, "chain.example", None, admin_id)

        excluding = asyncio.create_task(exclude())
        waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
        await harness.eventually(lambda: db_pool.fetchval(waiting))
    await excluding
    assert await db_pool.fetchval("SELECT excluded_by IS NOT NULL FROM businesses")


async def test_cursors_visit_every_entry_once(client: aiohttp.ClientSession) -> None:
    made = [(await add(client, name=f"Bakery {n}"))["id"] for n in range(5)]
    for domain in ("a.de", "b.de", "c.de"):
        async with client.post("/api/v1/business-exclusions", json={"by": "domain", "value": domain}) as response:
            assert response.status == 201
    for path, name, total in (("businesses", "businesses", 5), ("business-exclusions", "exclusions", 3)):
        seen: list[str] = []
        cursor = ""
        while True:
            async with client.get(f"/api/v1/{path}?limit=2{cursor}") as response:
                page = await response.json()
            assert (page["total"], page["totalIsEstimate"]) == (total, False)
            seen += [entry["id"] for entry in page[name]]
            if page["nextCursor"] is None:
                break
            if name == "businesses" and not cursor:
                made.append((await add(client, name="New"))["id"])  # arrives on the first page: shifts no other
                total += 1
            cursor = f"&cursor={page['nextCursor']}"
        assert len(seen) == len(set(seen)) == (5 if name == "businesses" else 3)
        assert seen == sorted(seen, reverse=True)
    async with client.get("/api/v1/businesses?limit=2&offset=4") as response:
        page = await response.json()
    assert ([entry["id"] for entry in page["businesses"]], page["nextCursor"]) == ([made[1], made[0]], None)


async def test_validations_of_no_business_are_refused(client: aiohttp.ClientSession) -> None:
    await add(client)
    async with client.post("/api/v1/validations", json={"all": True}) as response:
        assert response.status == 400, await response.text()
        assert "There is no business with a website" in (await response.json())["error"]


async def test_jobs_for_later_wait(client: aiohttp.ClientSession) -> None:
    """Whichever route creates them."""
    later = "2027-06-01T12:00:00+02:00"
    business = {"name": "Bakery", "website": "http://bakery.de"}
    async with client.post(f"/api/v1/businesses?runAt={quote(later)}", json=business) as response:
        assert response.status == 201, await response.text()
        stored = await response.json()
    async with client.post("/api/v1/validations", json={"businessIds": [stored["id"]], "runAt": later}) as response:
        again = await response.json()
    assert [job["jobId"] for job in again["jobs"]] == [job["jobId"] for job in stored["jobs"]], "they are active"
    for job in stored["jobs"]:
        async with client.get(f"/api/v1/jobs/{job['jobId']}") as response:
            assert (await response.json())["runAt"] == "2027-06-01T10:00:00Z"
