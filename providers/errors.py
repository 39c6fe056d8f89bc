"""Errors of providers, named by what the caller can do about them.

    ProviderError
    ├── Busy            nothing was sent: our own rate limit allows no request in time; ask another provider, or wait
    ├── RateLimited     wait `retry_after` seconds, then ask the same provider again
    ├── QuotaExceeded   ask other providers until `resets_at`
    ├── Unavailable     ask another provider now; this one may be back soon
    ├── BadRequest      the provider will never answer this query
    ├── Ambiguous       several places fit equally well; nothing was chosen
    └── Misconfigured   bad key or blocked: no query is answered until the configuration is fixed

No match is not an error: providers return None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType

from app.domain.vocabulary.evidence import PossiblePlace


class ProviderError(Exception):
    """A provider gave no usable answer. `provider` is its name in the registry.

    `asked` is False if our own rate limiter refused and nothing was sent. `refused` is True if the provider answered
    with the status of an error, so that it computed nothing that it could charge for.
    """

    def __init__(self, message: str, *, provider: str = "", asked: bool = True) -> None:
        super().__init__(message)
        self.provider = provider
        self.asked = asked
        self.refused = False


class Busy(ProviderError):
    """The rate limiter had no slot in time; the next is expected in `wait` seconds."""

    def __init__(self, message: str, *, provider: str = "", wait: float) -> None:
        super().__init__(message, provider=provider, asked=False)
        self.wait = wait


class RateLimited(ProviderError):
    """Too many requests. `retry_after` is in seconds, or None if the provider did not say."""

    def __init__(
        self, message: str, *, provider: str = "", asked: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(message, provider=provider, asked=asked)
        self.retry_after = retry_after


class QuotaExceeded(ProviderError):
    """The allowance is used up. `resets_at` is an aware datetime in UTC, or None if unknown."""

    def __init__(
        self, message: str, *, provider: str = "", asked: bool = True, resets_at: datetime | None = None
    ) -> None:
        super().__init__(message, provider=provider, asked=asked)
        self.resets_at = resets_at


class Unavailable(ProviderError):
    """No answer, or an unreadable one: timeout, 5xx, connection reset, truncated or malformed body.

    `transient` means that an immediate retry is likely to succeed.
    """

    def __init__(self, message: str, *, provider: str = "", transient: bool = False) -> None:
        super().__init__(message, provider=provider)
        self.transient = transient


class Ambiguous(ProviderError):
    """Several places fit the query equally well, so that none is returned."""

    def __init__(self, message: str, candidates: tuple[PossiblePlace, ...], *, provider: str = "") -> None:
        super().__init__(message, provider=provider, asked=False)
        self.candidates = candidates


class BadRequest(ProviderError):
    """The provider refused this query and would refuse it again."""


class Misconfigured(ProviderError):
    """The provider refuses all our requests: bad key, blocked, or wrong URL."""


STATUS: Mapping[int, type[ProviderError]] = MappingProxyType(
    {
        400: BadRequest,
        401: Misconfigured,
        402: QuotaExceeded,
        403: Misconfigured,
        404: Misconfigured,
        405: Misconfigured,
        407: Misconfigured,
        408: Unavailable,
        410: Misconfigured,
        425: Unavailable,
        429: RateLimited,
    }
)
"""Meaning of a status, unless the provider defines its own. 5xx are Unavailable, 3xx Misconfigured (redirects are not
followed, because they would send the key elsewhere), other 4xx BadRequest."""


def from_status(provider: str, status: int, detail: str, retry_after: float | None = None) -> ProviderError:
    """Return the error for an HTTP status other than 200. `detail` is a short text that is safe to log."""
    error = _error_of_status(provider, status, detail, retry_after)
    error.refused = True
    return error


def _error_of_status(provider: str, status: int, detail: str, retry_after: float | None) -> ProviderError:
    message = f"HTTP {status}: {detail}" if detail else f"HTTP {status}"
    kind = STATUS.get(status)
    if kind is RateLimited:
        return RateLimited(message, provider=provider, retry_after=retry_after)
    if kind is QuotaExceeded:
        return QuotaExceeded(message, provider=provider, resets_at=next_utc_midnight())
    if kind is Unavailable or status >= 500:
        return Unavailable(message, provider=provider, transient=True)
    if kind is None:
        kind = BadRequest if 400 <= status < 500 else Misconfigured
    return kind(message, provider=provider)


def next_utc_midnight(now: datetime | None = None) -> datetime:
    """Return the next 00:00 UTC after `now` (aware; default: the current time), when daily allowances reset."""
    today = (now or datetime.now(UTC)).astimezone(UTC).date()
    return datetime.combine(today + timedelta(days=1), time.min, tzinfo=UTC)
