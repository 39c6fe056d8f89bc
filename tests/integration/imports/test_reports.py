"""Reports of rejected rows, and importing them again after correction."""

from __future__ import annotations

import csv
import io

import aiohttp

from app.db.core.pool import Pool
from tests import registers
from tests.integration.imports.conftest import Send

GOOD = [registers.voter(n) for n in range(6)]


def broken() -> bytes:
    """A header (line 1) and ten rows, of which four are good."""
    lines = registers.table(GOOD).decode().splitlines()
    header, rows = lines[0], lines[1:]
    rows[1] = rows[1].replace("V00000001", "")
    rows[2] += ",one,two"
    rows[3] = '"V00000003,unclosed'
    rows.insert(4, "V00000077,too,few")
    rows.insert(5, rows[0].replace("V00000000", "V00000088").replace("Smith", "a\0b"))
    rows.append('V00000099,"=HYPERLINK(""x"")",short')
    return "\r\n".join([header, *rows, ""]).encode()


async def test_each_bad_row_is_reported_with_its_line(imported: Send, client: aiohttp.ClientSession) -> None:
    job = await imported("voters", broken())
    result = job["result"]
    assert (result["read"], result["valid"], result["rejected"], result["inserted"]) == (9, 3, 6, 3)
    assert (job["totalItems"], job["processedItems"], job["failedItems"]) == (9, 9, 6)
    async with client.get(f"/api/v1/jobs/{job['id']}/errors") as response:
        page = await response.json()
    assert page["total"] == 6
    assert [(one["line"], one["code"]) for one in page["errors"]] == [
        (3, "no_id"),
        (4, "wrong_number_of_columns"),
        (5, "stray_quote"),
        (6, "wrong_number_of_columns"),
        (7, "nul_byte"),
        (10, "wrong_number_of_columns"),
    ]
    assert page["errors"][0]["column"] == "voter_id" and "voter_id: is empty" in page["errors"][0]["error"]
    summary = result["summary"]["wrong_number_of_columns"]
    assert (summary["count"], summary["rejected"], len(summary["samples"])) == (3, True, 3)


async def test_rejected_rows_can_be_corrected_and_sent_again(
    imported: Send, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    job = await imported("voters", broken())
    path = f"/api/v1/jobs/{job['id']}/rejected.csv"
    async with client.get(path) as response:
        assert response.status == 200 and response.content_type == "text/csv"
        rows = list(csv.reader(io.StringIO(await response.text("utf-8-sig"), newline="")))
    header = list(GOOD[0])
    assert rows[0] == [*header, "error_code", "error"]
    assert all(len(row) == len(header) + 2 for row in rows)
    assert [row[-2] for row in rows[1:]][:2] == ["no_id", "wrong_number_of_columns"]
    assert rows[6][1] == '\'=HYPERLINK("x")', "a spreadsheet must not run what a file said"

    mended = [[*registers.voter(90 + n, 1).values(), *row[-2:]] for n, row in enumerate(rows[1:])]
    mended[5][1] = rows[6][1]
    result = (await imported("voters", registers.delimited(mended, rows[0])))["result"]
    assert (result["rejected"], result["inserted"]) == (0, 6)
    assert await db_pool.fetchval("SELECT count(*) FROM voters WHERE extra ? 'error'") == 0
    name = await db_pool.fetchval("SELECT last_name FROM voters WHERE record_id = 'V00000095'")
    assert name == '=HYPERLINK("x")'
    assert (await user_client.get(path)).status == 404
    assert (await client.get("/api/v1/jobs/nonsense/rejected.csv")).status == 404


async def test_an_unreadable_value_is_dropped_and_the_row_kept(
    imported: Send, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    rows = [registers.voter(n) for n in range(4)]
    rows[0]["birth_date"] = "13/45/1980"
    rows[1]["state"], rows[1]["zip"] = "Atlantis", "not a zip"
    rows[2]["address"] = ""
    rows[3]["precinct"] = "P" * 5_000
    job = await imported("voters", registers.table(rows))
    assert (job["result"]["inserted"], job["result"]["rejected"], job["failedItems"]) == (4, 0, 0)
    async with client.get(f"/api/v1/jobs/{job['id']}/errors") as response:
        page = {one["code"]: one for one in (await response.json())["errors"]}
    assert set(page) == {"unreadable_date", "unknown_state", "unreadable_zip", "no_address", "too_long"}
    date = page["unreadable_date"]
    assert (date["line"], date["recordId"], date["column"], date["value"]) == (
        2,
        "V00000000",
        "birth_date",
        "13/**/****",
    )
    assert not date["rejected"]
    stored = await db_pool.fetchrow("SELECT birth_date, last_name FROM voters WHERE record_id = 'V00000000'")
    assert stored is not None and stored["birth_date"] is None and stored["last_name"] == "Smith"


async def test_too_many_errors_fail_the_job_before_anything_is_written(imported: Send, db_pool: Pool) -> None:
    for options in ({"maxErrors": 5}, {"maxErrorRate": 0.5}):
        job = await imported("voters", broken(), ends="failed", **options)
        assert "6 of 9 rows were rejected" in job["error"] or "66.7% of 9 rows" in job["error"]
        assert len(job["errorLog"] or ()) == 6 or job["failedItems"] == 0
        assert await db_pool.fetchval("SELECT count(*) FROM voters") == 0
        assert (
            await db_pool.fetchval("SELECT count(*) FROM import_rejects WHERE job_id = $1::text::uuid", job["id"]) == 6
        )
    assert (await imported("voters", broken(), maxErrors=6, maxErrorRate=0.7))["result"]["inserted"] == 3
