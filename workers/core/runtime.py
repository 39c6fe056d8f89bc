"""The state of one worker process: its slots, the jobs it runs, what it shares among them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection, Pool
from app.db.jobs import admission
from app.dispatch import Dispatcher
from app.domain.jobs.spec import JobSpec
from app.queue import WorkerPool
from workers.core.context import UNWIND_SECONDS, JobContext, Stop
from workers.core.kinds import Kind
from workers.core.resources import Resources

if TYPE_CHECKING:
    from workers.core.recorder import Recorder


log = structlog.get_logger("trigpoint.worker")

RECORD_SECONDS = 2.0
"""How long the outcomes of interrupted jobs may take to be recorded. What is late, the lease brings back."""


@dataclass
class Runtime:
    kinds: Mapping[str, Kind]
    resources: Resources
    redis: WorkerPool
    dispatcher: Dispatcher
    recorder: Recorder = field(init=False)
    worker_id: UUID = field(default_factory=uuid7)
    running: dict[tuple[UUID, int], JobContext] = field(default_factory=dict)
    """By job and fence: a worker that was blocked past a lease may be given the job again while it still runs it."""
    stopping: bool = False
    slots_used: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever the last slot is given back."""

    @property
    def pool(self) -> Pool:
        return self.resources.pool

    @property
    def lease_seconds(self) -> float:
        return self.resources.lease_seconds

    @property
    def specs(self) -> dict[str, JobSpec]:
        return {name: kind.spec for name, kind in self.kinds.items()}

    @property
    def route(self) -> str:
        return self.resources.settings.worker_route

    @property
    def slots(self) -> int:
        return self.resources.settings.worker_slots

    def may_take(self) -> bool:
        """Whether to read the queue at all."""
        return not self.stopping and self.slots_used < self.slots

    def reserve(self, job_ids: list[UUID]) -> list[UUID]:
        """The first of these jobs that have a slot here; each taken slot is given back by `unreserve`."""
        mine = job_ids[: self.slots - self.slots_used] if self.may_take() else []
        self.slots_used += len(mine)
        return mine

    def unreserve(self, slots: int) -> None:
        self.slots_used -= slots
        if slots:
            self.redis.wake.set()
        if not self.slots_used:
            self.idle.set()

    async def give_back(self, conn: Connection, dispatch_id: UUID) -> None:
        """Release what of a dispatch was not claimed."""
        if await admission.release(conn, dispatch_id):
            self.dispatcher.nudge()

    async def drain(self, grace: float) -> None:
        """Take nothing new; short jobs may end within `grace` seconds, long ones are handed over at their next step.

        Returns within `grace` and a few seconds more, whatever the handlers do.
        """
        self.stopping = True
        for context in list(self.running.values()):
            context.shutdown_asked = True
        self.idle.clear()
        if not self.slots_used:
            return
        if await self._is_idle_within(grace):
            return
        for context in list(self.running.values()):
            context.stop(Stop.SHUTDOWN)
        if not await self._is_idle_within(UNWIND_SECONDS + RECORD_SECONDS):
            log.error("slots still in use after drain", slots=self.slots_used, running=len(self.running))

    async def _is_idle_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.idle.wait()
        except TimeoutError:
            return False
        return True
