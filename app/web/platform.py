"""The platform object that route handlers work with, and the interfaces of what `app.main` puts into it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from starlette.requests import Request

from app.db.accounts.sessions import Caller
from app.db.accounts.users import User
from app.db.core.disk_probe import DiskCheck
from app.db.core.idempotency import RequestKey, StoredResponse
from app.db.core.notifications import Changes
from app.db.core.pool import Pool
from app.db.jobs.creator import Creator
from app.db.jobs.job import Job
from app.db.jobs.ledger import Claimed
from app.db.jobs.records import Inserted
from app.dispatch import Dispatcher
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.domain.geocoding.options import GeocodeOptions
from app.domain.geocoding.places import LookupResult
from app.domain.jobs.processing import ProcessResult
from app.domain.jobs.spec import JobSpec, NewJob
from app.queue.sender import Sender
from app.settings import Settings


class InstantGeocoder(Protocol):
    """Geocodes within a request; time limits are in seconds."""

    async def locate(
        self, addresses: Sequence[Address], options: GeocodeOptions, time_limit: float, asker: UUID | None = None
    ) -> list[LookupResult]:
        """Return a result for each address; the own reference data of `asker` count, too.

        Raises ValueError for an unknown provider.
        """
        ...

    async def reverse(
        self, latitude: float, longitude: float, time_limit: float, asker: UUID | None = None
    ) -> LookupResult | None:
        """Return the address nearest to a point, None if no configured geocoder supports reverse lookups.

        The own reference data of `asker` are asked first, with those of all users.
        """
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
        """Run up to `at_most` due jobs of `owner`, or of all users, for up to `within` seconds.

        Needs no arq, Redis or worker. Jobs that are unfinished by then become pending again, with their checkpoints.
        """
        ...

    @property
    def worker_id(self) -> UUID:
        """The id by which to claim a job before `run`."""
        ...

    async def run(self, job: Claimed) -> None:
        """Run a claimed job to its outcome; if the request is cancelled, the job becomes pending again."""
        ...


class SingleJobs(Protocol):
    """Creates and reads single jobs, those that are asked for together in one transaction."""

    async def insert(self, job: NewJob, creator: Creator) -> Inserted:
        """Insert and commit a job, even if the caller stops waiting. Raises LimitReached."""
        ...

    async def insert_once(
        self, job: NewJob, creator: Creator, key: RequestKey, to_stored: Callable[[Inserted], StoredResponse]
    ) -> Inserted | StoredResponse:
        """Insert a job and store its response under the key, or return the response that is stored there already.

        Raises LimitReached, Conflict while another request with the key is running, and what `to_stored` raises.
        """
        ...

    async def get(self, job_id: UUID, reader: UUID | None) -> Job | None:
        """Return a job, or None if there is none that `reader` (None: an admin) may read."""
        ...


class UploadsCheck(Protocol):
    """Whether uploads can be stored."""

    async def find_fault(self) -> str | None:
        """Return why no upload can be stored; None if nothing is known against it."""
        ...


class FoundPlace(Protocol):
    """A business that a place provider found."""

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
    """Searches for businesses with the configured place providers."""

    @property
    def names(self) -> tuple[str, ...]:
        """The providers that are configured."""
        ...

    @property
    def lacking(self) -> Mapping[str, str]:
        """The other providers, each with the setting that it lacks."""
        ...

    async def search(
        self, name: str | None, text: str, limit: int, point: tuple[float, float] | None, radius: float, country: str
    ) -> tuple[str, str, Sequence[FoundPlace]]:
        """Return the name of the provider that answered, its attribution, and the places it found.

        `name` selects a provider; without it, the next provider is asked if one fails. `point` is (latitude, longitude)
        in degrees, `radius` in metres. Raises ValueError if every provider needs a point and none is given, and
        ConnectionError if no provider answers.
        """
        ...


class Access(Protocol):
    """The access by which something was opened, as it is now."""

    @property
    def is_changed(self) -> bool:
        """Whether the access has ended, or its user has got another role."""
        ...

    def require_user(self) -> User:
        """Return the user with their present role. Raises Unauthorized once the access has ended."""
        ...


class AccessWatch(Protocol):
    """Notices within seconds that keys, users and sessions change, in whichever process."""

    def watch(self, caller: Caller, wake: Callable[[], None] = ...) -> AbstractAsyncContextManager[Access]:
        """Enter the access of the caller; `wake` is called after each change of it."""
        ...

    def check_soon(self) -> None:
        """Forget what is cached, and check everything that is open at once."""
        ...


class PendingLimit(Protocol):
    """Limits how many unfinished jobs a user may have."""

    def creator(self, user: User) -> AbstractAsyncContextManager[Creator]:
        """Enter the user as the creator of a request's jobs, around its transaction: if that fails, none counts."""
        ...


class OpenRequests(Protocol):
    """Limits the requests that are in progress at the same time: streams of events and long polls, or downloads."""

    def enter(self, user_id: UUID) -> bool:
        """Count a request until `leave` is called. Returns False, and counts nothing, beyond a limit."""
        ...

    def leave(self, user_id: UUID) -> None:
        """Uncount a request that `enter` has counted."""
        ...

    def held(self, user_id: UUID) -> AbstractContextManager[bool]:
        """Enter whether the user may hold a request open until the context ends."""
        ...


class StoredResponses(Protocol):
    """Limits how many responses are stored under the Idempotency-Keys of a user."""

    async def reserve(self, pool: Pool, user: User, key: str) -> None:
        """Count one more, unless there is one under the key. Raises LimitReached."""
        ...


@dataclass(frozen=True)
class Platform:
    """The objects that route handlers share."""

    settings: Settings
    pool: Pool
    single_jobs: SingleJobs
    pending_limit: PendingLimit
    open_requests: OpenRequests
    downloads: OpenRequests
    stored_responses: StoredResponses
    specs: Mapping[str, JobSpec]
    """By kind."""
    dispatcher: Dispatcher
    sender: Sender
    changes: Changes
    geocoder: InstantGeocoder
    processor: Processor
    places: PlaceSearch
    access: AccessWatch
    uploads: UploadsCheck
    disk: DiskCheck
    normalise_website: Callable[[str], str]
    """Return the URL that a text such as `example.com` means. Raises ValueError if it can never be fetched."""
    check_receiver: Callable[[str], Awaitable[str]]
    """Return the URL of a receiver of webhooks. Raises ValueError if no message may be sent there."""

    def kind(self, name: str) -> JobSpec | None:
        """Return the spec of a kind, by its name or one of its aliases; None if there is no such kind."""
        return self.specs.get(name) or next((spec for spec in self.specs.values() if name in spec.aliases), None)


def get_platform(request: Request) -> Platform:
    """Return the platform object that `app.main` stored in the application's state."""
    platform: Platform = request.app.state.platform
    return platform
