"""What may go wrong with a request, as one small tree; `app.web.http.problems` answers with it.

AppError
├── BadRequest            400  the request cannot be read, or asks for what does not exist
├── Unauthorized          401  no key, or none that we know
├── Forbidden             403  a good key, but not for this
├── NotFound              404
├── Conflict              409  the present state forbids it
├── TooLarge              413
├── UnsupportedMedia      415
├── Invalid               422  readable, but some values are not acceptable; one entry a field
├── QuotaExceeded         429  the allowance is used up until some time
└── Unavailable           503  the same request may succeed later
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class AppError(Exception):
    """`detail` is one sentence for the person who reads it; `extra` are further members of the answer."""

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
    status, slug, title = 409, "conflict", "Conflict with the present state"


class TooLarge(AppError):
    status, slug, title = 413, "too-large", "Request too large"


class UnsupportedMedia(AppError):
    status, slug, title = 415, "unsupported-media-type", "Unsupported media type"


class Invalid(AppError):
    """`findings` are `(field, message)` pairs, at least one; the detail says the first of them."""

    status, slug, title = 422, "invalid", "Some values are not acceptable"

    def __init__(self, findings: Sequence[tuple[str, str]], **extra: Any) -> None:
        first = " ".join(part for part in findings[0] if part)
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        errors = [{"field": field, "message": message} for field, message in findings]
        super().__init__(f"{first}{more}", **{"errors": errors, **extra})


class QuotaExceeded(AppError):
    """`retry_after` is in seconds."""

    status, slug, title = 429, "quota-exceeded", "Quota exceeded"

    def __init__(self, detail: str, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


class Unavailable(AppError):
    """`retry_after` is in seconds."""

    status, slug, title = 503, "unavailable", "Temporarily unavailable"

    def __init__(self, detail: str, *, retry_after: int = 1, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)
