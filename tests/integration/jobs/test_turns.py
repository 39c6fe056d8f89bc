"""Users take turns within a queue and priority, and queues take turns on a route, as the ledger admits their jobs."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.db.jobs import inline
from app.db.jobs.ledger import Claimed
from app.domain.jobs.outcomes import Completed, HandOver
from tests.integration.jobs.claims import LEASE, Ledger


class Book(Ledger):
    """A ledger with users A, B, C …, made when they are first named."""

    def __init__(self, pool: Pool, user_id: UUID) -> None:
        super().__init__(pool, user_id)
        self.users: dict[str, UUID] = {}
        self.owners: dict[UUID, str] = {}

    async def add(self, line: str, *, queue: str = "scripted", priority: int = 5) -> list[UUID]:
        """Insert one job per letter, in this order."""
        ids = []
        for name in line:
            if name not in self.users:
                self.users[name] = await self.pool.fetchval(
                    """INSERT INTO users (id, email, name, role)
                       VALUES ($1, $2 || '@example.org', $2, 'user') RETURNING id""",
                    uuid7(),
                    name,
                )
            self.user_id = self.users[name]
            (job_id,) = await self.insert(priority=priority)
            self.owners[job_id] = name
            ids.append(job_id)
        await self.pool.execute("UPDATE jobs SET queue = $1 WHERE id = ANY($2)", queue, ids)
        return ids

    async def add_many(self, user: str, number: int) -> None:
        await self.add(user)
        await self.pool.execute(
            """INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by)
               SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'scripted', 'scripted', '{}', 1,
                      1, $1 FROM generate_series(1, $2) AS n""",
            self.users[user],
            number,
        )
        await self.pool.execute("ANALYZE jobs")

    async def concurrency(self, number: int, queue: str = "scripted") -> None:
        await self.pool.execute("UPDATE queues SET concurrency_override = $1 WHERE name = $2", number, queue)

    async def admitted(self) -> str:
        """Admit, and return the owners of the admitted jobs in their order."""
        ids = [job_id for dispatch in await self.admit() for job_id in dispatch.job_ids]
        return "".join([await self.owner(job_id) for job_id in ids])

    async def owner(self, job_id: UUID) -> str:
        if job_id not in self.owners:
            owner = await self.pool.fetchval("SELECT created_by FROM jobs WHERE id = $1", job_id)
            self.owners[job_id] = next(name for name, user_id in self.users.items() if user_id == owner)
        return self.owners[job_id]

    async def start_all(self) -> list[Claimed]:
        return await self.claim(await self.admit())

    async def end(self, jobs: list[Claimed], owner: str, number: int = 1) -> None:
        """Complete running jobs of a user."""
        for job in [job for job in jobs if await self.owner(job.id) == owner][:number]:
            jobs.remove(job)
            assert await self.finish(job, Completed.of({}))


@pytest.fixture
async def book(db_pool: Pool, admin_id: UUID) -> Book:
    book = Book(db_pool, admin_id)
    await book.open()
    return book


@pytest.mark.parametrize(
    ("line", "expected"),
    [("AAAAAAAB", "ABAAA"), ("AAAAABBBBB", "ABABA"), ("AAAAABBC", "ABCAB"), ("CBAAAA", "CBAAA"), ("BA", "BA")],
)
async def test_users_take_turns(book: Book, line: str, expected: str) -> None:
    await book.add(line)
    assert await book.admitted() == expected


async def test_the_user_with_fewer_slots_is_next(book: Book) -> None:
    await book.add("AAAAA")
    running = await book.start_all()
    await book.add("AAABBB")
    await book.end(running, "A", 3)
    assert await book.admitted() == "BBB", "two until B holds as many as A, and one because A was served last"


async def test_only_slots_of_the_same_queue_count(book: Book) -> None:
    await book.pool.execute("INSERT INTO queues (name, route, priority, concurrency) VALUES ('other', 'default', 2, 9)")
    await book.add("BBB", queue="other")
    await book.start_all()
    await book.concurrency(2)
    await book.add("AAB")
    assert await book.admitted() == "AB"


async def test_a_single_slot_alternates(book: Book) -> None:
    await book.concurrency(1)
    await book.add("AAAABBCC")
    started = ""
    for _ in range(8):
        (job,) = await book.start_all()
        started += await book.owner(job.id)
        await book.finish(job, Completed.of({}))
    assert started == "ABCABCAA"


async def test_priorities_go_first_and_count_as_turns(book: Book) -> None:
    await book.add("AAABBB")
    await book.add("AA", priority=1)
    await book.add("C", priority=2)
    assert await book.admitted() == "AACBB"


async def test_a_backlog_of_20000_lets_the_next_user_go_first(book: Book) -> None:
    await book.add_many("A", 20_000)
    running = await book.start_all()
    (job_id,) = await book.add("B")
    await book.end(running, "A")
    assert [d.job_ids for d in await book.admit()] == [(job_id,)]


async def test_many_users_each_have_a_turn_in_one_round(book: Book) -> None:
    """30 users behind a backlog, more than one admission reads: each is served once before any is served twice."""
    await book.add_many("A", 500)
    names = "".join(chr(0x100 + n) for n in range(30))
    await book.add(names * 2)
    await book.concurrency(3)
    served: Counter[str] = Counter()
    for _ in range(12):
        for job in await book.start_all():
            served[await book.owner(job.id)] += 1
            await book.finish(job, Completed.of({}))
    assert all(served[name] >= 1 for name in names), served
    assert max(served.values()) <= 2


async def test_paused_queues_admit_pinned_jobs_alone(book: Book) -> None:
    pinned = await book.add("AAAB")
    await book.pool.execute("UPDATE queues SET paused_at = now() - interval '1 s'")
    assert await book.admitted() == ""
    await book.pool.execute("UPDATE jobs SET pinned_at = now() WHERE id = ANY($1)", pinned[1:])
    await book.concurrency(2)
    assert len(await book.admitted()) == 2
    rows = await book.pool.fetch("SELECT id FROM jobs WHERE lease_until IS NOT NULL")
    assert len(rows) == 2 and {row["id"] for row in rows} <= set(pinned[1:])


async def test_pinned_jobs_bring_no_others_of_a_paused_queue(book: Book) -> None:
    """Not even if two users have pinned jobs and another queue wants the slots as well."""
    await book.pool.execute(
        """INSERT INTO queues (name, route, priority, concurrency) VALUES ('other', 'default', 2, 10);
           UPDATE workers SET slots = 6;
           UPDATE queues SET paused_at = now() - interval '1 s' WHERE name = 'scripted'"""
    )
    pinned = (await book.add("AABBC"))[:3]
    await book.add("AABB")
    await book.add("CCCC", queue="other")
    await book.pool.execute("UPDATE jobs SET pinned_at = now() WHERE id = ANY($1)", pinned)
    for _ in range(4):
        for job in await book.start_all():
            assert job.queue == "other" or job.id in pinned
            await book.finish(job, Completed.of({}))
    rows = await book.pool.fetch("SELECT id FROM jobs WHERE status = 'completed' AND queue = 'scripted'")
    assert {row["id"] for row in rows} == set(pinned)


async def test_two_dispatchers_share_the_turns(book: Book) -> None:
    await book.add("A" * 30 + "B" * 3)
    both = await asyncio.gather(book.admit(), book.admit(), book.admit())
    ids = [job_id for dispatches in both for dispatch in dispatches for job_id in dispatch.job_ids]
    assert Counter([await book.owner(job_id) for job_id in ids]) == {"A": 3, "B": 2}


async def test_a_rescued_job_keeps_its_place(book: Book) -> None:
    await book.concurrency(2)
    first, _ = await book.add("AB")
    await book.add("AABB")
    await book.start_all()
    await book.pool.execute("UPDATE jobs SET lease_until = now() - interval '1 s' WHERE id = $1", first)
    assert await book.rescue() == (1, 0)
    assert [d.job_ids for d in await book.admit()] == [(first,)], "A holds no slot, and this is its first job"


async def test_a_handed_over_job_is_its_users_next(book: Book) -> None:
    await book.concurrency(1)
    await book.add("AAB")
    (job,) = await book.start_all()
    await book.finish(job, HandOver())
    assert await book.admitted() == "B", "A has just had its turn"


async def test_a_wide_queue_starves_no_other(book: Book) -> None:
    await book.pool.execute(
        """INSERT INTO queues (name, route, priority, concurrency)
           VALUES ('wide', 'default', 2, 10), ('better', 'default', 1, 10);
           UPDATE workers SET slots = 10"""
    )
    await book.add("A" * 40, queue="wide")
    running = await book.start_all()
    assert len(running) == 10
    await book.add("AAAA")
    await book.end(running, "A", 3)
    jobs = await book.start_all()
    assert Counter(job.queue for job in jobs) == {"scripted": 3}
    running += jobs
    await book.add("A" * 20, queue="better")
    running = [job for job in running if not (job.queue == "wide" and await book.finish(job, Completed.of({})))]
    assert Counter(job.queue for job in await book.start_all()) == {"better": 6, "wide": 1}


async def test_one_slot_goes_round_the_queues(book: Book) -> None:
    await book.pool.execute(
        """INSERT INTO queues (name, route, priority, concurrency) VALUES ('other', 'default', 2, 10);
           UPDATE workers SET slots = 1"""
    )
    await book.add("AAA", queue="other")
    await book.add("AAA")
    queues = []
    for _ in range(6):
        (job,) = await book.start_all()
        queues.append(job.queue)
        await book.finish(job, Completed.of({}))
    assert queues == ["other", "scripted"] * 3


async def test_requests_that_run_jobs_take_turns_too(book: Book) -> None:
    await book.add("AAAAAB")

    async def claim(owner: UUID | None, at_most: int) -> str:
        async with book.pool.acquire() as conn, conn.transaction():
            jobs = await inline.claim_due(conn, ["scripted"], owner, at_most, uuid7(), LEASE)
        return "".join([await book.owner(job.id) for job in jobs])

    assert await claim(None, 2) == "AB"
    await book.add("B")
    assert await claim(book.users["A"], 2) == "AA"
    assert await claim(None, 9) == "B", "the queue has room for one, and A holds three slots"


async def test_another_transaction_on_the_queue_does_not_delay_admission(book: Book) -> None:
    await book.add("AAAAAB")
    async with book.pool.acquire() as conn, conn.transaction():
        await conn.execute("UPDATE queues SET priority_override = 3")
        async with asyncio.timeout(10):
            assert await book.admitted() == "ABAAA"
