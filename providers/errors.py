"""What can go wrong with a provider, named by what the caller may do about it.

    ProviderError
    ├── Busy            nothing was sent: our own limit lets nobody go within the time given; ask others, or wait
    ├── RateLimited     wait `retry_after` seconds, then ask the same provider again
    ├── QuotaExceeded   ask others until `resets_at`
    ├── Unavailable     ask others now; the provider may be back soon
    ├── BadRequest      this query will never be answered by this provider
    └── Misconfigured   a bad key or a block: no query will be answered until someone mends the configuration

That a provider knows no match is no error: it answers None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType


class ProviderError(Exception):
    """A provider gave no usable answer. `provider` is its name in the registry.

    `asked` is False where our own limiter knew it beforehand and nothing was sent.
    """

    def __init__(self, message: str, *, provider: str = "", asked: bool = True) -> None:
        super().__init__(message)
        self.provider = provider
        self.asked = asked


class Busy(ProviderError):
    """No slot of the rate limiter came soon enough; one is expected in `wait` seconds."""

    def __init__(self, message: str, *, provider: str = "", wait: float) -> None:
        super().__init__(message, provider=provider, asked=False)
        self.wait = wait


class RateLimited(ProviderError):
    """Too many requests; `retry_after` is in seconds, None where the provider did not say."""

    def __init__(
        self, message: str, *, provider: str = "", asked: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(message, provider=provider, asked=asked)
        self.retry_after = retry_after


class QuotaExceeded(ProviderError):
    """The allowance is used up; `resets_at` is aware UTC, None where it is not known."""

    def __init__(
        self, message: str, *, provider: str = "", asked: bool = True, resets_at: datetime | None = None
    ) -> None:
        super().__init__(message, provider=provider, asked=asked)
        self.resets_at = resets_at


class Unavailable(ProviderError):
    """No answer, or none that can be read: timeout, 5xx, reset, cut off, garbled.

    `transient` says that the very next request may well succeed, so that one quick retry is worth its cost.
    """

    def __init__(self, message: str, *, provider: str = "", transient: bool = False) -> None:
        super().__init__(message, provider=provider)
        self.transient = transient


class BadRequest(ProviderError):
    """The provider refused this query; the same query will be refused again."""


class Misconfigured(ProviderError):
    """The provider refuses us: bad key, blocked, wrong address."""


#: What a status means where a provider's own dialect does not say otherwise. 5xx are Unavailable, 3xx Misconfigured
#: (redirects are not followed: they would carry the key elsewhere), other 4xx BadRequest.
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


def from_status(provider: str, status: int, detail: str, retry_after: float | None = None) -> ProviderError:
    """The error of an HTTP status other than 200; `detail` is a short text that is safe to log."""
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
    """When daily allowances start afresh: the next 00:00 UTC after `now` (aware; the present by default)."""
    today = (now or datetime.now(UTC)).astimezone(UTC).date()
    return datetime.combine(today + timedelta(days=1), time.min, tzinfo=UTC)
