"""The platform object that route handlers work with, and the interfaces of what `app.main` puts into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from starlette.requests import Request

from app.db.core.notifications import Changes
from app.db.core.pool import Pool
from app.db.jobs.ledger import Claimed
from app.dispatch import Dispatcher
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.domain.geocoding.options import GeocodeOptions
from app.domain.geocoding.places import LookupResult
from app.domain.jobs.processing import ProcessResult
from app.domain.jobs.spec import JobSpec
from app.queue import Sender
from app.settings import Settings


class Geocoder(Protocol):
    """Geocodes within a request; time limits are in seconds."""

    async def locate(
        self, addresses: Sequence[Address], options: GeocodeOptions, time_limit: float
    ) -> list[LookupResult]:
        """Return a result for each address. Raises ValueError for an unknown provider."""
        ...

    async def reverse(self, latitude: float, longitude: float, time_limit: float) -> LookupResult | None:
        """Return the address nearest to a point, None if no configured geocoder supports reverse lookups."""
        ...

    def available(self) -> dict[str, str | None]:
        """Return every known geocoder with the reason why it cannot be used, None if it can."""
        ...

    async def statuses(self) -> list[GeocoderStatus]:
        """Return the status of every known geocoder."""
        ...


class Processor(Protocol):
    """Runs jobs within the request."""

    async def process(self, *, at_most: int, within: float, owner: UUID | None = None) -> ProcessResult:
        """Run due jobs (of one user, or everybody's) for up to `within` seconds, without arq, Redis or any worker.

        What is unfinished by then is handed back with its checkpoint.
        """
        ...

    @property
    def worker_id(self) -> UUID:
        """In whose name a job is claimed that `run` is to run."""
        ...

    async def run(self, job: Claimed) -> None:
        """Run that one job to its outcome; what a cancelled request leaves is handed back."""
        ...


class FoundPlace(Protocol):
    """A business as a provider of places tells it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...
    @property
    def website(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...


class PlaceSearch(Protocol):
    """Providers of places."""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are configured."""
        ...

    @property
    def lacking(self) -> Mapping[str, str]:
        """The others, each with the setting that it lacks."""
        ...

    async def search(
        self, name: str | None, text: str, limit: int, point: tuple[float, float] | None, radius: float, country: str
    ) -> tuple[str, str, Sequence[FoundPlace]]:
        """Who answered, the attribution, and the places; the next provider where one does not answer.

        Raises ValueError where all of them need a point and there is none, ConnectionError where nobody answers.
        """
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
    places: PlaceSearch
    normalise_website: Callable[[str], str]
    """The address that a text means. Raises ValueError for what can never be fetched."""

    def kind(self, name: str) -> JobSpec | None:
        """The spec of a kind, by its name or one of its aliases."""
        return self.specs.get(name) or next((s for s in self.specs.values() if name in s.aliases), None)


def get_platform(request: Request) -> Platform:
    """Return the platform object that `app.main` stored in the application's state."""
    platform: Platform = request.app.state.platform
    return platform
