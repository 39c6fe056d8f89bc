"""Confidential people in every kind of file: nothing of them is stored, shown, reported, logged or geocoded."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from tests import harness, registers
from tests.integration.imports.conftest import Send

SECRET = "Secretperson"


async def everything(client: aiohttp.ClientSession, pool: Pool, job: dict[str, Any]) -> str:
    """Return all that the platform stores and shows."""
    tables = ("voters", "parcels", "pois", "businesses", "households", "import_changes", "import_rejects", "job_errors")
    text = ""
    for table in (*tables, "jobs", "job_events"):
        text += str(await pool.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} AS t"))
    for path in ("", "/errors", "/rejected.csv"):
        async with client.get(f"/api/v1/jobs/{job['id']}{path}") as response:
            text += await response.text()
    return text


def parcel(number: int, **properties: Any) -> dict[str, Any]:
    feature = registers.parcel(number)
    feature["properties"] |= properties
    return feature


PARCEL = {"owner": SECRET, "address": f"1 {SECRET} Rd", "MAIL_ADDR": f"PO Box 1, {SECRET}"}
FILES = {
    "parcels": registers.collection(
        [parcel(1, Confidential="N"), parcel(2, **PARCEL, Confidential="X"), parcel(3, **PARCEL, Confidential="?")]
    ),
    "pois": (
        f"id,name,category,lat,lon,is_confidential\na,Shop,cafe,36,-78,N\nb,{SECRET},shelter,36,-78,Y\n"
        f"c,{SECRET},shelter,36,-78,perhaps\n"
    ).encode(),
    "businesses": (
        f"name,externalId,Suppress Address\nShop,1,\n{SECRET},2,1\n{SECRET} Ltd,3,unknown\n"
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
async def test_flags_in_other_files(what: str, imported: Send, client: aiohttp.ClientSession, db_pool: Pool) -> None:
    options: dict[str, Any] = {"visit": False} if what == "businesses" else {}
    job = await imported(what, FILES[what], **options)
    assert SECRET not in await everything(client, db_pool, job)
    result = job["result"]
    if what == "parcels":
        assert (result["inserted"], result["protected"], result["rejected"]) == (3, 2, 0)
        assert result["summary"]["unknown_flag"]["count"] == 1
        assert await db_pool.fetchval("SELECT count(*) FROM parcels WHERE geometry IS NOT NULL") == 3
    else:
        assert (result["inserted"], result["rejected"]) == (1, 2)
        assert result["summary"]["protected"]["count"] == 2


async def test_voters_are_protected_in_every_version(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    rows = [registers.voter(n) | {"Address Confidentiality": ""} for n in range(4)]
    rows[1] |= {"last_name": SECRET, "address": f"9 {SECRET} Rd"}
    await imported("voters", registers.table(rows), source="x")
    rows[1]["Address Confidentiality"] = "perhaps"
    job = await imported("voters", registers.table(rows), source="x", geocodeAfter=True)
    assert job["result"]["protected"] == 1 and job["result"]["summary"]["unknown_flag"]["count"] == 1
    await db_pool.execute("DELETE FROM jobs WHERE id <> $1::text::uuid AND completed_at IS NOT NULL", job["id"])
    assert SECRET not in await everything(client, db_pool, job)


async def test_households_are_not_made_of_confidential_rows(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    table = f"address,city,state,zip,Safe at Home\n1 Main St,Durham,NC,27701,N\n2 {SECRET} St,Durham,NC,27701,Y\n"
    async with client.post("/api/v1/households", data=table, headers={"Content-Type": "text/csv"}) as response:
        answer = await response.json()
    assert SECRET not in str(answer) and "confidential" in str(answer)
    entries = [
        {"address": "3 Main St", "city": "Durham", "state": "NC", "confidential": False},
        {"address": f"4 {SECRET} St", "city": "Durham", "state": "NC", "confidential": True},
    ]
    async with client.post("/api/v1/households", json={"households": entries}) as response:
        answer = await response.json()
    assert SECRET not in str(answer) and "confidential" in str(answer)
    stored = [row["address"] for row in await db_pool.fetch("SELECT address FROM households ORDER BY address")]
    assert stored == ["1 Main St", "3 Main St"]


async def test_confidential_rows_of_a_file_are_not_geocoded(
    client: aiohttp.ClientSession, worker: object, db_pool: Pool
) -> None:
    table = b"address,city,state,zip,protected\n1 Main St,Durham,NC,27701,N\n2 Main St,Durham,NC,27701,Y\n"
    body = aiohttp.FormData()
    body.add_field("file", io.BytesIO(table), filename="a.csv")
    async with client.post("/api/v1/gis/geocode-file", data=body) as response:
        created = await response.json()
        assert response.status == 202, created
    await harness.follow(client, created["jobId"])
    async with client.get(f"/api/v1/jobs/{created['jobId']}/output.csv") as response:
        lines = (await response.text()).splitlines()
    assert "confidential" not in lines[1] and "marked as confidential (protected)" in lines[2]
    assert await db_pool.fetchval("SELECT count(*) FROM geocoded_rows WHERE latitude IS NOT NULL") == 1
