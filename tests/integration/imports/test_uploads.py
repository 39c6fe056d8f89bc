"""Uploads: compressed, too large, repeated, or unusable files."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
import openpyxl
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness, registers
from tests.integration.imports.conftest import Send

CSV = registers.table([registers.voter(n) for n in range(50)])


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"max_items": 1_000, "max_upload_bytes": 2_000_000, "max_unpacked_bytes": 5_000_000}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def files(folder: Path) -> int:
    return len(list(folder.glob("*")))


def zipped(*files: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


async def test_packed_files(imported: Send, folder: Path) -> None:
    for number, packed in enumerate(
        (
            gzip.compress(CSV),
            gzip.compress(CSV[:900]) + gzip.compress(CSV[900:]),
            zipped(("voters/ncvoter.txt", CSV), ("__MACOSX/._x", b"junk")),
        )
    ):
        for form in (False, True):
            job = await imported("voters", packed, form=form, source=f"{number} {form}")
            assert job["result"]["inserted"] == 50
    assert files(folder) == 0, "a file goes when it is imported"


async def test_text_of_other_encodings_and_line_ends(imported: Send, folder: Path) -> None:
    text = "Voters of the county,,,\r\n" + CSV.decode() + "Total,50\r\n"
    for number, raw in enumerate(
        (text.encode("utf-16"), text.replace("\r\n", "\r").encode(), gzip.compress(text.encode("utf-16-be")))
    ):
        job = await imported("voters", raw, source=str(number))
        assert (job["result"]["inserted"], job["result"]["rejected"]) == (50, 1)
        assert job["result"]["summary"]["not_data"]["count"] == 1
    assert files(folder) == 0


async def test_a_spreadsheet(imported: Send, folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in csv.reader(CSV.decode().splitlines()):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    job = await imported("voters", file.getvalue(), sheet="Sheet")
    assert (job["result"]["inserted"], job["result"]["rejected"]) == (50, 0)
    assert files(folder) == 0


async def test_what_was_found_is_in_the_response(send: Send) -> None:
    created = await send("voters", b"Voters,,\n\n" + CSV)
    assert created["notes"] == ["The header is in line 3; the row above it is not imported."]


def aged(days: float) -> str:
    """Return the id of an upload that is this many days old."""
    milliseconds = time.time_ns() // 1_000_000 - int(days * 86_400_000)
    return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62))


async def test_the_next_import_removes_what_killed_and_cancelled_jobs_left(
    imported: Send, folder: Path, db_pool: Pool
) -> None:
    old, young = aged(31), aged(1)
    await asyncio.to_thread(_leave, folder, [old, young, "notes.txt"])
    await db_pool.execute("INSERT INTO import_seen VALUES ($1, 'V1'), ($2, 'V1')", UUID(old), UUID(young))
    await imported("voters", CSV)
    left = await asyncio.to_thread(lambda: {path.name for path in folder.glob("*")})
    assert left == {young, "notes.txt"}, "what may be under way, or is not ours, stays"
    assert await db_pool.fetchval("SELECT array_agg(run) FROM import_seen") == [UUID(young)]


def _leave(folder: Path, names: list[str]) -> None:
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"somebody's data")


REFUSED = [
    (b"", "empty"),
    (b"\n\n  \n", "empty"),
    (b"voter_id,last_name\n", "no rows"),
    (b"name,street\nA,B\n", "No column of the header can be the voter's id"),
    (b"Dear Sir,\nplease find enclosed\n", "No column of the header"),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "a PNG image"),
    (b"\0" * 100_000, "binary data, not text"),
    (b'"voter_id,last_name\n1,2\n' * 30, "header"),
    (b"voter_id," + b"x," * 3_000 + b"\n1\n", "3,002 columns"),
    (b"voter_id," + b"x," * 900_000 + b"\n1\n", "at most 1,000,000"),
    (b"voter_id\n" + b"x" * 1_500_000, "at most 1,000,000"),
    (b'{"type": "FeatureCollection", "features": [{}]}', "not JSON"),
    (gzip.compress(CSV)[:-20], "cut off"),
    (b"\x1f\x8bgarbage", "damaged"),
    (b"PK\x03\x04garbage", "cannot be unpacked"),
    (zipped(("a.csv", CSV), ("b.csv", CSV)), "exactly one file"),
    (zipped(("a.csv", CSV), how=zipfile.ZIP_BZIP2), "compression method"),
    (zipped(("a.csv", CSV), how=zipfile.ZIP_LZMA), "compression method"),
    (zipped(("a\u00e9.csv", CSV)).replace("\u00e9".encode(), b"\xff\xff"), "cannot be unpacked"),
]


async def test_a_refused_file_leaves_nothing_behind(send: Send, folder: Path, db_pool: Pool) -> None:
    for content, says in REFUSED:
        for form in (False, True):
            answer = await send("voters", content, status=400, form=form)
            assert says in answer["error"], (content[:100], answer["error"])
    assert files(folder) == 0
    assert await db_pool.fetchval("SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM uploads)") == 0


async def test_too_large_is_413(send: Send, folder: Path) -> None:
    large = b"voter_id\n" + b"1\n" * 3_000_000
    for content, says in (
        (large, "at most 2,000,000 bytes"),
        (gzip.compress(large), "Unpacked, the file may have at most 5,000,000 bytes"),
        (zipped(("a.csv", large)), "Unpacked, the file may have at most 5,000,000 bytes"),
    ):
        assert says in (await send("voters", content, status=413))["error"]
    assert files(folder) == 0


async def test_the_same_file_returns_the_active_job(
    send: Send, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, folder: Path
) -> None:
    first = await send("voters", CSV)
    assert first["isNew"] and first["estimatedRows"] == 50 and first["profile"] == "generic"
    again = await send("voters", CSV, form=True)
    assert (again["isNew"], again["jobId"]) == (False, first["jobId"])
    assert files(folder) == 1
    assert (await send("voters", CSV, dryRun=True))["isNew"], "another request"
    async with user_client.post("/api/v1/voters/import", data=CSV) as response:
        assert (await response.json())["isNew"], "another user"
    async with client.get(f"/api/v1/jobs/{first['jobId']}/rejected.csv") as response:
        assert response.status == 200


async def test_a_repeated_request_gets_the_first_response(client: aiohttp.ClientSession, folder: Path) -> None:
    answers = []
    for _ in range(2):
        async with client.post("/api/v1/voters/import", data=CSV, headers={"Idempotency-Key": "once"}) as response:
            assert response.status == 202 and response.headers["Location"].startswith("/api/v1/jobs/")
            answers.append(await response.json())
    assert answers[0] == answers[1]
    assert files(folder) == 1


async def test_too_many_rows_are_refused_or_split(
    send: Send, client: aiohttp.ClientSession, settings: Settings, db_pool: Pool, folder: Path
) -> None:
    rows = [registers.voter(n) for n in range(2_500)]
    rows[17]["last_name"] = "Two\nLines"
    raw = registers.table(rows)
    refused = await send("voters", raw, status=400)
    assert (refused["rows"], refused["limit"], refused["jobsNeeded"]) == (2_500, 1_000, 3)
    assert "split=true" in refused["error"]
    created = await send("voters", raw, split=True, geocodeAfter=True)
    assert len(created["jobs"]) == 3
    asked = await db_pool.fetch("SELECT data ->> 'geocodeAfter' AS after FROM jobs ORDER BY id")
    assert [one["after"] for one in asked] == ["false", "false", "true"], "once, and when all of them are through"
    async with harness.worker(settings):
        jobs = [await harness.follow(client, one["jobId"]) for one in created["jobs"]]
    assert [job["status"] for job in jobs] == ["completed"] * 3
    assert [job["result"]["inserted"] for job in jobs] == [1_000, 1_000, 500]
    assert [job["totalItems"] for job in jobs] == [1_000, 1_000, 500]
    assert await db_pool.fetchval("SELECT count(*) FROM voters") == 2_500
    assert files(folder) == 0


async def test_run_at(send: Send, db_pool: Pool) -> None:
    run_at = datetime.now(UTC) + timedelta(days=1)
    for form in (False, True):
        created = await send("voters", CSV, form=form, runAt=run_at.isoformat(), dryRun=form)
        row = await db_pool.fetchrow("SELECT run_at, data FROM jobs WHERE id = $1", created["jobId"])
        assert row is not None and row["run_at"] == run_at and "runAt" not in row["data"]
    assert "zone" in (await send("voters", CSV, status=422, runAt="2026-11-28T12:00:00"))["error"]


async def test_options_are_checked(send: Send) -> None:
    assert "profile" in (await send("voters", CSV, status=422, profile="texas"))["error"]
    assert "colour" in (await send("voters", CSV, status=422, colour="red"))["error"]
    assert "JSON object" in (await send("voters", CSV, status=422, mapping="{"))["error"]
    assert (
        "no column 'Nope'"
        in (await send("voters", CSV, status=400, mapping='{"recordId": "voter_id", "city": "Nope"}'))["error"]
    )
    assert "header" in (await send("voters", CSV, status=400, profile="ohio"))["error"]


async def test_broken_forms(client: aiohttp.ClientSession) -> None:
    path = "/api/v1/voters/import"
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for body, headers, status in (
        (b"--x\r\n", form, 400),
        (b"no form at all", form, 400),
        (b'--x\r\nContent-Disposition: form-data; name="dryRun"\r\n\r\ntrue\r\n--x--\r\n', form, 400),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (CSV, {"Content-Type": "multipart/form-data"}, 400),
        (CSV, {"Content-Type": f"multipart/form-data; boundary={'y' * 300}"}, 400),
        (CSV, {"Content-Encoding": "br"}, 415),
    ):
        async with client.post(path, data=body, headers=headers) as response:
            assert response.status == status, await response.text()


async def test_an_upload_can_only_be_used_by_its_sender(
    client: aiohttp.ClientSession, send: Send, user_client: aiohttp.ClientSession
) -> None:
    created = await send("voters", CSV)
    async with user_client.get(f"/api/v1/jobs/{created['jobId']}") as response:
        assert response.status == 404
    async with client.get(f"/api/v1/jobs/{created['jobId']}") as response:
        upload_id = (await response.json())["data"]["uploadId"]
    body = {"type": "voter_import", "data": {"uploadId": upload_id}}
    async with user_client.post("/api/v1/jobs", json=body) as response:
        problem = await response.json()
    assert response.status == 422 and problem["errors"][0]["message"] == f"there is no upload {upload_id}"


async def test_a_client_that_disconnects_leaves_nothing_behind(url: str, folder: Path, db_pool: Pool) -> None:
    address = urlsplit(url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"POST /api/v1/voters/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {harness.ADMIN_KEY}\r\n"
        f"Content-Type: text/csv\r\nContent-Length: 1500000\r\n\r\n".encode()
        + CSV * 300
    )

    async def come() -> bool:
        return files(folder) == 1

    async def gone() -> bool:
        return files(folder) == 0

    assert await harness.eventually(come)
    writer.close()
    assert await harness.eventually(gone)
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0
