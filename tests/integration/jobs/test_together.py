"""Creates and polls that arrive together share transactions, and each gets its own response."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.jobs.spec import DERIVED, NewJob
from app.web.jobs.together import Together
from tests.benchmarks.noop import SPEC

pytestmark = pytest.mark.usefixtures("url")  # an API, which declares the queues

NOOP = SPEC.args()


def noop(dedupe_key: str | None = None) -> NewJob:
    return SPEC.new_job(NOOP, dedupe_key=dedupe_key or DERIVED)


async def count_transactions(pool: Pool) -> int:
    async with pool.acquire() as conn:
        count: int = await conn.fetchval("SELECT count(DISTINCT xmin::text) FROM jobs")
        return count


async def test_creates_share_commits(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    made = await asyncio.gather(*(together.insert(noop(), Creator(admin_id)) for _ in range(250)))
    assert len({job.id for job in made}) == 250 and all(job.is_new for job in made)
    async with db_pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM jobs WHERE id = ANY($1)", [job.id for job in made]) == 250
    assert await count_transactions(db_pool) == 3  # 100 + 100 + 50


async def test_a_poisoned_create_fails_alone(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    users = [admin_id, uuid4(), admin_id]
    results = await asyncio.gather(*(together.insert(noop(), Creator(user)) for user in users), return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["Inserted", "ForeignKeyViolationError", "Inserted"]
    async with db_pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM jobs") == 2


async def test_one_dedupe_key_in_a_batch_is_one_job(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    made = await asyncio.gather(*(together.insert(noop("same"), Creator(admin_id)) for _ in range(20)))
    assert len({job.id for job in made}) == 1
    assert sum(job.is_new for job in made) == 1


async def test_batches_with_the_same_keys_do_not_deadlock(db_pool: Pool, admin_id: UUID) -> None:
    keys = [f"key {i}" for i in range(50)]
    one, other = Together(db_pool), Together(db_pool)
    made = await asyncio.gather(
        *(one.insert(noop(key), Creator(admin_id)) for key in keys),
        *(other.insert(noop(key), Creator(admin_id)) for key in reversed(keys)),
    )
    assert [job.id for job in made[:50]] == [job.id for job in reversed(made[50:])]
    assert sum(job.is_new for job in made) == 50


async def test_a_create_is_not_cancelled_with_its_caller(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    leaving = asyncio.create_task(together.insert(noop(), Creator(admin_id)))
    staying = asyncio.create_task(together.insert(noop(), Creator(admin_id)))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving
    async with db_pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM jobs") == 2


async def test_polls_share_a_query_and_no_rights(
    db_pool: Pool, admin_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Together(db_pool)
    mine = await together.insert(noop(), Creator(admin_id))
    queries: list[int] = []
    read = jobs.list_for_readers

    async def counted(conn: Any, asked: Any) -> Any:
        queries.append(len(asked))
        return await read(conn, asked)

    monkeypatch.setattr(jobs, "list_for_readers", counted)
    stranger = uuid4()
    asked = [(mine.id, None), (mine.id, admin_id), (mine.id, stranger), (uuid4(), None)] * 20
    found = await asyncio.gather(*(together.get(*pair) for pair in asked))
    assert [job is not None for job in found] == [True, True, False, False] * 20
    assert len(queries) == 1
    async with db_pool.acquire() as conn:
        one = await jobs.get(conn, mine.id, admin_id)
    assert one is not None and found[1] is not None
    assert {**vars_of(found[1]), "age_seconds": 0} == {**vars_of(one), "age_seconds": 0}


def vars_of(job: Any) -> dict[str, Any]:
    return {name: getattr(job, name) for name in job.__dataclass_fields__}


async def test_requests_that_arrive_together(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    async def create(kind: str) -> tuple[int, Any]:
        async with client.post("/api/v1/jobs", json={"type": kind}) as response:
            return response.status, await response.json()

    answers = await asyncio.gather(*(create("noop" if i % 10 else "no such kind") for i in range(50)))
    assert [status for status, _ in answers] == [202 if i % 10 else 422 for i in range(50)]
    ids = {body["jobId"] for status, body in answers if status == 202}
    async with db_pool.acquire() as conn:
        assert {str(row["id"]) for row in await conn.fetch("SELECT id FROM jobs")} == ids and len(ids) == 45
