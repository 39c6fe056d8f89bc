"""Hosts and registered domains, by the Public Suffix List that is bundled with `tldextract`."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

import tldextract

_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

MAX_HOST_CHARACTERS = 253
"""The longest host name (RFC 1035, 2.3.4)."""


@lru_cache(maxsize=4096)
def registered_domain(host: str) -> str | None:
    """Return the registered domain: shop.example.co.uk → example.co.uk; None for a suffix, an IP address, a local name.

    Names below the domain of a hosting provider (example.github.io) count as registered, as the list says.
    """
    extracted = _extract(host.strip(".").lower(), include_psl_private_domains=True)
    return extracted.top_domain_under_public_suffix or None


@lru_cache(maxsize=4096)
def has_real_suffix(host: str) -> bool:
    """Return whether the name ends in a suffix of the list, with a label before it."""
    extracted = _extract(host.strip(".").lower())
    return bool(extracted.suffix and extracted.domain)


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, an empty string if there is none."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host if len(host) <= MAX_HOST_CHARACTERS else ""


def domain_of(url: str) -> str | None:
    """Return the registered domain of a URL; the host itself if it is an IP address or a local name."""
    host = host_of(url)
    return (registered_domain(host) or host) if host else None
