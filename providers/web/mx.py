"""MX lookups: whether a domain accepts e-mail."""

from __future__ import annotations

import time
from collections import OrderedDict

import dns.asyncresolver
import dns.exception
import dns.resolver

ANSWER_SECONDS = 3.0
"""Maximum duration of one lookup."""
MAX_CONSECUTIVE_TIMEOUTS = 3
"""Number of timeouts after which lookups pause. A single one may be the fault of the domain's own name server."""
PAUSE_SECONDS = 60.0
MAX_CACHED_DOMAINS = 5_000


class MxLookup:
    """Looks up MX records and caches the results in memory, one instance per process; needs no closing.

    With `enabled=False` it sends no queries.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._cache: OrderedDict[str, bool] = OrderedDict()
        self._paused_until = 0.0
        self._timeouts = 0

    async def accepts_mail(self, domain: str) -> bool | None:
        """Return whether the domain accepts e-mail; None if no name server could be asked or none replied."""
        if domain in self._cache:
            return self._cache[domain]
        if not self._enabled or time.monotonic() < self._paused_until:
            return None
        try:
            resolver = dns.asyncresolver.Resolver()
            resolver.lifetime = ANSWER_SECONDS
            answer = await resolver.resolve(domain, "MX")
            accepts = any(str(record.exchange) != "." for record in answer)  # "." is the null MX of RFC 7505
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            accepts = False
        except dns.resolver.NoNameservers:  # our name server replied: those of the domain do not
            return None
        except (dns.exception.DNSException, OSError):
            self._timeouts += 1
            if self._timeouts >= MAX_CONSECUTIVE_TIMEOUTS:
                self._timeouts, self._paused_until = 0, time.monotonic() + PAUSE_SECONDS
            return None
        self._timeouts = 0
        self._cache[domain] = accepts
        if len(self._cache) > MAX_CACHED_DOMAINS:
            self._cache.popitem(last=False)
        return accepts
