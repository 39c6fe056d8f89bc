"""Shorthands for tests that move jobs with the functions of the ledger."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection, Pool
from app.db.jobs import admission, ledger, queues, workers
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.ledger import Claimed, Ended
from app.domain.jobs.outcomes import Outcome
from app.domain.jobs.spec import NewJob
from tests import scripted

LEASE = 30.0


class Ledger:
    """One queue (`scripted`, concurrency 5), one registered worker, and one connection per move."""

    def __init__(self, pool: Pool, user_id: UUID) -> None:
        self.pool = pool
        self.user_id = user_id
        self.worker_id = uuid7()

    async def open(self, *, slots: int = 100) -> Ledger:
        async with self.pool.acquire() as conn, conn.transaction():
            await queues.declare(conn, [scripted.SPEC.queue])
            await self.register(conn, self.worker_id, slots=slots)
        return self

    @staticmethod
    async def register(conn: Connection, worker_id: UUID, *, slots: int = 100, route: str = "default") -> None:
        """Register a worker that counts as alive for an hour, however long the test takes."""
        await workers.register(conn, worker_id, hostname="test", pid=1, route=route, slots=slots, version="0")
        await conn.execute("UPDATE workers SET beat_at = now() + interval '1 hour' WHERE id = $1", worker_id)

    async def insert(self, number: int = 1, *, priority: int = 5, dedupe_key: str | None = None) -> list[UUID]:
        async with self.pool.acquire() as conn, conn.transaction():
            new = [NewJob(scripted.SPEC, b"{}", priority, dedupe_key) for _ in range(number)]
            return [one.id for one in await jobs.insert(conn, new, Creator(self.user_id))]

    async def admit(self) -> list[admission.Dispatch]:
        async with self.pool.acquire() as conn, conn.transaction():
            return await admission.admit(conn)

    async def claim(self, dispatches: list[admission.Dispatch], lease: float = LEASE) -> list[Claimed]:
        claimed = []
        for dispatch in dispatches:
            async with self.pool.acquire() as conn, conn.transaction():
                claimed += await ledger.claim(conn, dispatch.job_ids, self.worker_id, lease, dispatch_id=dispatch.id)
        return claimed

    async def start(self, lease: float = LEASE) -> Claimed:
        """Admit and claim whatever is first."""
        (job,) = await self.claim((await self.admit())[:1], lease)
        return job

    async def finish(self, job: Claimed, outcome: Outcome) -> bool:
        async with self.pool.acquire() as conn, conn.transaction():
            return job.id in await ledger.finish(conn, [Ended(job.id, job.fence, outcome)])

    async def rescue(self) -> tuple[int, int]:
        async with self.pool.acquire() as conn, conn.transaction():
            return await ledger.rescue(conn)

    async def status(self, job_id: UUID) -> str:
        status: str = await self.pool.fetchval("SELECT status FROM jobs WHERE id = $1", job_id)
        return status
