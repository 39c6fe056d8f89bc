"""Undoing imports: what a run inserted is removed, what it changed is restored, what was changed later is kept."""

from __future__ import annotations

from typing import Any

import aiohttp
import asyncpg
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness, registers
from tests.integration.imports.conftest import Json, Send

VOTERS = [registers.voter(n) for n in range(60)]


async def undo(client: aiohttp.ClientSession, job_id: str, status: int = 202) -> Json:
    async with client.post(f"/api/v1/jobs/{job_id}/undo") as response:
        assert response.status == status, await response.text()
        answer: Json = await response.json()
        return answer


async def undone(client: aiohttp.ClientSession, job_id: str) -> Json:
    """Undo an import and return the result."""
    answer = await undo(client, job_id)
    job = await harness.follow(client, answer["jobId"])
    assert (job["status"], job["type"]) == ("completed", "import_undo"), job
    result: Json = job["result"]
    return result


async def everything(pool: Pool) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    voters = await pool.fetch("SELECT * FROM voters ORDER BY source, record_id")
    homes = await pool.fetch("SELECT to_jsonb(h) - 'updated_at' AS home FROM households AS h ORDER BY id")
    return voters, homes


async def test_a_first_import_is_removed_with_its_households(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    first = await imported("voters", registers.table(VOTERS), source="durham")
    located = await db_pool.fetchval("SELECT id FROM households ORDER BY id LIMIT 1")
    await db_pool.execute("UPDATE households SET latitude = 1, longitude = 1, geocoded = true WHERE id = $1", located)
    result = await undone(client, first["id"])
    assert (result["removed"], result["restored"], result["kept"], result["householdsRemoved"]) == (60, 0, 0, 29)
    assert await db_pool.fetchval("SELECT count(*) FROM voters") == 0
    assert [row["id"] for row in await db_pool.fetch("SELECT id FROM households")] == [located], "it has coordinates"
    again = await undo(client, first["id"], status=200)
    assert (again["isNew"], again["removed"], again["restored"], again["kept"]) == (False, 60, 0, 0)
    assert again["message"] == "The import was undone already"
    back = await imported("voters", registers.table(VOTERS), source="durham")
    assert back["result"]["inserted"] == 60


async def test_changed_voters_and_households_are_as_they_were_before(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    await imported("voters", registers.table(VOTERS), source="durham", county="Durham")
    await db_pool.execute("UPDATE households SET latitude = 1, longitude = 2, geocoded = true")
    before = await everything(db_pool)
    changed = [dict(row) for row in VOTERS[:55]] + [registers.voter(n) for n in range(90, 96)]
    for n in (2, 3):
        changed[n] |= {"address": "9 New Road", "zip": "27701"}  # both leave their household, which is deleted
    changed[6]["precinct"] = changed[7]["precinct"] = "P99"  # their household has another precinct
    changed[10]["last_name"] = "Married"
    second = await imported("voters", registers.table(changed), source="durham", county="Durham", retireMissing=True)
    counts = {name: second["result"][name] for name in ("inserted", "updated", "disappeared", "retired")}
    assert counts == {"inserted": 6, "updated": 5, "disappeared": 5, "retired": 5}
    assert await everything(db_pool) != before
    result = await undone(client, second["id"])
    assert (result["removed"], result["restored"], result["kept"]) == (6, 5, 0)
    assert (result["householdsRemoved"], result["householdsRestored"]) == (4, 1)
    assert await everything(db_pool) == before
    assert await db_pool.fetchval("SELECT count(*) FROM import_changes") == 0


async def test_what_a_later_import_changed_is_kept(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    first = await imported("voters", registers.table(VOTERS), source="durham")
    later = [dict(row) for row in VOTERS]
    for n in range(7):
        later[n]["party"] = "GRN"
    del later[50:]
    second = await imported("voters", registers.table(later), source="durham")
    result = await undone(client, first["id"])
    assert (result["removed"], result["restored"], result["kept"]) == (10, 0, 50)
    left = await db_pool.fetch("SELECT record_id FROM voters WHERE party = 'GRN' ORDER BY record_id")
    assert [row["record_id"] for row in left] == [f"V{n:08d}" for n in range(7)]
    result = await undone(client, second["id"])
    assert (result["removed"], result["restored"], result["kept"]) == (0, 7, 0)


@pytest.mark.parametrize("what", ["parcels", "pois"])
async def test_parcels_and_points_are_restored_exactly(
    what: str, imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    def file(count: int, **more: Any) -> bytes:
        features = [registers.parcel(n) for n in range(count)]
        for number, feature in enumerate(features):
            feature["properties"] |= more
            if what == "pois":
                x, y = feature["geometry"]["coordinates"][0][0]
                feature["geometry"] = {"type": "Point", "coordinates": [x, y]}
                feature["properties"] |= {"category": "cafe", "id": f"p{number}"}
        return registers.collection(features)

    await imported(what, file(20), source="x")
    before = await db_pool.fetch(f"SELECT * FROM {what} ORDER BY record_id")
    second = await imported(what, file(25, zoning="R-9"), source="x")
    assert (second["result"]["inserted"], second["result"]["updated"]) == (5, 20)
    result = await undone(client, second["id"])
    assert (result["removed"], result["restored"], result["kept"]) == (5, 20, 0)
    assert await db_pool.fetch(f"SELECT * FROM {what} ORDER BY record_id") == before


async def test_businesses(imported: Send, client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await imported(
        "businesses", b"name,externalId,phone\nAda,1,919-555-0111\nBo,2,919-555-0122\nCy,3,919-555-0133\n", visit=False
    )
    before = await db_pool.fetch("SELECT * FROM businesses ORDER BY key")
    second = await imported(
        "businesses",
        b"name,externalId,phone\nAda,1,919-555-0199\nBo,2,919-555-0122\nCy,3,919-555-0144\nDi,4,\n",
        visit=False,
    )
    assert (second["result"]["updated"], second["result"]["unchanged"], second["result"]["inserted"]) == (2, 1, 1)
    third = await imported("businesses", b"name,externalId,phone\nCy,3,919-555-0155\n", visit=False)
    result = await undone(client, second["id"])
    assert (result["removed"], result["restored"], result["kept"]) == (1, 1, 1)
    assert (await undone(client, third["id"]))["restored"] == 1
    after = await db_pool.fetch("SELECT * FROM businesses ORDER BY key")
    assert [after[0], after[1]] == [before[0], before[1]] and after[2]["phone"] == "919-555-0144"


async def test_an_import_that_did_not_end_well_says_what_it_left_and_is_undone(
    client: aiohttp.ClientSession, send: Send, settings: Settings, db_pool: Pool
) -> None:
    settings = settings.model_copy(update={"shutdown_grace_seconds": 0.0})
    rows = [registers.voter(n) for n in range(30_000)]
    created = await send("voters", registers.table(rows), source="durham")
    job: Json = created
    for _ in range(20):
        async with harness.worker(settings):

            async def further() -> bool:
                nonlocal job
                async with client.get(f"/api/v1/jobs/{created['jobId']}") as response:
                    job = await response.json()
                return bool(job["processedItems"])

            await harness.eventually(further)
        if job["processedItems"]:
            break
    async with client.post(f"/api/v1/jobs/{created['jobId']}/cancel") as response:
        assert response.status in (200, 202, 409)
    async with harness.worker(settings):
        job = await harness.follow(client, created["jobId"])
    assert job["status"] == "cancelled"
    written = await db_pool.fetchval("SELECT count(*) FROM voters")
    assert 0 < written < 30_000 and job["result"]["inserted"] == written == job["result"]["read"]
    assert job["result"]["source"] == "durham"

    answer = await undo(client, created["jobId"])
    for _ in range(3):  # the undo is interrupted as well
        async with harness.worker(settings):

            async def begun() -> bool:
                async with client.get(f"/api/v1/jobs/{answer['jobId']}") as response:
                    return bool((await response.json())["status"] != "pending")

            await harness.eventually(begun)
    async with harness.worker(settings):
        ended = await harness.follow(client, answer["jobId"])
        assert (ended["result"]["removed"], ended["result"]["kept"]) == (written, 0)
        assert await db_pool.fetchval("SELECT (SELECT count(*) FROM voters) + (SELECT count(*) FROM households)") == 0
        async with client.post(f"/api/v1/jobs/{created['jobId']}/retry") as response:
            assert response.status == 202
        job = await harness.follow(client, created["jobId"])
    assert (job["status"], job["result"]["inserted"]) == ("completed", 30_000), "a retry begins again"


async def test_what_cannot_be_undone_is_a_conflict(
    imported: Send, send: Send, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    dry = await imported("voters", registers.table(VOTERS), source="durham", dryRun=True)
    assert "not an import that wrote anything" in (await undo(client, dry["id"], status=409))["error"]
    first = await imported("voters", registers.table(VOTERS), source="durham")
    async with user_client.post(f"/api/v1/jobs/{first['id']}/undo") as response:
        assert response.status == 404
    changed = [row | {"party": "GRN"} for row in VOTERS]
    second = await imported("voters", registers.table(changed), source="durham")
    await db_pool.execute("UPDATE import_runs SET started_at = now() - interval '31 days'")
    await imported("voters", registers.table(changed), source="other")
    assert await db_pool.fetchval("SELECT count(*) FROM import_changes") == 0
    assert "30 days" in (await undo(client, second["id"], status=409))["error"]


async def test_a_voter_who_became_protected_is_not_revealed_again(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    rows = [row | {"confidential": "N"} for row in VOTERS[:4]]
    await imported("voters", registers.table(rows), source="durham")
    rows[0]["party"] = "GRN"
    await imported("voters", registers.table(rows), source="durham")
    rows[0]["confidential"] = rows[1]["confidential"] = "Y"
    last = await imported("voters", registers.table(rows), source="durham")
    kept = str(await db_pool.fetch("SELECT before FROM import_changes"))
    for secret in (rows[0]["last_name"], rows[0]["address"], rows[0]["city"]):
        assert secret not in kept
    result = await undone(client, last["id"])
    assert result["restored"] == 2
    voter = await db_pool.fetchrow("SELECT * FROM voters WHERE record_id = 'V00000000'")
    assert voter is not None and voter["protected"] and voter["last_name"] is None and voter["address"] is None


async def test_what_a_later_import_found_unchanged_is_kept(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    first = await imported("voters", registers.table(VOTERS[:40]), source="durham")
    changed = [dict(row) for row in VOTERS[5:50]]
    changed[0]["last_name"] = "Married"
    second = await imported("voters", registers.table(changed), source="durham")
    assert [second["result"][name] for name in ("updated", "unchanged", "inserted")] == [1, 34, 10]
    result = await undone(client, first["id"])
    assert (result["removed"], result["kept"]) == (5, 35), "only what the later file no longer has"
    assert await db_pool.fetchval("SELECT count(*) FROM voters") == 45
    await undone(client, second["id"])
    assert await db_pool.fetchval("SELECT count(*) FROM voters") == 35


async def test_an_undone_later_import_keeps_nothing(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    first = await imported("voters", registers.table(VOTERS[:10]), source="durham")
    second = await imported("voters", registers.table(VOTERS[:12]), source="durham")
    await undone(client, second["id"])
    assert (await undone(client, first["id"]))["removed"] == 10
    assert await db_pool.fetchval("SELECT count(*) FROM voters") == 0


async def test_values_that_a_later_import_confirmed_are_not_restored(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    married = [{**VOTERS[0], "last_name": "Married"}, *VOTERS[1:10]]
    await imported("voters", registers.table(VOTERS[:10]), source="durham")
    second = await imported("voters", registers.table(married), source="durham")
    await imported("voters", registers.table([*married, VOTERS[10]]), source="durham")
    result = await undone(client, second["id"])
    assert (result["restored"], result["kept"]) == (0, 1)
    assert await db_pool.fetchval("SELECT count(*) FROM voters WHERE last_name = 'Married'") == 1


async def test_parts_and_files_of_others_that_had_a_record_keep_it(
    imported: Send, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    points = b"id,name,category,lat,lon\n1,A,cafe,36.1,-78.9\n2,B,cafe,36.2,-78.8\n3,C,cafe,36.3,-78.7\n"
    first = await imported("pois", points, source="shops")
    two = points[: points.index(b"3,C")]
    async with user_client.post(
        "/api/v1/pois/import", data=two, params={"source": "shops"}, headers={"Content-Type": "text/csv"}
    ) as response:
        assert response.status == 202, await response.text()
        second = await harness.follow(user_client, (await response.json())["jobId"], within=30)
    assert second["result"]["unchanged"] == 2
    result = await undone(client, first["id"])
    assert (result["removed"], result["kept"]) == (1, 2)
    assert [row["record_id"] for row in await db_pool.fetch("SELECT record_id FROM pois ORDER BY 1")] == ["1", "2"]


async def test_businesses_that_a_later_file_has_unchanged_are_kept(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    rows = b"externalId,name,website\n1,Acme,https://acme.example\n2,Bolt,https://bolt.example\n"
    first = await imported("businesses", rows, visit=False)
    await imported("businesses", rows[: rows.index(b"2,")], visit=False)
    result = await undone(client, first["id"])
    assert (result["removed"], result["kept"]) == (1, 1)
    assert [row["name"] for row in await db_pool.fetch("SELECT name FROM businesses")] == ["Acme"]
