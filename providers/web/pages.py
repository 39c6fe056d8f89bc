"""Fetched pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.vocabulary.websites import WebsiteStatus

TRANSIENT_OUTCOMES = frozenset(
    {WebsiteStatus.TIMEOUT, WebsiteStatus.DNS_ERROR, WebsiteStatus.SERVER_ERROR, WebsiteStatus.BLOCKED}
)
"""Outcomes that a later request may not have; they are cached for TRANSIENT_SECONDS only."""
TRANSIENT_SECONDS = 30.0
MAX_RETRY_AFTER_SECONDS = 3600.0
"""A longer Retry-After is shortened to this."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Page:
    """A fetched page, or the reason why there is none."""

    url: str
    """The URL that was requested, normalised."""
    final_url: str
    """The URL after all redirects."""
    outcome: WebsiteStatus
    fetched_at: datetime
    detail: str = ""
    """Explains an outcome other than OK, for people."""
    status: int | None = None
    """The HTTP status; None if there was no response."""
    media_type: str = ""
    html: str = ""
    """The decoded body; empty unless the outcome is OK."""
    truncated: bool = False
    """Whether the body was longer than the limit."""
    redirects: tuple[str, ...] = ()
    """The URLs that redirected, in order, without the final one."""
    elapsed_ms: int = 0
    """From sending the (last) request to the end of the response."""
    certificate_expires_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    redirect_to: str | None = None
    """The Location of a single redirect, as it is stored; `Fetcher.fetch` follows it and returns no such page."""
    sets_cookies: bool = False
    """Whether the response set cookies, which may decide where the next request leads."""
    retry_after: float | None = None
    """Seconds to wait, from the Retry-After header, MAX_RETRY_AFTER_SECONDS at most. Such a page is not stored."""

    @property
    def ok(self) -> bool:
        """Whether HTML was read."""
        return self.outcome is WebsiteStatus.OK

    @property
    def age_seconds(self) -> float:
        """The time since the page was fetched."""
        return (datetime.now(UTC) - self.fetched_at).total_seconds()

    def is_fresh(self, since: datetime) -> bool:
        """Return whether the page can replace a request: fetched at `since` or later, a transient outcome just now."""
        is_transient = self.outcome in TRANSIENT_OUTCOMES
        return self.fetched_at >= since and (not is_transient or self.age_seconds < TRANSIENT_SECONDS)
