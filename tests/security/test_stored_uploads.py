"""Uploads: what a user may store, who may read it on the disk, and when it is removed."""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.db.imports import uploads
from app.settings import Settings
from app.storage.uploads import Uploads
from tests import harness

HEADER = b"parcel_id,latitude,longitude\n"
ROW = b"%07d,35.0,-80.0\n"
LIMIT = 100_000


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"max_stored_bytes": LIMIT, "uploads_url": (tmp_path / "uploads").as_uri()})


@pytest.fixture
async def url(settings: Settings, admin_id: object) -> AsyncIterator[str]:
    async with harness.api(settings) as address:
        yield address


def file(size: int, number: int = 0) -> bytes:
    rows = b"".join(ROW % (number * 1_000_000 + n) for n in range(size // len(ROW % 0)))
    return HEADER + rows


async def send(client: aiohttp.ClientSession, body: bytes, **params: str) -> tuple[int, dict[str, object]]:
    headers = {"Content-Type": "application/octet-stream"}
    async with client.post("/api/v1/parcels/import", data=body, headers=headers, params=params) as response:
        return response.status, await response.json()


def files(settings: Settings) -> list[Path]:
    folder = Path(settings.uploads_url.removeprefix("file://"))
    return sorted(folder.iterdir()) if folder.exists() else []


async def test_unpacked_uploads_count_against_the_limit_of_their_user(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, settings: Settings, db_pool: Pool
) -> None:
    assert (await send(user_client, gzip.compress(file(60_000))))[0] == 202
    status, problem = await send(user_client, gzip.compress(file(60_000, 1)))
    assert (status, problem["limit"], problem["type"]) == (429, "storedBytes", "urn:trigpoint:problem:limit-reached")
    assert len(files(settings)) == 1, "what does not fit is not kept"
    assert (await send(client, gzip.compress(file(150_000, 2))))[0] == 202, "administrators are not limited"
    assert (await send(user_client, file(30_000, 3)))[0] == 202, "what fits is accepted"
    await db_pool.execute("UPDATE uploads SET created_at = created_at - interval '1 hour'")
    await db_pool.execute("DELETE FROM jobs")
    assert (await send(user_client, file(90_000, 4)))[0] == 202, "files without jobs make room"
    assert len(files(settings)) == 2


async def test_a_small_file_that_unpacks_to_much_is_stopped_at_the_limit(
    user_client: aiohttp.ClientSession, settings: Settings
) -> None:
    bomb = gzip.compress(HEADER + b" " * 50_000_000)
    assert len(bomb) < 100_000
    assert (await send(user_client, bomb))[0] == 429
    assert files(settings) == []


@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_only_the_own_user_can_read_stored_files(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        for folder in (tmp_path / "new" / "uploads", tmp_path / "old"):
            (tmp_path / "old").mkdir(exist_ok=True)
            (tmp_path / "old").chmod(0o755)
            store = Uploads(folder.as_uri())
            upload_id = uuid7()
            sink = store.create(upload_id)
            sink.write(b"voters")
            sink.close()
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert stat.S_IMODE((folder / str(upload_id)).stat().st_mode) == 0o600
            with store.open(upload_id) as stored:
                assert stored.read() == b"voters"
    finally:
        os.umask(before)


async def test_which_files_are_stale(user_client: aiohttp.ClientSession, db_pool: Pool, settings: Settings) -> None:
    ids = {}
    for number, name in enumerate(("pending", "failed", "old failed", "deleted", "new")):
        status, made = await send(user_client, file(5_000, number))
        assert status == 202
        ids[name] = await db_pool.fetchval(
            "SELECT (data ->> 'uploadId')::uuid FROM jobs WHERE id = $1::uuid", made["jobId"]
        )
        if "failed" in name:
            await db_pool.execute(
                "UPDATE jobs SET status = 'failed', completed_at = now() WHERE id = $1::uuid", made["jobId"]
            )
        if name in ("deleted", "new"):
            await db_pool.execute("DELETE FROM jobs WHERE id = $1::uuid", made["jobId"])
    for name, age in {"pending": 30, "failed": 1, "old failed": 8, "deleted": 1}.items():
        await db_pool.execute(
            "UPDATE uploads SET created_at = now() - make_interval(days => $2) WHERE id = $1", ids[name], age
        )
    async with db_pool.acquire() as conn:
        assert set(await uploads.list_stale(conn)) == {ids["old failed"], ids["deleted"]}
