"""`POST /api/v1/jobs`: create one job or many, of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.idempotency import RequestKey, StoredResponse
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.records import Inserted
from app.domain.jobs.kind_code import KindFailed, guard_kind_code
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import DERIVED, MIN_USER_PRIORITY, JobSpec, NewJob, RequestedArgs
from app.errors import AlreadyInProgress, BadRequest, Conflict, Forbidden, Invalid, LimitReached
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.off_loop import off_loop, off_loop_for
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.problems import invalid
from app.web.http.request_parsing import read_json, validate
from app.web.http.responses import JSON
from app.web.http.schema_types import RunAt
from app.web.jobs.configuration import require_configured
from app.web.jobs.presenters import PollInterval
from app.web.jobs.references import require_existing
from app.web.platform import Platform, get_platform

MAX_JOBS_PER_REQUEST = 10_000
MAX_BODY_BYTES = 20_000_000
MAX_DATA_BYTES = 5_000_000
"""Maximum bytes of the data of a job, as JSON."""
IN_PROGRESS = "already in progress"
"""All that a list says of an active job of another user that does the same work."""


class JobRequest(RequestModel):
    type: str
    """A kind or one of its aliases."""
    data: dict[str, Any] = {}
    """The kind's arguments."""
    priority: int = Field(default=5, ge=1, le=9)
    """1 runs first."""
    dedupe_key: str | None = Field(default=None, min_length=1, max_length=255)
    """Under which only one of your jobs of this type may be active: another one is not created."""
    run_at: RunAt | None = None


class CreatedJob(ResponseModel):
    """A job that was created, or the active one that does the same work."""

    job_id: UUID | None
    """Null if that job belongs to another user."""
    is_new: bool
    status: str
    """The status of the job, or `already in progress` if it belongs to another user."""


class JobCreated(CreatedJob):
    success: Literal[True] = True
    poll_interval_ms: PollInterval = FIRST_MS


class JobsCreated(ResponseModel):
    success: Literal[True] = True
    jobs: list[CreatedJob]
    """In the order of the request."""
    total: int
    poll_interval_ms: PollInterval = FIRST_MS


