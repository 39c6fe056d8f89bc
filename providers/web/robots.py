"""robots.txt as RFC 9309 has it: who answers none forbids nothing, who cannot answer forbids everything for now."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from providers.web.pages import Outcome, Page

#: Bytes that are read of it (RFC 9309, 2.5), and seconds that it holds (2.4).
MAX_ROBOTS, ROBOTS_SECONDS = 500 * 1024, 24 * 3600.0
#: Seconds between two requests that a site may ask for at most; who asks for more gets this.
LONGEST_DELAY = 10.0

_UNREACHABLE = frozenset({Outcome.DNS_ERROR, Outcome.TLS_ERROR, Outcome.TIMEOUT, Outcome.PRIVATE_ADDRESS})


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin allows. `refusal` is why nothing may be fetched at all: an outcome and its words."""

    rules: Protego | None = None
    refusal: tuple[Outcome, str] | None = None

    def forbid(self, url: str, agent: str) -> tuple[Outcome, str] | None:
        """Why `url` may not be fetched; None where it may."""
        if self.refusal is not None or self.rules is None:
            return self.refusal
        if self.rules.can_fetch(url, agent):
            return None
        return Outcome.ROBOTS_DENIED, "its robots.txt does not allow it"

    def delay(self, agent: str) -> float:
        """Seconds between two requests that it asks for."""
        if self.rules is None:
            return 0.0
        rate = self.rules.request_rate(agent)
        per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return min(max(self.rules.crawl_delay(agent) or 0.0, per_request), LONGEST_DELAY)


def read(page: Page) -> Rules:
    """The rules in what came of asking for robots.txt."""
    if page.redirects and not page.ok:  # a dead end elsewhere is no word of this site
        return Rules()
    if page.outcome in _UNREACHABLE or (page.outcome is Outcome.SERVER_ERROR and page.status is None):
        return Rules(refusal=(page.outcome, page.detail))
    if page.status is not None and (page.status >= 500 or page.status == 429):
        return Rules(refusal=(page.outcome, f"its robots.txt cannot be read for now (HTTP {page.status})"))
    return Rules(Protego.parse(page.html)) if page.ok else Rules()
