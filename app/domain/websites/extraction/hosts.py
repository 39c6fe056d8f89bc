"""Hosts and registered domains, by the public suffix list that `tldextract` brings along."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

import tldextract

_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


#: Longest name (RFC 1035, 2.3.4); what is longer is none, and nothing to remember.
MOST_HOST = 253


@lru_cache(maxsize=4096)
def registered_domain(host: str) -> str | None:
    """The domain that someone registered: shop.example.co.uk → example.co.uk; None for a suffix, an address, a name.

    Names below a hoster's domain (example.github.io) count as registered, as the list has it.
    """
    found = _extract(host.strip(".").lower(), include_psl_private_domains=True)
    return found.top_domain_under_public_suffix or None


@lru_cache(maxsize=4096)
def has_real_suffix(host: str) -> bool:
    """Whether the name ends in a suffix of the list, with something before it."""
    found = _extract(host.strip(".").lower())
    return bool(found.suffix and found.domain)


def host_of(url: str) -> str:
    """The host of a URL in lower case; '' where there is none."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host if len(host) <= MOST_HOST else ""


def domain_of(url: str) -> str | None:
    """The registered domain of a URL's host; the host itself where it is an address or a local name."""
    host = host_of(url)
    return (registered_domain(host) or host) if host else None