@operation(
    "createJobs",
    tag="Jobs",
    headers=[IDEMPOTENCY_KEY],
    body=JobRequest | Annotated[list[JobRequest], Field(min_length=1, max_length=MAX_JOBS_PER_REQUEST)],
    returns={202: Reply(JobCreated | JobsCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[AlreadyInProgress, Conflict, LimitReached],
)
async def create(request: Request) -> Response:
    """Create a job or many.

    All jobs of a list are created, or none if one of them is invalid. A job that does the same work as an active one
    is not created again: the response names the active one, with `isNew` false.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    body, value = await read_json(request, MAX_BODY_BYTES)
    is_list = isinstance(value, list)
    entries = value if is_list else [value]
    if not 1 <= len(entries) <= MAX_JOBS_PER_REQUEST:
        raise BadRequest(f"Send 1 to {MAX_JOBS_PER_REQUEST:,} jobs per request; this one has {len(entries):,}.")
    new = await off_loop(len(body), _to_new_jobs, platform, user, entries, is_list)
    await require_existing(platform, user, new, is_list=is_list)

    async with platform.pending_limit.creator(user) as creator:
        if is_list:
            response = await idempotency.run_once(request, user, body, partial(_insert_list, new, creator))
        else:
            response = await _insert_one(platform, new[0], creator, await idempotency.read_key(request, user, body))
    platform.dispatcher.schedule_pass()
    return response


async def _insert_list(new: Sequence[NewJob], creator: Creator, conn: Connection) -> Response:
    inserted = await jobs.insert(conn, new, creator)
    return await off_loop_for(len(inserted), list_created_response, inserted)


async def _insert_one(platform: Platform, new: NewJob, creator: Creator, key: RequestKey | None) -> Response:
    if key is None:
        return created_response(await platform.single_jobs.insert(new, creator))

    def to_stored(job: Inserted) -> StoredResponse:
        return idempotency.to_stored(created_response(job), key)

    result = await platform.single_jobs.insert_once(new, creator, key, to_stored)
    return created_response(result) if isinstance(result, Inserted) else idempotency.replay(result, key)


def _to_new_jobs(platform: Platform, user: User, entries: Sequence[Any], is_list: bool) -> list[NewJob]:
    return [to_new_job(platform, user, entry, str(index) if is_list else "") for index, entry in enumerate(entries)]


def to_new_job(platform: Platform, user: User, entry: Any, path: str) -> NewJob:
    """Check a requested job by the schema of its kind.

    `path` is where the entry stands in a list, and empty otherwise. Raises Invalid.
    """
    job = validate(JobRequest, entry, path)
    spec = get_creatable_spec(platform, job.type, f"{path}.type".lstrip("."))
    check_priority(user, job.priority, f"{path}.priority".lstrip("."))
    # a key that a client chooses is its own: it cannot hold up the jobs of other users
    dedupe_key = f"{user.id}:{job.dedupe_key}" if job.dedupe_key else DERIVED
    data_field = f"{path}.data".lstrip(".")
    try:
        with guard_kind_code(spec.kind):
            args = spec.args.model_validate(job.data, context=requested_args(platform))
            new = spec.new_job(args, priority=job.priority, dedupe_key=dedupe_key, run_at=job.run_at)
        require_configured(platform.settings, spec, args)
    except ValidationError as error:
        raise invalid(error, spec.args, data_field) from None
    except KindFailed as error:
        raise Invalid([(data_field, f"cannot be checked: {error}")]) from error
    if len(new.data) > MAX_DATA_BYTES:
        raise Invalid([(data_field, f"has {len(new.data):,} bytes; the maximum is {MAX_DATA_BYTES:,}. Split the job.")])
    return new


def requested_args(platform: Platform) -> RequestedArgs:
    """Return the context in which to validate the arguments that a client sends."""
    return RequestedArgs(platform.geocoder.available)


def get_spec(platform: Platform, name: str, field: str) -> JobSpec:
    """Return the spec of a kind by its name or alias. Raises Invalid, naming `field` and all kinds."""
    spec = platform.kind(name)
    if spec is None:
        raise Invalid([(field, f"unknown job type; expected one of {', '.join(sorted(platform.specs))}")])
    return spec


def get_creatable_spec(platform: Platform, name: str, field: str) -> JobSpec:
    """Return the spec of a kind of which clients may create jobs and schedules. Raises Invalid."""
    spec = get_spec(platform, name, field)
    if spec.is_internal:
        raise Invalid([(field, f"jobs of type {spec.kind} are created by the platform itself, not by clients")])
    return spec


def check_priority(user: User, priority: int | None, field: str = "priority") -> None:
    """Raises Forbidden if the priority is reserved for administrators and the user is none."""
    if priority is not None and priority < MIN_USER_PRIORITY and not user.is_admin:
        raise Forbidden(
            f"{field}: priorities 1 to {MIN_USER_PRIORITY - 1} are reserved for administrators. Use"
            f" {MIN_USER_PRIORITY} to 9."
        )


def created_response(job: Inserted) -> Response:
    """202 with the job's id, its place, and when to ask for it. Raises AlreadyInProgress for another user's job."""
    if not job.is_readable:
        raise AlreadyInProgress
    headers = {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(JobCreated(job_id=job.id, is_new=job.is_new, status=job.status), 202, headers)


def list_created_response(inserted: Sequence[Inserted]) -> Response:
    body = JobsCreated(jobs=[_present(job) for job in inserted], total=len(inserted))
    return JSON(body, 202, {"Retry-After": retry_after(FIRST_MS)})


def _present(job: Inserted) -> CreatedJob:
    if not job.is_readable:
        return CreatedJob(job_id=None, is_new=False, status=IN_PROGRESS)
    return CreatedJob(job_id=job.id, is_new=job.is_new, status=job.status)
