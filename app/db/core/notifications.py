"""Postgres notifications: sent within the transaction that changes a job, received by one listener per process."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from tenacity import AsyncRetrying, retry_if_exception_type, wait_fixed

from app.db.core.connect import connect
from app.db.core.pool import CONNECTION_LOST, Connection

CHANNEL = "trigpoint_jobs"
"""Ids of jobs that changed."""
PLATFORM = "trigpoint_platform"
"""The action of an entry of the audit log, or NEW_JOBS."""
NEW_JOBS = "new jobs"
CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 0.5
CHECK_SECONDS = 15.0
MAX_IDS_PER_PAYLOAD = 200  # a payload is limited to 8,000 bytes; an id with its comma takes 37


def announcing(table: str) -> str:
    """Return an SQL expression that announces the jobs whose ids are in `table`, to save a round trip.

    Its value is the number of notifications.
    """
    return f"""(SELECT count(pg_notify('{CHANNEL}', payload)) FROM (
        SELECT string_agg(id::text, ',') AS payload
        FROM (SELECT id, (row_number() OVER () - 1) / {MAX_IDS_PER_PAYLOAD} AS part FROM {table}) AS parts GROUP BY part
    ) AS payloads)"""


async def announce(conn: Connection, job_ids: Iterable[UUID]) -> None:
    """Notify listeners on commit that these jobs changed."""
    ids = [str(job_id) for job_id in job_ids]
    payloads = [",".join(ids[i : i + MAX_IDS_PER_PAYLOAD]) for i in range(0, len(ids), MAX_IDS_PER_PAYLOAD)]
    if payloads:
        await conn.execute("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", CHANNEL, payloads)


async def announce_new_jobs(conn: Connection) -> None:
    """Notify listeners on commit that jobs may have been created. Their ids ascend, so listeners find them by id."""
    await conn.execute("SELECT pg_notify($1, $2)", PLATFORM, NEW_JOBS)


@dataclass(frozen=True)
class Observer:
    """Callbacks for every notification. They run on the event loop and must not block."""

    jobs: Callable[[list[UUID]], None]
    platform: Callable[[str], None]
    gap: Callable[[], None]
    """Notifications may have been missed: the connection was lost and is back."""


class Changes:
    """Wakes tasks that wait for a job. Without a connection all are woken, so that they query the job themselves."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._waiting: dict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._observers: list[Observer] = []
        self._task: asyncio.Task[None] | None = None
        self._ahead_seconds = 0.0
        """How far the database's clock is ahead of ours."""

    def now_ms(self) -> int:
        """Return the time in Unix milliseconds by the database's clock, on which all API processes agree."""
        return int((time.time() + self._ahead_seconds) * 1000)

    def now(self) -> datetime:
        """Return the time by the database's clock."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def observe(self, observer: Observer) -> None:
        """Call the observer for every notification, for as long as the process lives."""
        self._observers.append(observer)

    async def start(self) -> None:
        """Start listening in the background."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening and close the connection."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def watch(self, job_id: UUID) -> AsyncIterator[asyncio.Event]:
        """Yield an event that is set at each change of the job; the caller clears it."""
        event = asyncio.Event()
        self._waiting[job_id].add(event)
        try:
            yield event
        finally:
            self._waiting[job_id].discard(event)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    async def _listen(self) -> None:
        """Listen for ever, and reconnect after each loss of the connection."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(CONNECTION_LOST),
            wait=wait_fixed(RECONNECT_SECONDS),
            before_sleep=lambda _: self._wake_all(),
        )
        await retrying(self._listen_while_connected)

    async def _listen_while_connected(self) -> None:
        """Pass on notifications. Raises one of CONNECTION_LOST when the connection ends."""
        conn = await connect(self._dsn, name="trigpoint listener", seconds=CONNECT_SECONDS)
        try:
            closed = asyncio.Event()
            conn.add_termination_listener(lambda _: closed.set())
            await self._compare_clocks(conn)
            await conn.add_listener(CHANNEL, self._on_jobs)
            await conn.add_listener(PLATFORM, self._on_platform)
            self._wake_all()
            for observer in self._observers:
                observer.gap()
            while not closed.is_set():
                try:
                    async with asyncio.timeout(CHECK_SECONDS):
                        await closed.wait()
                except TimeoutError:  # a half-open connection raises nothing by itself
                    await self._compare_clocks(conn)
            raise ConnectionError("the listening connection ended")
        finally:
            conn.terminate()

    async def _compare_clocks(self, conn: asyncpg.Connection) -> None:
        before = time.time()
        now: float = await conn.fetchval(
            "SELECT extract(epoch FROM clock_timestamp())::float8", timeout=CONNECT_SECONDS
        )
        self._ahead_seconds = now - (before + time.time()) / 2

    def _on_jobs(self, _conn: object, _pid: int, _channel: str, payload: object) -> None:
        ids = [UUID(text) for text in str(payload).split(",")]
        for job_id in ids:
            for event in self._waiting.get(job_id, ()):
                event.set()
        for observer in self._observers:
            observer.jobs(ids)

    def _on_platform(self, _conn: object, _pid: int, _channel: str, payload: object) -> None:
        for observer in self._observers:
            observer.platform(str(payload))

    def _wake_all(self) -> None:
        for events in self._waiting.values():
            for event in events:
                event.set()
