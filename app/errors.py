"""The errors of the HTTP API; `app.web.http.problems` turns them into problem documents.

AppError
├── BadRequest            400  the request cannot be read, or asks for something that does not exist
├── Unauthorized          401  no API key, or an unknown one
├── Forbidden             403  the key is valid, but does not allow this
├── NotFound              404
├── Conflict              409  the current state forbids the request
├── TooLarge              413
├── UnsupportedMedia      415
├── Invalid               422  the request is readable, but some values are invalid
├── QuotaExceeded         429  the quota is used up for some time
└── Unavailable           503  the same request may succeed later
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


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


class Unauthorized(AppError):
    status, slug, title = 401, "unauthorized", "Authentication required"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **extra)


class Forbidden(AppError):
    status, slug, title = 403, "forbidden", "Not allowed"


class NotFound(AppError):
    status, slug, title = 404, "not-found", "Not found"


class Conflict(AppError):
    status, slug, title = 409, "conflict", "Conflict with the current state"


class TooLarge(AppError):
    status, slug, title = 413, "too-large", "Request too large"


class UnsupportedMedia(AppError):
    status, slug, title = 415, "unsupported-media-type", "Unsupported media type"


class Invalid(AppError):
    """`findings` are `(field, message)` pairs, at least one; the detail names the first one.

    A field is a path such as `filters.ids.0`, and empty for the body as a whole.
    """

    status, slug, title = 422, "invalid", "Invalid values"

    def __init__(self, findings: Sequence[tuple[str, str]], **extra: Any) -> None:
        self.findings = list(findings)
        first = ": ".join(part for part in findings[0] if part)
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        errors = [{"field": field, "message": message} for field, message in findings]
        super().__init__(f"{first}{more}", **{"errors": errors, **extra})


class UserQuotaExceeded(AppError):
    """`retry_after` is in seconds."""

    status, slug, title = 429, "quota-exceeded", "Quota exceeded"

    def __init__(self, detail: str, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


class ServiceUnavailable(AppError):
    """`retry_after` is in seconds."""

    status, slug, title = 503, "unavailable", "Temporarily unavailable"

    def __init__(self, detail: str, *, retry_after: int = 1, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)
