"""The state of one worker process: its slots, the jobs that it runs, and what they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.dispatch import Dispatcher
from app.domain.jobs.spec import JobSpec
from workers.core.context import JobContext
from workers.core.kinds import Kind
from workers.core.lag import LoopLag
from workers.core.recorder import Recorder
from workers.core.resources import Resources
from workers.core.slots import Slots


@dataclass
class Worker:
    """One worker process. Implements `Host` of `workers.core.execute`."""

    kinds: Mapping[str, Kind]
    resources: Resources
    dispatcher: Dispatcher
    slots: Slots
    id: UUID = field(default_factory=uuid7)
    running: dict[tuple[UUID, int], JobContext] = field(default_factory=dict)
    """Running jobs by id and fence. A worker that was blocked for longer than a lease may be given a job again while
    it still runs the previous claim."""
    recorder: Recorder = field(init=False)
    lag: LoopLag = field(default_factory=LoopLag)
    beat_at: float | None = None
    """Monotonic time of the last heartbeat that Postgres accepted; None before the first."""

    def __post_init__(self) -> None:
        self.recorder = Recorder(self)

    @property
    def pool(self) -> Pool:
        """The connection pool of handlers and of the worker itself."""
        return self.resources.pool

    @property
    def lease_seconds(self) -> float:
        """The time for which a claim holds without a heartbeat, in seconds."""
        return self.resources.lease_seconds

    @property
    def specs(self) -> dict[str, JobSpec]:
        """The specs of all kinds by name."""
        return {name: kind.spec for name, kind in self.kinds.items()}

    @property
    def route(self) -> str:
        """The route whose queues this worker serves."""
        return self.resources.settings.worker_route

    @property
    def stopping(self) -> bool:
        """Whether the worker takes no further jobs."""
        return self.slots.closed
