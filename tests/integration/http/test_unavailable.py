"""Responses to requests that cannot be served give the true reason."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

import app.main
from app.db.core.pool import Pool
from app.settings import Settings
from app.web.http import request_context
from app.web.http.unavailable import OUT_OF_TIME
from tests import harness

JOBS = "/api/v1/jobs?limit=1"


async def ask(client: aiohttp.ClientSession, path: str) -> tuple[int, str, Any]:
    async with client.get(path) as response:
        body = await response.json()
        if response.status == 503:
            assert int(response.headers["Retry-After"]) >= 1
        return response.status, str(body.get("type", "")).rpartition(":")[2], body


async def test_busy_slow_and_ready_differ(settings: Settings, admin_id: UUID, db_pool: Pool) -> None:
    """One connection for requests, whose statements wait for a lock until they time out."""
    one = settings.model_copy(update={"api_connections": 2})
    async with harness.api(one) as url, harness.session(url, harness.ADMIN_KEY) as client:
        assert (await ask(client, JOBS))[0] == 200
        async with db_pool.acquire() as conn, conn.transaction():
            await conn.execute("LOCK TABLE jobs")
            asking = [asyncio.create_task(ask(client, JOBS)) for _ in range(6)]
            await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            status, _, ready = await ask(client, "/readyz")
            assert ready["checks"]["postgres"] is True
            answers = await asyncio.gather(*asking)
        reasons = Counter((status, slug) for status, slug, _ in answers)
        assert set(reasons) == {(503, "busy"), (503, "slow-query")}
        assert not any("reached" in body["detail"] for _, _, body in answers)
        assert (await ask(client, JOBS))[0] == 200


async def test_one_limit_bounds_all_waiting_of_a_request(
    settings: Settings, admin_id: UUID, db_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each wait alone would go on for longer than this test may take."""
    patient = dataclasses.replace(app.main.API_TIMEOUTS, turn_seconds=600, command_seconds=600)
    monkeypatch.setattr(app.main, "API_TIMEOUTS", patient)
    monkeypatch.setattr(request_context, "DATABASE_SECONDS", 1.0)
    few = settings.model_copy(update={"api_connections": 3})
    async with harness.api(few) as url, harness.session(url, harness.ADMIN_KEY) as client:

        async def create(**headers: str) -> tuple[int, Any]:
            async with client.post("/api/v1/jobs", json={"type": "noop"}, headers=headers) as response:
                return response.status, await response.json()

        async def read(path: str) -> tuple[int, Any]:
            status, _, body = await ask(client, path)
            return status, body

        _, created = await create()
        async with db_pool.acquire() as conn, conn.transaction():
            await conn.execute("LOCK TABLE jobs")
            answers = await asyncio.gather(
                *(read(JOBS) for _ in range(4)),
                *(read(f"/api/v1/jobs/{created['jobId']}") for _ in range(3)),
                *(create() for _ in range(3)),
                *(create(**{"Idempotency-Key": f"key {i}"}) for i in range(3)),
            )
        assert [(status, body["detail"]) for status, body in answers] == [(503, OUT_OF_TIME)] * 13

        async def create_again() -> dict[str, Any] | None:
            status, body = await create(**{"Idempotency-Key": "key 0"})
            assert status in (202, 409), body  # the first may still be under way
            return body if status == 202 else None

        again = await harness.eventually(create_again)
        assert again is not None
        async with db_pool.acquire() as conn:
            ids = {str(row["id"]) for row in await conn.fetch("SELECT id FROM jobs")}
        assert again["jobId"] in ids and len(ids) <= 1 + 3 + 3


@pytest.mark.parametrize(
    ("sql", "slug"),
    [
        ("RAISE SQLSTATE '53100'", "storage"),
        ("RAISE SQLSTATE '25006'", "storage"),
        ("RAISE SQLSTATE '53300'", "busy"),
        ("RAISE SQLSTATE '55P03'", "busy"),
        ("RAISE SQLSTATE '57014'", "slow-query"),
    ],
)
async def test_each_error_of_postgres_has_its_reason(
    client: aiohttp.ClientSession, db_pool: Pool, sql: str, slug: str
) -> None:
    async with db_pool.acquire() as conn:
        await conn.execute(
            f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {sql}; END $$;
                CREATE TRIGGER refuse BEFORE INSERT ON jobs EXECUTE FUNCTION refuse()"""
        )
    async with client.post("/api/v1/jobs", json={"type": "noop"}) as response:
        body = await response.json()
        assert (response.status, body["type"].rpartition(":")[2]) == (503, slug)
        assert "Retry-After" in response.headers and "reached" not in body["detail"]


async def test_an_unusable_uploads_folder_is_not_the_database(
    settings: Settings, admin_id: UUID, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = settings.model_copy(update={"uploads_url": f"file://{tmp_path}/file/uploads"})
    async with harness.api(blocked) as url, harness.session(url, harness.ADMIN_KEY) as client:
        async with client.post("/api/v1/gis/geocode-file", data=b"address\n1 Main St\n") as response:
            body = await response.json()
        assert (response.status, body["type"].rpartition(":")[2]) == (503, "storage")
        assert "uploads folder" in body["detail"] and str(tmp_path) not in str(body)


async def test_an_unreachable_server_is_reported_as_such(settings: Settings, admin_id: UUID) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/none"})
    async with harness.api(nowhere) as url, harness.session(url, harness.ADMIN_KEY) as client:
        answers = await asyncio.gather(*(ask(client, JOBS) for _ in range(30)))
    assert {(status, slug) for status, slug, _ in answers} == {(503, "unavailable")}
