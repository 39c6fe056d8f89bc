"""Records that disappeared since the last version of a file: counted, retired on request, and brought back."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.heatmaps import pois
from tests import harness, registers
from tests.integration.imports.conftest import Send

VOTERS = [registers.voter(n) for n in range(100)]


async def retired(pool: Pool) -> list[str]:
    rows = await pool.fetch("SELECT record_id FROM voters WHERE retired_at IS NOT NULL ORDER BY record_id")
    return [row["record_id"] for row in rows]


async def listed(client: aiohttp.ClientSession) -> int:
    async with client.get("/api/v1/households?limit=1") as response:
        return int((await response.json())["total"])


async def test_disappeared_records_are_counted_and_retired_on_request(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    first = await imported("voters", registers.table(VOTERS), source="durham")
    assert (first["result"]["disappeared"], first["result"]["retired"]) == (0, 0)
    second = await imported("voters", registers.table(VOTERS[:95]), source="durham")
    assert (second["result"]["disappeared"], second["result"]["retired"]) == (5, 0)
    assert await retired(db_pool) == [] and await listed(client) == 50
    third = await imported("voters", registers.table(VOTERS[:91]), source="durham")
    assert third["result"]["disappeared"] == 4, "five were missing before"
    fourth = await imported("voters", registers.table(VOTERS[:91]), source="durham", retireMissing=True)
    assert (fourth["result"]["disappeared"], fourth["result"]["retired"]) == (0, 9)
    assert await retired(db_pool) == [f"V{n:08d}" for n in range(91, 100)]
    assert await listed(client) == 46, "the household of voters 90 and 91 has a resident left"
    async with client.get("/api/v1/households/export.csv") as response:
        assert len((await response.text()).splitlines()) == 47

    back = await imported("voters", registers.table(VOTERS), source="durham")
    assert (back["result"]["updated"], back["result"]["unchanged"], back["result"]["disappeared"]) == (9, 91, 0)
    assert await retired(db_pool) == [] and await listed(client) == 50
    assert await db_pool.fetchval("SELECT count(*) FROM voters WHERE missing_run IS NOT NULL") == 0


async def test_a_file_that_may_be_cut_off_retires_nothing(imported: Send, db_pool: Pool) -> None:
    await imported("voters", registers.table(VOTERS), source="durham")
    job = await imported("voters", registers.table(VOTERS[:70]), source="durham", retireMissing=True, ends="failed")
    assert "no row for 30 of 100 records" in job["error"] and "maxRetireRate=1" in job["error"]
    assert (job["result"]["disappeared"], job["result"]["retired"], job["result"]["unchanged"]) == (30, 0, 70)
    assert await retired(db_pool) == []
    done = await imported("voters", registers.table(VOTERS[:70]), source="durham", retireMissing=True, maxRetireRate=1)
    assert done["result"]["retired"] == 30
    assert len(await retired(db_pool)) == 30


async def test_records_of_other_counties_and_of_rejected_rows_are_not_missing(imported: Send, db_pool: Pool) -> None:
    def lots(*numbers: int, x: float = -118.29, points: tuple[int, ...] = ()) -> bytes:
        def ring(n: int) -> list[list[float]]:
            west = x + n / 1e4
            return [[west, 34.1], [west + 1e-4, 34.1], [west, 34.1001], [west, 34.1]]

        return registers.collection(
            [
                {
                    "type": "Feature",
                    "properties": {"apn": f"{n:04d}"},
                    "geometry": {"type": "Point" if n in points else "Polygon", "coordinates": [ring(n)]},
                }
                for n in numbers
            ]
        )

    await imported("parcels", lots(*range(20)), source="all")
    await imported("parcels", lots(*range(100, 120), x=-87.68), source="all")
    job = await imported("parcels", lots(*range(1, 20), points=(5,)), source="all", retireMissing=True)
    assert (job["result"]["disappeared"], job["result"]["retired"], job["result"]["rejected"]) == (1, 1, 1)
    rows = await db_pool.fetch("SELECT record_id FROM parcels WHERE retired_at IS NOT NULL")
    assert [row["record_id"] for row in rows] == ["0000"]


async def test_retired_points_do_not_count_for_scores(imported: Send, db_pool: Pool) -> None:
    rows = ["id,name,category,lat,lon", *(f"{n}a,Aldi,supermarket,36.0{n},-78.9" for n in range(1, 9))]
    await imported("pois", "\n".join(rows).encode())

    async with db_pool.acquire() as conn:
        before = await pois.list_nearest(conn, 36.01, -78.9)
    assert 36.01 in {poi.latitude for poi in before}
    job = await imported("pois", "\n".join([rows[0], *rows[2:]]).encode(), retireMissing=True)
    assert job["result"]["retired"] == 1
    async with db_pool.acquire() as conn:
        after = await pois.list_nearest(conn, 36.01, -78.9)
    assert {poi.latitude for poi in before} - {poi.latitude for poi in after} == {36.01}


@pytest.mark.parametrize("divided", [True, False])
async def test_parts_and_interrupted_imports_retire_nothing(
    divided: bool, client: aiohttp.ClientSession, send: Send, settings: Any, db_pool: Pool
) -> None:
    settings = settings.model_copy(update={"shutdown_grace_seconds": 0.0})
    rows = [registers.voter(n) for n in range(12_000)]
    first = await send("voters", registers.table(rows), source="durham")
    async with harness.worker(settings):
        await harness.follow(client, first["jobId"])
    second = await send("voters", registers.table(rows[:11_000]), source="durham", retireMissing=True)
    if divided:
        await db_pool.execute(
            "UPDATE jobs SET data = data || $2::text::jsonb WHERE id = $1::text::uuid",
            second["jobId"],
            '{"part": {"number": 1, "of": 2, "position": {"offset": 85, "line": 1, "left": 11000}}}',
        )
        async with harness.worker(settings):
            job = await harness.follow(client, second["jobId"])
        assert job["status"] == "completed" and "disappeared" not in job["result"]
        assert await retired(db_pool) == []
        return
    for _ in range(6):
        async with harness.worker(settings):

            async def begun() -> bool:
                async with client.get(f"/api/v1/jobs/{second['jobId']}") as response:
                    return bool((await response.json())["status"] != "pending")

            await harness.eventually(begun)
    async with harness.worker(settings):
        await harness.follow(client, second["jobId"])
    job = await harness.follow(client, second["jobId"])
    assert (job["status"], job["result"]["disappeared"], job["result"]["retired"]) == ("completed", 1_000, 1_000)
    assert len(await retired(db_pool)) == 1_000
