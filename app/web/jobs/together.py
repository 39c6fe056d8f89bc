"""Single creates that arrive together are committed together, and polls that arrive together are read together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from app.db.core import idempotency
from app.db.core.coalesce import Coalescer
from app.db.core.idempotency import RequestKey, StoredResponse
from app.db.core.pool import CONNECTION_LOST, Pool
from app.db.core.time_limit import wait_in_time
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.job import Job
from app.db.jobs.records import Inserted
from app.domain.jobs.spec import NewJob
from app.errors import AppError, LimitReached
from app.web.http.idempotency import still_running

Item = TypeVar("Item")
Result = TypeVar("Result")
ToStored = Callable[[Inserted], StoredResponse]
"""Makes the response to store from what was inserted. May raise an AppError: then nothing is stored."""
Marked = tuple[NewJob, UUID, RequestKey, ToStored]
"""A job with its creator, to be inserted once for its key."""

MAX_CREATES = 100
"""Jobs per transaction."""
MAX_POLLS = 100
"""Jobs per query."""
CALLS = 2
"""Transactions, and queries, in flight: one waits for the disk or the server while the next is filled."""


class Together:
    """Creates and reads single jobs, in as few transactions as possible.

    A create that has begun is not cancelled when its client disconnects.
    """

    def __init__(self, pool: Pool, *, max_creates: int = MAX_CREATES) -> None:
        self._pool = pool
        self._creates = Coalescer(partial(_each, self._insert), max_items=max_creates, max_calls=CALLS)
        self._marked = Coalescer(partial(_each, self._insert_marked), max_items=max_creates, max_calls=CALLS)
        self._polls = Coalescer(self._get_all, max_items=MAX_POLLS, max_calls=CALLS)

    async def insert(self, job: NewJob, creator: Creator) -> Inserted:
        """Insert and commit a job. Returns and raises what its own transaction would."""
        await creator.reserve(self._pool, 1)
        inserted = await wait_in_time(self._creates((job, creator.id)))
        if isinstance(inserted, Exception):
            raise inserted
        if not inserted.is_new:
            creator.give_back(1)
        return inserted

    async def insert_once(
        self, job: NewJob, creator: Creator, key: RequestKey, to_stored: ToStored
    ) -> Inserted | StoredResponse:
        """Insert a job and store its response under the key, or return the response that is stored there already.

        Raises what `insert` and `to_stored` raise, and Conflict while another request with the key is running.
        """
        try:
            await creator.reserve(self._pool, 1)
        except LimitReached:
            async with self._pool.acquire() as conn:
                [stored] = await idempotency.find_each(conn, [key])
            if stored is None:
                raise
            return stored  # a repeated request creates nothing
        result = await wait_in_time(self._marked((job, creator.id, key, to_stored)))
        if isinstance(result, Exception):
            raise result
        if not (isinstance(result, Inserted) and result.is_new):
            creator.give_back(1)
        return result

    async def get(self, job_id: UUID, reader: UUID | None) -> Job | None:
        """Return a job as `app.db.jobs.records.get` does."""
        return await wait_in_time(self._polls((job_id, reader)))

    async def finish(self) -> None:
        """Wait for the creates in progress."""
        await self._creates.finish()
        await self._marked.finish()

    async def _insert(self, items: Sequence[tuple[NewJob, UUID]]) -> list[Inserted]:
        async with self._pool.acquire() as conn:
            if all(job.dedupe_key is None for job, _ in items):  # a single statement, and so a transaction of its own
                return await jobs.insert_for_users(conn, items)
            async with conn.transaction():
                return await jobs.insert_for_users(conn, items)

    async def _insert_marked(self, items: Sequence[Marked]) -> list[Inserted | StoredResponse | Exception]:
        results: dict[int, Inserted | StoredResponse | Exception] = {}
        async with self._pool.acquire() as conn, conn.transaction():
            held = await idempotency.lock_each(conn, [key for _, _, key, _ in items])
            mine: dict[tuple[UUID, str], int] = {}
            for i, (_, user_id, key, _) in enumerate(items):
                if not held[i] or mine.setdefault((user_id, key.key), i) != i:
                    results[i] = still_running()
            found = await idempotency.find_each(conn, [items[i][2] for i in mine.values()])
            for i, stored in zip(mine.values(), found, strict=True):
                if stored is not None:
                    results[i] = stored
            new = [i for i in mine.values() if i not in results]
            inserted = await jobs.insert_for_users(conn, [items[i][:2] for i in new])
            responses: list[tuple[RequestKey, StoredResponse]] = []
            for i, job in zip(new, inserted, strict=True):
                _, _, key, to_stored = items[i]
                try:
                    responses.append((key, to_stored(job)))
                    results[i] = job
                except AppError as error:  # of a job that is not shown, so nothing was inserted
                    results[i] = error
            await idempotency.upsert_each(conn, responses)
        return [results[i] for i in range(len(items))]

    async def _get_all(self, asked: Sequence[tuple[UUID, UUID | None]]) -> list[Job | None]:
        distinct = list(dict.fromkeys(asked))
        async with self._pool.acquire() as conn:
            found = dict(zip(distinct, await jobs.list_for_readers(conn, distinct), strict=True))
        return [found[pair] for pair in asked]


async def _each(
    insert: Callable[[Sequence[Item]], Awaitable[list[Result]]], items: Sequence[Item]
) -> Sequence[Result | Exception]:
    """Insert the items in one transaction, or if it fails each in its own, so that only those to blame fail."""
    try:
        return await insert(items)
    except CONNECTION_LOST:  # it would be lost for each of them, and the commit may have happened
        raise
    except Exception as error:
        if len(items) == 1:
            return [error]
    results: list[Result | Exception] = []
    for item in items:
        try:
            results += await insert([item])
        except Exception as error:
            results.append(error)
    return results
