"""The errors of the HTTP API; `app.web.http.problems` turns them into problem documents.

AppError
├── BadRequest            400  the request cannot be read, or asks for something that does not exist
│   └── NotConfigured          needs something that the installation lacks
├── Unauthorized          401  no API key, or an unknown one
├── Forbidden             403  the key is valid, but does not allow this
├── NotFound              404
├── NotAcceptable         406  the Accept header excludes every format that there is
├── RequestTimeout        408  the body did not arrive in time
├── Conflict              409  the current state forbids the request
├── AlreadyInProgress     409  another user's job does the same work
├── TooLarge              413
├── AddressTooLong        414
├── UnsupportedMedia      415
├── Invalid               422  the request is readable, but some values are invalid
├── QuotaExceeded         429  the quota is used up for some time
├── LimitReached          429  the user has as many of something as they may have
├── TooManyRequests       429  requests of this kind come too fast
└── ServiceUnavailable    503  the same request may succeed later
    ├── Busy                   too many requests at the same time
    ├── SlowQuery              the database did not finish in time
    └── StorageFailed          a disk or the uploads folder cannot be written
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

MAX_FINDINGS = 100
"""Of one request; the others are counted."""


class AppError(Exception):
    """Base of the tree.

    `detail` tells the reader in one or two sentences what happened, why, and what to do next; `extra` are additional
    members of the problem document.
    """

    status: ClassVar[int]
    slug: ClassVar[str]
    """Stable name of the problem's type."""
    title: ClassVar[str]

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra


class BadRequest(AppError):
    status, slug, title = 400, "bad-request", "Bad request"


class NotConfigured(BadRequest):
    """The request needs something for which the installation lacks a setting. `settings` names what to set."""

    slug, title = "not-configured", "Not configured"

    def __init__(self, detail: str, *, settings: Sequence[str]) -> None:
        super().__init__(detail, missingSettings=list(settings))


class Unauthorized(AppError):
    status, slug, title = 401, "unauthorized", "Authentication required"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **extra)


class Forbidden(AppError):
    status, slug, title = 403, "forbidden", "Not allowed"


class NotFound(AppError):
    status, slug, title = 404, "not-found", "Not found"


class NotAcceptable(AppError):
    status, slug, title = 406, "not-acceptable", "Not acceptable"


class RequestTimeout(AppError):
    """Closes the connection: the rest of the body would be taken for the next request."""

    status, slug, title = 408, "request-timeout", "Request timeout"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail, headers={"Connection": "close"}, **extra)


class Conflict(AppError):
    status, slug, title = 409, "conflict", "Conflict with the current state"


class AlreadyInProgress(AppError):
    """Raised when the same work is in progress for another user. `retry_after` is in seconds."""

    status, slug, title = 409, "already-in-progress", "Already in progress"

    def __init__(self, retry_after: int = 30) -> None:
        super().__init__(
            "The same work is already in progress for another user. Try again when it is done.",
            headers={"Retry-After": str(retry_after)},
        )


class TooLarge(AppError):
    status, slug, title = 413, "too-large", "Request too large"


class AddressTooLong(AppError):
    status, slug, title = 414, "uri-too-long", "Address too long"


class UnsupportedMedia(AppError):
    status, slug, title = 415, "unsupported-media-type", "Unsupported media type"


class Invalid(AppError):
    """`findings` are `(field, message)` pairs, at least one; `uncounted` is how many were left out.

    The detail names the first one and counts the others. A field is a path such as `filters.ids.0`, and empty for the
    body as a whole.
    """

    status, slug, title = 422, "invalid", "Invalid values"

    def __init__(self, findings: Sequence[tuple[str, str]], *, uncounted: int = 0, **extra: Any) -> None:
        self.findings = list(findings[:MAX_FINDINGS])
        total = len(findings) + uncounted
        first = ": ".join(part for part in findings[0] if part)
        more = f" (and {total - 1:,} more)" if total > 1 else ""
        errors = [{"field": field, "message": message} for field, message in self.findings]
        if total > len(self.findings):
            extra["moreErrors"] = total - len(self.findings)
        super().__init__(f"{first}{more}", **{"errors": errors, **extra})


class UserQuotaExceeded(AppError):
    """`retry_after` is in seconds."""

    status, slug, title = 429, "quota-exceeded", "Quota exceeded"

    def __init__(self, detail: str, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


class LimitReached(AppError):
    """`limit` names what is limited; `current` is how many there are."""

    status, slug, title = 429, "limit-reached", "Limit reached"

    def __init__(self, detail: str, *, limit: str, maximum: int, current: int) -> None:
        super().__init__(detail, limit=limit, maximum=maximum, current=current)


class TooManyRequests(AppError):
    """`retry_after` is in seconds."""

    status, slug, title = 429, "too-many-requests", "Too many requests"

    def __init__(self, detail: str, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


class ServiceUnavailable(AppError):
    """`retry_after` is in seconds; subclasses name the reason."""

    status, slug, title = 503, "unavailable", "Temporarily unavailable"

    def __init__(self, detail: str, *, retry_after: int = 1, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


class Busy(ServiceUnavailable):
    slug, title = "busy", "Busy"


class SlowQuery(ServiceUnavailable):
    slug, title = "slow-query", "The query took too long"


class StorageFailed(ServiceUnavailable):
    slug, title = "storage", "Nothing can be stored"
