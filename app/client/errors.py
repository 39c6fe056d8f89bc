"""The errors of the client, by what the caller may do about them.

TrigpointError
├── NotReachable              no response: the platform is down, or the network
│   └── Incomplete            a download was cut short
├── ApiError                  the platform refused the request; see its attributes
│   ├── BadRequest       400  the request cannot be read, or asks for something that does not exist
│   │   └── NotConfigured     the installation lacks a setting for it
│   ├── AccessDenied
│   │   ├── Unauthorized 401  the key is missing or unknown
│   │   └── Forbidden    403  the key does not allow this
│   ├── NotFound         404
│   ├── Conflict         409  the current state forbids it
│   │   └── AlreadyInProgress  another user's job does the same work
│   ├── TooLarge         413
│   ├── UnsupportedMedia 415
│   ├── Invalid          422  some values are invalid: see `errors`
│   ├── Limited          429
│   │   ├── QuotaExceeded     the quota is used up for some time
│   │   ├── LimitReached      as many of something as one may have
│   │   └── TooManyRequests   too fast
│   ├── Unavailable      503  the same request may succeed later
│   └── ServerError      5xx  an unexpected error of the platform
├── UnexpectedResponse        the response is none of this version of the platform
├── JobNotCompleted           of `wait_for`; `job` is the job
│   ├── JobFailed
│   └── JobCancelled
└── WaitTimeout               the job has not finished in the time that `wait_for` was given
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.client.models import Job

PROBLEM = "urn:trigpoint:problem:"


class TrigpointError(Exception):
    pass


class NotReachable(TrigpointError):
    """`sent` tells whether the request may have reached the platform."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class Incomplete(NotReachable):
    pass


class ApiError(TrigpointError):
    """`retry_after` is in seconds; None if the response does not say.

    `problem` is the whole problem document (RFC 9457), {} if there is none.
    """

    def __init__(self, status: int, reason: str, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.problem = problem
        self.detail = str(problem.get("detail") or problem.get("error") or problem.get("title") or reason)
        self.type = str(problem.get("type", "")).removeprefix(PROBLEM)
        """The stable name of the sort of error, such as `not-found`."""
        request_id = problem.get("requestId")
        self.request_id = None if request_id is None else str(request_id)
        """The id under which the request is in the platform's logs."""
        self.errors = [error for error in problem.get("errors") or () if isinstance(error, dict)]
        """The invalid values, as `{"field", "message"}`; those in lines of a file have further members."""
        self.retry_after = retry_after
        fields = [f"  {e.get('field', '')}: {e.get('message') or e.get('error')}" for e in self.errors]
        super().__init__("\n".join([f"{self.detail} ({status})", *fields]))


class BadRequest(ApiError):
    pass


class NotConfigured(BadRequest):
    pass


class AccessDenied(ApiError):
    pass


class Unauthorized(AccessDenied):
    pass


class Forbidden(AccessDenied):
    pass


class NotFound(ApiError):
    pass


class Conflict(ApiError):
    pass


class AlreadyInProgress(Conflict):
    pass


class TooLarge(ApiError):
    pass


class UnsupportedMedia(ApiError):
    pass


class Invalid(ApiError):
    pass


class Limited(ApiError):
    pass


class QuotaExceeded(Limited):
    pass


class LimitReached(Limited):
    pass


class TooManyRequests(Limited):
    pass


class Unavailable(ApiError):
    pass


class ServerError(ApiError):
    pass


class UnexpectedResponse(TrigpointError):
    pass


class JobNotCompleted(TrigpointError):
    def __init__(self, job: Job) -> None:
        super().__init__(f"job {job.id} {job.status}" + (f": {job.error}" if job.error else ""))
        self.job = job


class JobFailed(JobNotCompleted):
    pass


class JobCancelled(JobNotCompleted):
    pass


class WaitTimeout(TrigpointError, TimeoutError):
    """`job` is the job as it was last seen; None if it was never seen."""

    def __init__(self, message: str, job: Job | None) -> None:
        super().__init__(message)
        self.job = job


BY_STATUS: Mapping[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    415: UnsupportedMedia,
    422: Invalid,
    429: Limited,
    503: Unavailable,
}
BY_TYPE: Mapping[str, type[ApiError]] = {
    "not-configured": NotConfigured,
    "already-in-progress": AlreadyInProgress,
    "quota-exceeded": QuotaExceeded,
    "limit-reached": LimitReached,
    "too-many-requests": TooManyRequests,
}
"""Problem types that have an error of their own besides that of their status."""


def api_error(status: int, reason: str, problem: Mapping[str, Any], retry_after: float | None = None) -> ApiError:
    """Return the error for a response with this status and problem document."""
    named = BY_TYPE.get(str(problem.get("type", "")).removeprefix(PROBLEM))
    fallback = ServerError if status >= 500 else ApiError
    return (named or BY_STATUS.get(status, fallback))(status, reason, problem, retry_after)
