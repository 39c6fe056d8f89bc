"""Postgres notifications: announced inside the transaction, heard by one listener a process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.db.core.pool import CONNECTION_LOST, Connection

CHANNEL = "trigpoint_jobs"
"""Ids of jobs that changed."""
PLATFORM = "trigpoint_platform"
"""An entry of the audit log by its action, or NEW_JOBS."""
NEW_JOBS = "new jobs"
IDS_A_PAYLOAD = 200  # a payload holds under 8,000 bytes, an id and its comma 37


def announcing(table: str) -> str:
    """An expression that announces the jobs whose ids stand in `table`: to spare a trip.

    Its value is the number of notifications.
    """
    return f"""(SELECT count(pg_notify('{CHANNEL}', payload)) FROM (
        SELECT string_agg(id::text, ',') AS payload
        FROM (SELECT id, (row_number() OVER () - 1) / {IDS_A_PAYLOAD} AS part FROM {table}) AS parts GROUP BY part
    ) AS payloads)"""


async def announce(conn: Connection, job_ids: Iterable[UUID]) -> None:
    """Tell listeners, when this transaction commits, that these jobs changed."""
    ids = [str(job_id) for job_id in job_ids]
    payloads = [",".join(ids[i : i + IDS_A_PAYLOAD]) for i in range(0, len(ids), IDS_A_PAYLOAD)]
    if payloads:
        await conn.execute("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", CHANNEL, payloads)


async def announce_new(conn: Connection) -> None:
    """Tell listeners that jobs may have been created; which ones they find by their ids, which grow with time."""
    await conn.execute("SELECT pg_notify($1, $2)", PLATFORM, NEW_JOBS)


@dataclass(frozen=True)
class Ears:
    """What an observer of everything is called with, on the loop of the process; none of it may wait."""

    jobs: Callable[[list[UUID]], None]
    platform: Callable[[str], None]
    gap: Callable[[], None]
    """Something may have been missed: the connection was lost and is there again."""


class Changes:
    """Wakes whoever waits for a job. A lost connection wakes everyone: they look for themselves."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._waiting: dict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._ears: list[Ears] = []
        self._task: asyncio.Task[None] | None = None

    def observe(self, ears: Ears) -> None:
        """Hear of everything for as long as the process lives."""
        self._ears.append(ears)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def watch(self, job_id: UUID) -> AsyncIterator[asyncio.Event]:
        """An event that is set at each change of the job; the reader clears it."""
        event = asyncio.Event()
        self._waiting[job_id].add(event)
        try:
            yield event
        finally:
            self._waiting[job_id].discard(event)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    async def _listen(self) -> None:
        while True:
            try:
                conn = await asyncpg.connect(self._dsn, timeout=5)
                try:
                    closed = asyncio.Event()
                    conn.add_termination_listener(lambda _, closed=closed: closed.set())
                    await conn.add_listener(CHANNEL, self._heard)
                    await conn.add_listener(PLATFORM, self._heard_of_platform)
                    self._wake_all()
                    for ears in self._ears:
                        ears.gap()
                    while not closed.is_set():
                        try:
                            async with asyncio.timeout(15):
                                await closed.wait()
                        except TimeoutError:
                            await conn.fetchval("SELECT 1", timeout=5)  # a half-open connection says nothing by itself
                finally:
                    conn.terminate()
            except CONNECTION_LOST:
                await asyncio.sleep(0.5)
            self._wake_all()

    def _heard(self, _conn: object, _pid: int, _channel: str, payload: object) -> None:
        ids = [UUID(text) for text in str(payload).split(",")]
        for job_id in ids:
            for event in self._waiting.get(job_id, ()):
                event.set()
        for ears in self._ears:
            ears.jobs(ids)

    def _heard_of_platform(self, _conn: object, _pid: int, _channel: str, payload: object) -> None:
        for ears in self._ears:
            ears.platform(str(payload))

    def _wake_all(self) -> None:
        for events in self._waiting.values():
            for event in events:
                event.set()
