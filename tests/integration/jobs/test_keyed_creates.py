"""Single creates with an Idempotency-Key that arrive together share a transaction, and each key makes one job."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import aiohttp
import pytest

from app.db.core import idempotency
from app.db.core.idempotency import RequestKey, StoredResponse
from app.db.core.pool import Pool
from app.db.jobs.creator import Creator
from app.db.jobs.records import Inserted
from app.domain.jobs.spec import NewJob
from app.errors import AlreadyInProgress, Conflict, LimitReached
from app.web.jobs.together import Together
from tests.benchmarks.noop import SPEC

pytestmark = pytest.mark.usefixtures("url")  # an API, which declares the queues


class Full(Creator):
    """A user who may have no more jobs."""

    async def reserve(self, source: object, number: int) -> None:
        raise LimitReached("full", limit="pendingJobs", maximum=1, current=1)


def noop() -> NewJob:
    return SPEC.new_job(SPEC.args())


def to_stored(job: Inserted) -> StoredResponse:
    return StoredResponse(b"request", 202, str(job.id).encode(), None)


async def insert(together: Together, user_id: UUID, key: str) -> Inserted | StoredResponse:
    return await together.insert_once(noop(), Creator(user_id), RequestKey(user_id, key, b"request"), to_stored)


async def count(pool: Pool, what: str) -> int:
    async with pool.acquire() as conn:
        number: int = await conn.fetchval(f"SELECT {what}")
        return number


async def test_keyed_creates_share_commits(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    names = [f"key {i}" for i in range(250)]
    made = await asyncio.gather(*(insert(together, admin_id, name) for name in names))
    assert all(isinstance(job, Inserted) and job.is_new for job in made)
    assert await count(db_pool, "count(*) FROM jobs") == 250
    assert await count(db_pool, "count(DISTINCT xmin::text) FROM jobs") == 3  # 100 + 100 + 50
    again = await asyncio.gather(*(insert(together, admin_id, name) for name in names))
    assert again == [to_stored(job) for job in made if isinstance(job, Inserted)]
    assert await count(db_pool, "count(*) FROM jobs") == 250


async def test_a_key_twice_in_a_batch_is_one_job(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    names = ["same", "other", "same", "same"]
    results = await asyncio.gather(*(insert(together, admin_id, name) for name in names), return_exceptions=True)
    assert [type(result) for result in results] == [Inserted, Inserted, Conflict, Conflict]
    assert await count(db_pool, "count(*) FROM jobs") == 2


async def test_a_key_in_use_elsewhere_is_refused_alone(db_pool: Pool, admin_id: UUID) -> None:
    async with db_pool.acquire() as conn, conn.transaction():
        assert await idempotency.lock_each(conn, [RequestKey(admin_id, "taken", b"")]) == [True]
        together = Together(db_pool)
        names = ["free", "taken", "free too"]
        results = await asyncio.gather(*(insert(together, admin_id, name) for name in names), return_exceptions=True)
    assert [type(result) for result in results] == [Inserted, Conflict, Inserted]
    assert isinstance(await insert(together, admin_id, "taken"), Inserted)


async def test_a_poisoned_create_fails_alone_and_leaves_its_key_unused(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    users = [admin_id, uuid4(), admin_id]
    results = await asyncio.gather(
        *(insert(together, user, f"key {i}") for i, user in enumerate(users)), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["Inserted", "ForeignKeyViolationError", "Inserted"]
    assert await count(db_pool, "count(*) FROM idempotency_keys") == 2


async def test_a_response_that_is_an_error_is_not_stored(db_pool: Pool, admin_id: UUID) -> None:
    def refuse(job: Inserted) -> StoredResponse:
        raise AlreadyInProgress

    together = Together(db_pool)
    key = RequestKey(admin_id, "key", b"request")
    results: Sequence[object] = await asyncio.gather(
        together.insert_once(noop(), Creator(admin_id), key, refuse),
        insert(together, admin_id, "other"),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [AlreadyInProgress, Inserted]
    assert await count(db_pool, "count(*) FROM idempotency_keys") == 1


async def test_a_repeated_request_is_answered_although_the_limit_is_reached(db_pool: Pool, admin_id: UUID) -> None:
    together = Together(db_pool)
    made = await insert(together, admin_id, "key")
    assert isinstance(made, Inserted)
    key = RequestKey(admin_id, "key", b"request")
    assert await together.insert_once(noop(), Full(admin_id), key, to_stored) == to_stored(made)
    with pytest.raises(LimitReached):
        other = RequestKey(admin_id, "other", b"request")
        await together.insert_once(noop(), Full(admin_id), other, to_stored)


async def test_the_response_is_repeated_word_for_word(client: aiohttp.ClientSession) -> None:
    async def create(key: str, kind: str = "noop") -> tuple[int, bytes, str | None, str | None]:
        async with client.post("/api/v1/jobs", json={"type": kind}, headers={"Idempotency-Key": key}) as response:
            headers = response.headers
            return response.status, await response.read(), headers.get("Location"), headers.get("Idempotent-Replayed")

    first = await asyncio.gather(*(create(f"key {i}") for i in range(20)))
    again = await asyncio.gather(*(create(f"key {i}") for i in range(20)))
    assert {status for status, *_ in first} == {202} and len({body for _, body, *_ in first}) == 20
    assert again == [(status, body, location, "true") for status, body, location, _ in first]
    assert (await create("key 0", "email_scraping"))[0] == 422
