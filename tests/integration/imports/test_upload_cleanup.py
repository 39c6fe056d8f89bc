"""The cleanup of uploads removes files and records whose time is over, and nothing that a job needs."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from app.storage.stale_uploads import remove_stale
from tests import harness, registers
from tests.integration.imports.test_previews import got, sent
from workers.imports import upload_cleanup

Json = dict[str, Any]
CSV = registers.table([registers.voter(n) for n in range(30)])
EXPIRE = "UPDATE uploads SET kept_until = now() - interval '1 s' WHERE id = $1::uuid"


def names(settings: Settings) -> set[str]:
    return {path.name for path in Path(settings.uploads_url.removeprefix("file://")).iterdir()}


def spreadsheet() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Voter ID", "Last Name", "Address", "City", "State", "Zip"])
    book.active.append(["1", "Doe", "1 Main St", "Durham", "NC", "27701"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_cleanup, "INTERVAL_SECONDS", 0.2)


@pytest.mark.usefixtures("every_second")
async def test_previews_go_when_their_time_is_over_and_jobs_made_from_them_go_on(
    client: aiohttp.ClientSession, settings: Settings, db_pool: Pool
) -> None:
    old, fresh = await sent(client, spreadsheet(), name="old.xlsx"), await sent(client, CSV)
    used = await sent(client, CSV, kind="voters")
    async with client.post("/api/v1/voters/import", json={"uploadId": used["upload"]["id"]}) as response:
        assert response.status == 202, await response.text()
        job_id = (await response.json())["jobId"]
    own = await db_pool.fetchval("SELECT data ->> 'uploadId' FROM jobs WHERE id = $1::uuid", job_id)
    ids = {name: upload["upload"]["id"] for name, upload in (("old", old), ("fresh", fresh), ("used", used))}
    assert names(settings) == {*ids.values(), f"{ids['old']}.original", own}
    await db_pool.execute("UPDATE uploads SET created_at = created_at - interval '30 days'")
    for name in ("old", "used"):
        await db_pool.execute(EXPIRE, ids[name])

    async with harness.worker(settings):
        job = await harness.follow(client, job_id)
        assert (job["status"], job["result"]["inserted"]) == ("completed", 30)

        async def is_clean() -> bool:
            return names(settings) == {ids["fresh"]}

        await harness.eventually(is_clean)
    assert {str(row["id"]) for row in await db_pool.fetch("SELECT id FROM uploads")} == {ids["fresh"], own}
    await got(client, old, status=404)
    assert (await got(client, fresh))["rows"] == 30


@pytest.mark.usefixtures("every_second")
async def test_the_file_of_a_job_that_waits_or_may_be_retried_stays(
    client: aiohttp.ClientSession, settings: Settings, db_pool: Pool
) -> None:
    own, tomorrow = {}, (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for name in ("waits", "may be retried", "is old"):
        upload = await sent(client, CSV, kind="voters")
        options = {"uploadId": upload["upload"]["id"], "source": name, "runAt": tomorrow}
        async with client.post("/api/v1/voters/import", json=options) as response:
            job_id = (await response.json())["jobId"]
        await db_pool.execute(EXPIRE, upload["upload"]["id"])
        own[name] = await db_pool.fetchval("SELECT data ->> 'uploadId' FROM jobs WHERE id = $1::uuid", job_id)
        if name != "waits":
            ended = "UPDATE jobs SET status = 'failed', completed_at = now(), run_at = NULL WHERE id = $1::uuid"
            await db_pool.execute(ended, job_id)
    for name, age in {"waits": 30, "may be retried": 1, "is old": 8}.items():
        await db_pool.execute(
            "UPDATE uploads SET created_at = now() - make_interval(days => $2) WHERE id = $1::uuid", own[name], age
        )

    async with harness.worker(settings):

        async def is_clean() -> bool:
            return names(settings) == {own["waits"], own["may be retried"]}

        await harness.eventually(is_clean)


async def test_a_storage_that_cannot_be_reached_keeps_the_record_of_what_is_in_it(
    client: aiohttp.ClientSession, settings: Settings, db_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = (await sent(client, CSV))["upload"]["id"]
    await db_pool.execute(EXPIRE, upload_id)
    folder = Path(settings.uploads_url.removeprefix("file://"))
    (folder / upload_id).rename(folder / "aside")
    (folder / upload_id).mkdir()  # cannot be unlinked as a file
    with pytest.raises(OSError):
        await remove_stale(db_pool, settings.uploads_url)
    assert await db_pool.fetchval("SELECT count(*) FROM uploads WHERE removed_at IS NULL") == 1
    (folder / upload_id).rmdir()
    (folder / "aside").rename(folder / upload_id)
    done = await asyncio.gather(*(remove_stale(db_pool, settings.uploads_url) for _ in range(3)))
    assert sum(done) == 1 and names(settings) == set()
    assert await db_pool.fetchval("SELECT count(*) FROM uploads") == 0
