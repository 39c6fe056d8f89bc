"""Reports of rejected rows that are sent back without a correction, and files without a usable row."""

from __future__ import annotations

import aiohttp
import pytest

from app.db.core.pool import Pool
from tests import registers
from tests.integration.imports.conftest import Send

VOTERS = b"""voter_id,last_name,address,city,state,zip
V1,Ana,1 Main St,Livermore,CA,94550
"V2,Bob "the" Builder,2 Main St,Livermore,CA,94550
V3,Cleo,3 Main St,Apt 4,Livermore,CA,94550
,Eve,5 Main St,Livermore,CA,94550
Total,5,,,,
"""
POIS = b"""id,name,category,latitude,longitude
1,Cafe,cafe,37.68,-121.77
"2,Bar "x",bar,37.68,-121.77
3,Shop,shop,37.68,-121.77,more
"""
BUSINESSES = b"""name,externalId,website,city
Acme,A1,acme.example,Springfield
"Bolt "x",A2,bolt.example,Springfield
Cog,A3,cog.example,Springfield,Illinois
"""


async def report_of(client: aiohttp.ClientSession, job_id: str) -> bytes:
    async with client.get(f"/api/v1/jobs/{job_id}/rejected.csv") as response:
        assert response.status == 200
        return await response.read()


@pytest.mark.parametrize(
    ("what", "content", "table"),
    [("voters", VOTERS, "voters"), ("pois", POIS, "pois"), ("businesses", BUSINESSES, "businesses")],
)
async def test_what_was_not_mended_is_rejected_again(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool, what: str, content: bytes, table: str
) -> None:
    first = await imported(what, content)
    rejected = first["result"]["rejected"]
    assert (first["result"]["inserted"], rejected) == (1, content.count(b"\n") - 2)
    report = await report_of(client, first["id"])
    assert report.startswith(b"\xef\xbb\xbf")
    again = await imported(what, report, ends="failed")
    assert again["error"].startswith(f"All {rejected} rows were rejected. The most frequent reason (")
    assert again["result"]["rejected"] == rejected and again["failedItems"] == rejected
    assert await db_pool.fetchval(f"SELECT count(*) FROM {table}") == 1
    assert await report_of(client, again["id"]) == report


async def test_corrected_rows_of_a_report_are_imported(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    report = (await report_of(client, (await imported("voters", VOTERS))["id"])).decode("utf-8-sig").splitlines()
    assert report[2] == (
        'V3,Cleo,3 Main St,Apt 4,Livermore,CA | 94550,wrong_number_of_columns,"has 7 cells, but the header has 6"'
    )
    mended = [
        report[0],
        'V2,"Bob ""the"" Builder",2 Main St,Livermore,CA,94550,stray_quote,',
        report[2].replace("3 Main St,Apt 4", "3 Main St Apt 4").replace("CA | 94550", "CA,94550"),
        report[3],
    ]
    job = await imported("voters", "\r\n".join(mended).encode())
    assert (job["result"]["inserted"], job["result"]["rejected"]) == (2, 1)
    stored = await db_pool.fetch("SELECT record_id, last_name, extra FROM voters ORDER BY record_id")
    assert [row["record_id"] for row in stored] == ["V1", "V2", "V3"]
    assert stored[1]["last_name"] == 'Bob "the" Builder'
    assert all("error" not in (row["extra"] or "") for row in stored)


@pytest.mark.parametrize(
    ("what", "content", "reason"),
    [
        ("pois", b"id,name,category,latitude,longitude\n1,A,cafe,,\n2,B,cafe,north,\n", "All 2 rows were rejected"),
        ("parcels", b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":null}]}',
         "The only row was rejected"),
        ("businesses", b"name,website\n,a.example\n", "The only row was rejected"),
        ("voters", registers.table([{**registers.voter(n), "voter_id": ""} for n in range(3)]),
         "All 3 rows were rejected. The most frequent reason (3 rows, the first in line 2)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_file_without_a_usable_row_fails(
    imported: Send, client: aiohttp.ClientSession, what: str, content: bytes, reason: str, dry_run: bool
) -> None:
    job = await imported(what, content, ends="failed", dryRun=dry_run)
    assert job["error"].startswith(reason)
    assert job["result"]["valid"] == 0 and job["result"]["summary"]
    assert len((await report_of(client, job["id"])).splitlines()) == job["result"]["rejected"] + 1
