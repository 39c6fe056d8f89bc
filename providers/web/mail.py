"""Whether a domain takes mail: its MX records, where a name server answers."""

from __future__ import annotations

import time
from collections import OrderedDict

import dns.asyncresolver
import dns.exception
import dns.resolver

#: Seconds for one question, and for which nobody is asked after SILENCES questions in a row had no answer: of one, the
#: domain's own name server may be the cause.
ANSWER_SECONDS, PAUSE_SECONDS, SILENCES = 3.0, 60.0, 3
#: Domains remembered.
MOST_DOMAINS = 5_000


class MailServers:
    """Answers from memory where it can. One a process; needs no closing."""

    def __init__(self, *, asks: bool = True) -> None:
        self._asks = asks
        self._known: OrderedDict[str, bool] = OrderedDict()
        self._not_before = 0.0
        self._silences = 0

    async def takes_mail(self, domain: str) -> bool | None:
        """None where it cannot be known: there is no name server, or none that answers."""
        if domain in self._known:
            return self._known[domain]
        if not self._asks or time.monotonic() < self._not_before:
            return None
        try:
            resolver = dns.asyncresolver.Resolver()
            resolver.lifetime = ANSWER_SECONDS
            answer = await resolver.resolve(domain, "MX")
            found = any(str(one.exchange) != "." for one in answer)  # "." is the null MX of RFC 7505
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            found = False
        except dns.resolver.NoNameservers:  # a name server did answer, that this domain's do not
            return None
        except (dns.exception.DNSException, OSError):
            self._silences += 1
            if self._silences >= SILENCES:
                self._silences, self._not_before = 0, time.monotonic() + PAUSE_SECONDS
            return None
        self._silences = 0
        self._known[domain] = found
        if len(self._known) > MOST_DOMAINS:
            self._known.popitem(last=False)
        return found
