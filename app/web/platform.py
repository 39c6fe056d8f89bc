"""What the web edge knows of the platform: handed over by `app.main` as `request.app.state.platform`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from app.db.changes import Changes
from app.db.ledger import Claimed
from app.db.pool import Pool
from app.dispatch import Dispatcher
from app.domain.geocoding import Address, Found, GeocodeOptions
from app.domain.jobs import JobSpec, Processed
from app.queue import Sender
from app.settings import Settings


class Geocoder(Protocol):
    """Answers at once, within so many seconds."""

    async def locate(self, addresses: Sequence[Address], options: GeocodeOptions, within: float) -> list[Found]:
        """What is known of each address. Raises ValueError where the provider asked for is not there."""
        ...

    async def reverse(self, latitude: float, longitude: float, within: float) -> Found | None:
        """The address nearest to a point in degrees; None where nobody here looks up points."""
        ...

    def available(self) -> dict[str, str | None]:
        """Every provider there is: why it cannot be asked for, None where it can."""
        ...

    async def states(self) -> list[dict[str, Any]]:
        """How every provider stands, as JSON."""
        ...


class Processor(Protocol):
    """Runs jobs within the request."""

    async def process(self, *, at_most: int, within: float, owner: UUID | None = None) -> Processed:
        """Run due jobs (of one user, or everybody's) for up to `within` seconds, without arq, Redis or any worker.

        What is unfinished by then is handed back with its checkpoint.
        """
        ...

    async def run(self, job: Claimed) -> None:
        """Run a job that was claimed for `worker_id` to its outcome, and record that."""
        ...

    @property
    def worker_id(self) -> UUID:
        """In whose name jobs are claimed."""
        ...


@dataclass(frozen=True)
class Platform:
    settings: Settings
    pool: Pool
    specs: Mapping[str, JobSpec]
    """By kind."""
    dispatcher: Dispatcher
    sender: Sender
    changes: Changes
    geocoder: Geocoder
    processor: Processor

    def kind(self, name: str) -> JobSpec | None:
        """The spec of a kind, by its name or one of its aliases."""
        return self.specs.get(name) or next((s for s in self.specs.values() if name in s.aliases), None)
