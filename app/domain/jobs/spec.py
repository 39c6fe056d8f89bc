"""The declaration of a job kind, with its arguments, queue and limits, and the new jobs made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Final

from pydantic import BaseModel

from app.domain.jobs.attempts import exponential_backoff
from app.domain.jobs.request_id import current_request_id
from app.domain.text.labels import make_label

DEFAULT_PRIORITY = 5
"""Priority of a job within its queue, from 1 (first) to 9."""
MIN_USER_PRIORITY = 3
"""The priorities below are reserved for jobs of administrators."""


@dataclass(frozen=True)
class RequestedArgs:
    """The context in which the arguments that a client sends are validated.

    Stored arguments are validated without a context, so that a kind can become stricter without failing the jobs that
    it has.
    """

    geocoders: Callable[[], Mapping[str, str | None]]
    """Returns every known geocoder with the reason why it cannot be used, None if it can."""


class RecordType(StrEnum):
    """What the arguments of a job may name by its id."""

    BUSINESS = "business"
    CITY = "city"
    COMPANY = "company"
    UPLOAD = "upload"
    WEBSITE = "website"
    """That of a business, which may be visited."""


@dataclass(frozen=True)
class Reference:
    """A record that must exist when a client creates the job."""

    type: RecordType
    id: str
    field: str
    """The name of the argument in JSON."""


class Derived(Enum):
    FROM_ARGUMENTS = "from arguments"


DERIVED: Final = Derived.FROM_ARGUMENTS
"""Stands for the dedupe key that the kind derives from the arguments."""


@dataclass(frozen=True)
class QueueSpec:
    """How the jobs of some kinds are run."""

    name: str
    concurrency: int
    """Jobs that may run at once on all workers together, or on each live worker if `per_worker`."""
    per_worker: bool = False
    priority: int = 2
    """Rank among the queues when slots are scarce; 1 goes first."""
    route: str = "default"
    """The arq queue that carries its dispatches; only workers started with this WORKER_ROUTE serve it."""
    dispatch_size: int = 1
    """Maximum number of jobs in one dispatch: 1 for long jobs, some tens for short ones."""
    variable: str | None = None
    """Its name in ENABLE_…_WORKER and …_WORKER_CONCURRENCY, if it differs from the queue's name."""


@dataclass(frozen=True)
class JobSpec:
    """The declaration of a job kind."""

    kind: str
    queue: QueueSpec
    args: type[BaseModel]
    """The schema of the job's `data`."""
    timeout: timedelta
    """Maximum running time of an attempt."""
    max_attempts: int = 1
    """Including the first."""
    backoff: Callable[[int], float] = exponential_backoff
    """Seconds to wait after this number of failed attempts."""
    aliases: tuple[str, ...] = ()
    """Further names that a filter by type accepts for this kind."""
    is_internal: bool = False
    """Whether only the platform itself creates jobs of this kind."""
    dedupe_key: Callable[[Any], str | None] = lambda args: None
    """The key, derived from the arguments, under which only one job of this kind may be active."""
    references: Callable[[Any], Sequence[Reference]] = lambda args: ()
    """The records that the arguments name."""
    needs: Callable[[Any], Sequence[str]] = lambda args: ()
    """What the arguments name that must be configured: providers that have a key, and `llm` for a language model."""
    result: type[BaseModel] | None = None
    """The schema of the result of completed jobs; None if it is not published."""

    def new_job(
        self,
        args: BaseModel,
        *,
        priority: int = DEFAULT_PRIORITY,
        dedupe_key: str | Derived | None = DERIVED,
        total_items: int | None = None,
        run_at: datetime | None = None,
    ) -> NewJob:
        """Return a job of this kind to insert; `args` must be an instance of `self.args`.

        Not run before `run_at`, if that is in the future.

        Without `dedupe_key` the kind derives the key from the arguments; None means no key.
        Raises TypeError where the derived key is no text, and whatever the kind's own code raises.
        """
        key = self.dedupe_key(args) if isinstance(dedupe_key, Derived) else dedupe_key
        if not isinstance(key, str | None):
            raise TypeError(f"the dedupe key of kind {self.kind} is a {type(key).__name__}; expected text or None")
        return NewJob(
            spec=self,
            data=args.model_dump_json(by_alias=True).encode(),
            priority=priority,
            dedupe_key=key,
            total_items=total_items,
            run_at=run_at,
            title=make_title(self.kind, args, total_items),
            references=tuple(self.references(args)),
        )


@dataclass(frozen=True)
class NewJob:
    """A job to insert. Made by `JobSpec.new_job`."""

    spec: JobSpec
    data: bytes
    """The arguments as JSON text."""
    priority: int = DEFAULT_PRIORITY
    dedupe_key: str | None = None
    request_id: str | None = field(default_factory=current_request_id)
    """The id of the request that creates the job, None if none does."""
    total_items: int | None = None
    run_at: datetime | None = None
    title: str = ""
    references: tuple[Reference, ...] = ()


MAX_TITLE_CHARACTERS = 200
TELLING_ARGUMENTS = ("name", "file_name", "city_slug", "county", "city", "state", "zip_code", "precinct")


def make_title(kind: str, args: BaseModel, total_items: int | None = None) -> str:
    """Return what a job with these arguments does: "Geocode households · Durham · 8,000"."""
    words = make_label(kind)
    filters = getattr(args, "filters", None)
    values = vars(args) | (vars(filters) if isinstance(filters, BaseModel) else {})
    telling = (values.get(name) for name in TELLING_ARGUMENTS)
    number = f"{total_items:,}" if filters is not None and total_items else ""
    parts = [words, *(text for text in telling if text and isinstance(text, str)), *([number] if number else ())]
    return " · ".join(parts)[:MAX_TITLE_CHARACTERS]
