"""Addresses of pages as people write them, and as they are asked for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from yarl import URL

#: Longest URL that is asked for: what browsers and servers agree on.
MAX_URL = 2083

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d+(?:[/?#]|$))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


class BadUrl(ValueError):
    """What can never be fetched; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL: http or https, no credentials, no fragment, the host in ASCII or an address in its usual form."""

    url: URL
    origin: str
    """Scheme and authority: whose robots.txt rules."""
    host: str
    """Who is asked, whichever the scheme; with the port where that is none of the web's."""

    @classmethod
    def of(cls, url: URL) -> Target:
        name = url.host_subcomponent or ""
        return cls(url, str(url.origin()), name if url.is_default_port() else f"{name}:{url.port}")

    def __str__(self) -> str:
        return str(self.url)


def normalise(text: str) -> str:
    """The URL that `text` means; http where it names no scheme. Raises BadUrl."""
    return str(parse(text))


@lru_cache(maxsize=1024)  # the jobs of a business ask for the same pages
def parse(text: str, base: Target | None = None) -> Target:
    """`text` as a target, relative to `base` if there is one. Raises BadUrl."""
    text = _CONTROL.sub("", text).strip()
    if not text:
        raise BadUrl("is empty")
    if len(text) > MAX_URL:
        raise BadUrl(f"is longer than {MAX_URL} characters")
    if base is None and not _SCHEME.match(text):
        text = f"http://{text.lstrip('/')}"
    # Browsers read \ as / in these schemes; a parser that did not would see another host than they.
    head, mark, tail = text.partition("?")
    try:
        url = URL(head.replace("\\", "/") + mark + tail)
        if base is not None:
            url = base.url.join(url)
        target = Target.of(_checked(url))
    except BadUrl:
        raise
    except (ValueError, UnicodeError, TypeError):
        raise BadUrl("is not a URL") from None
    if len(str(target)) > MAX_URL:  # escapes make it longer
        raise BadUrl(f"is longer than {MAX_URL} characters")
    return target


def _checked(url: URL) -> URL:
    if url.scheme not in ("http", "https"):
        raise BadUrl(f"has the scheme {url.scheme[:20] or 'none'!r}; only http and https are fetched")
    if url.raw_user is not None or url.raw_password is not None:
        raise BadUrl("carries a user name or password")
    if not url.host:
        raise BadUrl("has no host")
    host = _host(url.host)
    if not url.port:
        raise BadUrl("has no usable port")
    checked = url.with_host(host).with_fragment(None)
    return checked.with_path("/", keep_query=True) if checked.raw_path in ("", "/") else checked


def _host(host: str) -> str:
    """In ASCII and lower case; a number in any of its spellings as the address it is. Raises BadUrl."""
    if ":" in host:
        address, _, zone = host.partition("%")
        if zone:
            raise BadUrl("has an IPv6 address with a zone")
        return IPv6Address(address).compressed
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    if not host.isascii():
        host = URL.build(scheme="http", host=host).raw_host or ""
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_ipv4(labels))
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadUrl("has a host that cannot exist")
    return host


def _ipv4(parts: list[str]) -> IPv4Address:
    """A host that ends in a number, as the WHATWG URL Standard (3.5) reads it: 127.1, 0x7f000001 and 017700000001."""
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadUrl("has a host that is no IPv4 address")
    numbers = [_number(part) for part in parts]
    *front, last = numbers
    if any(one > 255 for one in front) or last >= 256 ** (5 - len(numbers)):
        raise BadUrl("has a host that is no IPv4 address")
    return IPv4Address(last + sum(one << (24 - 8 * i) for i, one in enumerate(front)))


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8) if part.startswith("0") else int(part)
    except ValueError:
        raise BadUrl("has a host that is no IPv4 address") from None
