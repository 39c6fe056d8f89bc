"""What came of asking for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.vocabulary.websites import WebsiteStatus

#: What may be over in a minute, so that the next one who asks tries again.
PASSING = frozenset({WebsiteStatus.TIMEOUT, WebsiteStatus.DNS_ERROR, WebsiteStatus.SERVER_ERROR, WebsiteStatus.BLOCKED})
#: Seconds for which that is believed.
PASSING_SECONDS = 30.0
#: Seconds that a server may ask for by Retry-After at most; who asks for more gets this.
LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Page:
    """One answer. `html` is the decoded body, empty unless the outcome is OK; `truncated` where there was more."""

    url: str
    """As it was asked for, normalised."""
    final_url: str
    """Where the redirects ended."""
    outcome: WebsiteStatus
    fetched_at: datetime
    detail: str = ""
    status: int | None = None
    """Of HTTP; None where there was no answer."""
    media_type: str = ""
    html: str = ""
    truncated: bool = False
    redirects: tuple[str, ...] = ()
    """The addresses on the way, the first one first, without the final one."""
    elapsed_ms: int = 0
    """From the sending of the (last) request to the end of the answer."""
    certificate_expires_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    redirect_to: str | None = None
    """Of a single hop as it is stored; never of a page that `fetch` answers."""
    retry_after: float | None = None
    """Seconds that the server asks for, LONGEST_PAUSE at most; such an answer is not stored."""

    @property
    def ok(self) -> bool:
        return self.outcome is WebsiteStatus.OK

    @property
    def age(self) -> float:
        """In seconds."""
        return (datetime.now(UTC) - self.fetched_at).total_seconds()

    def holds(self, since: datetime) -> bool:
        """Whether it is as good as a new answer to someone who wants the page as it was at `since` or later."""
        return self.fetched_at >= since and (self.outcome not in PASSING or self.age < PASSING_SECONDS)
