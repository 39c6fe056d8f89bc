"""`POST /api/v1/jobs`: create one job or many, of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.records import Inserted
from app.domain.jobs.kind_code import KindFailed, guard_kind_code
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import DERIVED, JobSpec, NewJob
from app.domain.jobs.status import Status
from app.errors import BadRequest, Invalid
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.problems import invalid
from app.web.http.request_parsing import read_json
from app.web.http.responses import JSON
from app.web.http.schema_types import RequestModel
from app.web.platform import Platform, get_platform

MAX_JOBS_PER_REQUEST = 10_000
MAX_BODY_BYTES = 20_000_000


class JobRequest(RequestModel):
    type: str
    """A kind or one of its aliases."""
    data: dict[str, Any] = {}
    """The kind's arguments."""
    priority: int = Field(default=5, ge=1, le=9)
    """1 runs first."""
    dedupe_key: str | None = Field(default=None, min_length=1, max_length=255)


async def create(request: Request) -> Response:
    """Create the job in the body, or all jobs of a list: every job of an invalid list is refused.

    202 `{"success": true, "jobId", "isNew", "status", "poll_interval_ms"}`, or for a list
    202 `{"success": true, "jobs": [{"jobId", "isNew", "status"}], "total", "poll_interval_ms"}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    body, value = await read_json(request, MAX_BODY_BYTES)
    is_list = isinstance(value, list)
    entries = value if is_list else [value]
    if not 1 <= len(entries) <= MAX_JOBS_PER_REQUEST:
        raise BadRequest(f"Send 1 to {MAX_JOBS_PER_REQUEST:,} jobs per request; this one has {len(entries):,}.")
    new = [to_new_job(platform, user, entry, f"{index}" if is_list else "") for index, entry in enumerate(entries)]

    async def insert(conn: Connection) -> Response:
        inserted = await jobs.insert(conn, new, user.id)
        return list_created_response(inserted) if is_list else created_response(inserted[0])

    response = await idempotency.run_once(request, user, body, insert)
    platform.dispatcher.schedule_pass()
    return response


def to_new_job(platform: Platform, user: User, entry: Any, path: str) -> NewJob:
    """Check a requested job by the schema of its kind.

    `path` is where the entry stands in a list, and empty otherwise. Raises Invalid.
    """
    try:
        job = JobRequest.model_validate(entry)
    except ValidationError as error:
        raise invalid(error, path) from None
    spec = get_spec(platform, job.type, f"{path}.type".lstrip("."))
    # a key that a client chooses is its own: it cannot hold up the jobs of other users
    dedupe_key = f"{user.id}:{job.dedupe_key}" if job.dedupe_key else DERIVED
    data_field = f"{path}.data".lstrip(".")
    try:
        with guard_kind_code(spec.kind):
            return spec.new_job(spec.args.model_validate(job.data), priority=job.priority, dedupe_key=dedupe_key)
    except ValidationError as error:
        raise invalid(error, data_field) from None
    except KindFailed as error:
        raise Invalid([(data_field, f"cannot be checked: {error}")]) from error


def get_spec(platform: Platform, name: str, field: str) -> JobSpec:
    """Return the spec of a kind by its name or alias. Raises Invalid, naming `field` and all kinds."""
    spec = platform.kind(name)
    if spec is None:
        raise Invalid([(field, f"unknown job type; expected one of {', '.join(sorted(platform.specs))}")])
    return spec


def created_response(job: Inserted) -> Response:
    """202 with the job's id, its place, and when to ask for it."""
    headers = {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON({"success": True, **_present(job), "poll_interval_ms": FIRST_MS}, 202, headers)


def list_created_response(inserted: Sequence[Inserted]) -> Response:
    body = {
        "success": True,
        "jobs": [_present(job) for job in inserted],
        "total": len(inserted),
        "poll_interval_ms": FIRST_MS,
    }
    return JSON(body, 202, {"Retry-After": retry_after(FIRST_MS)})


def _present(job: Inserted) -> dict[str, Any]:
    return {"jobId": str(job.id), "isNew": job.is_new, "status": Status.PENDING}
