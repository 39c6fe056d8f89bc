"""The clock of an API host may be wrong: hosts share times by the clock of the database."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.db.imports import uploads
from app.db.jobs import queues
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.jobs.spec import NewJob
from app.settings import Settings
from tests import harness
from tests.benchmarks.noop import SPEC
from tests.integration.dashboard.conftest import visitor
from tests.security.streams import Feed

MARGIN_SECONDS = 30.0
"""For a slow machine; the clocks in the tests are off by four times as much."""


@pytest.mark.parametrize("off_seconds", [-120.0, 120.0])
async def test_pages_and_feeds_count_by_the_databases_clock(
    settings: Settings, admin_id: object, db_pool: Pool, monkeypatch: pytest.MonkeyPatch, off_seconds: float
) -> None:
    monkeypatch.setattr("app.db.core.notifications.time", SimpleNamespace(time=lambda: time.time() + off_seconds))
    async with harness.api(settings) as url, visitor(url, harness.ADMIN_KEY) as admin:

        async def agrees() -> bool:  # once the process has read the clock of the database
            found = re.search(r'data-since="(\d+)"', (await admin.get("/")).text)
            assert found is not None
            now: datetime = await db_pool.fetchval("SELECT clock_timestamp()")
            return abs(now.timestamp() - int(found[1]) / 1000) < MARGIN_SECONDS

        await harness.eventually(agrees)
        feed = Feed(admin.session, "/live/panels/queues")
        reading = await feed.open()

        async def arrived() -> bool:
            return "event: panel" in feed.text

        await harness.eventually(arrived)
        number = re.search(r"id: (\d+)", feed.text)
        assert number is not None
        now: datetime = await db_pool.fetchval("SELECT clock_timestamp()")
        assert abs(now.timestamp() - int(number[1]) / 1000) < MARGIN_SECONDS
        reading.cancel()


async def test_a_session_goes_by_the_databases_clock(
    settings: Settings, url: str, db_pool: Pool, admin_id: object
) -> None:
    async with visitor(url, harness.ADMIN_KEY) as admin:
        row = await db_pool.fetchrow("SELECT created_at, expires_at, clock_timestamp() AS now FROM sessions")
        assert row is not None
        assert row["expires_at"] - row["created_at"] == timedelta(days=14)
        assert row["created_at"] <= row["now"] and row["now"].tzinfo == UTC
        await db_pool.execute("UPDATE sessions SET expires_at = now()")

        async def is_signed_out() -> bool:
            return (await admin.get("/")).location == "/login"

        await harness.eventually(is_signed_out)


async def test_jobs_are_ordered_by_the_databases_clock(
    db_pool: Pool, admin_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One API host is two hours slow, and another two hours fast."""
    created: list[UUID] = []
    async with db_pool.acquire() as conn:
        await queues.declare(conn, [SPEC.queue])
        for off_seconds in (7200, -7200, 0, 7200, -7200):
            off = SimpleNamespace(time_ns=lambda off_seconds=off_seconds: time.time_ns() + off_seconds * 10**9)
            monkeypatch.setattr(jobs, "time", off)
            monkeypatch.setattr(jobs, "uuid7", lambda off=off: UUID(int=uuid7().int + (off_ms(off) << 80)))
            inserted = await jobs.insert(conn, [NewJob(SPEC, b"{}")] * 50, Creator(admin_id))
            created += [job.id for job in inserted]
            await asyncio.sleep(0.01)
        rows = await conn.fetch("SELECT id, created_at FROM jobs ORDER BY id")
    assert [row["id"] for row in rows] == created
    for row in rows:
        assert row["id"].version == 7
        assert abs((row["id"].int >> 80) / 1000 - row["created_at"].timestamp()) < MARGIN_SECONDS


def off_ms(clock: SimpleNamespace) -> int:
    return 1000 * round((clock.time_ns() - time.time_ns()) / 1e9)  # type: ignore[no-any-return]


@pytest.mark.parametrize("off_seconds", [-7200, 7200])
async def test_an_upload_is_kept_for_a_job_of_another_host(
    settings: Settings, db_pool: Pool, admin_id: UUID, off_seconds: int
) -> None:
    """The id of the upload has the time of a host whose clock is wrong; the job is pending for hours."""
    upload_id = UUID(int=uuid7().int + (off_seconds * 1000 << 80))
    async with db_pool.acquire() as conn:
        await queues.declare(conn, [SPEC.queue])
        await uploads.insert(conn, upload_id, "a.csv", 1, b"", {}, admin_id)
        data = b'{"uploadId": "%s"}' % str(upload_id).encode()
        first, second = await jobs.insert(conn, [NewJob(SPEC, data)] * 2, Creator(admin_id))
        await conn.execute("UPDATE uploads SET created_at = created_at - interval '10 days'")
        assert await uploads.list_stale(conn) == []
        assert await uploads.is_needed_by_others(conn, upload_id, first.id)
        await conn.execute("UPDATE jobs SET status = 'completed', completed_at = now()")
        assert await uploads.list_stale(conn) == [upload_id]
        assert not await uploads.is_needed_by_others(conn, upload_id, second.id)
