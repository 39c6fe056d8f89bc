"""URLs: normalised from what people and pages write, and checked before anything is fetched."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from yarl import URL

MAX_URL_CHARACTERS = 2083
"""The length that all browsers and servers support."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d+(?:[/?#]|$))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


class BadUrl(ValueError):
    """A URL that can never be fetched. The message says why and reads after "the URL"."""


@dataclass(frozen=True, slots=True)
class HttpUrl:
    """A checked URL: http or https, without credentials and fragment, its host in ASCII or an IP address."""

    url: URL
    origin: str
    """Scheme, host and port: the scope of a robots.txt."""
    host: str
    """The host, with the port if that is not the default: the scope of turns, whichever the scheme."""

    @classmethod
    def from_yarl(cls, url: URL) -> HttpUrl:
        """Return a URL that was checked already, with its origin and host."""
        name = url.host_subcomponent or ""
        return cls(url, str(url.origin()), name if url.is_default_port() else f"{name}:{url.port}")

    def __str__(self) -> str:
        return str(self.url)


def other_addresses(url: HttpUrl) -> list[HttpUrl]:
    """Return the addresses at which a site that does not answer at `url` may be: with https, with or without www."""
    host = url.url.host or ""
    bare = host.removeprefix("www.")
    is_name = "." in bare and not _NUMBER.fullmatch(bare.rpartition(".")[2])
    hosts = [host, *([bare if host != bare else f"www.{host}"] if is_name else [])]
    schemes = ["http", "https"] if url.url.scheme == "http" and url.url.is_default_port() else [url.url.scheme]
    others = []
    for name in hosts:
        for scheme in schemes:
            changed = url.url.with_host(name)
            changed = changed if scheme == url.url.scheme else changed.with_scheme(scheme).with_port(None)
            others.append(HttpUrl.from_yarl(changed))
    return [other for other in others if other != url and len(str(other)) <= MAX_URL_CHARACTERS]


def normalise_url(text: str) -> str:
    """Return `text` as a URL, with the scheme http if it has none. Raises BadUrl."""
    return str(parse_url(text))


@lru_cache(maxsize=1024)  # the jobs of a business fetch the same pages
def parse_url(text: str, base: HttpUrl | None = None) -> HttpUrl:
    """Parse and check a URL, relative to `base` if given. Raises BadUrl."""
    text = _CONTROL.sub("", text).strip()
    if not text:
        raise BadUrl("is empty")
    if len(text) > MAX_URL_CHARACTERS:
        raise BadUrl(f"is longer than {MAX_URL_CHARACTERS} characters")
    if base is None and not _SCHEME.match(text):
        text = f"http://{text.lstrip('/')}"
    # Browsers treat \ as / in these schemes; a parser that does not would see another host.
    head, mark, tail = text.partition("?")
    try:
        url = URL(head.replace("\\", "/") + mark + tail)
        if base is not None:
            url = base.url.join(url)
        checked = HttpUrl.from_yarl(_checked(url))
    except BadUrl:
        raise
    except (ValueError, UnicodeError, TypeError):
        raise BadUrl("is not a URL") from None
    if len(str(checked)) > MAX_URL_CHARACTERS:  # escaping makes it longer
        raise BadUrl(f"is longer than {MAX_URL_CHARACTERS} characters")
    return checked


def _checked(url: URL) -> URL:
    if url.scheme not in ("http", "https"):
        raise BadUrl(f"has the scheme {url.scheme[:20] or 'none'!r}; only http and https are fetched")
    if url.raw_user is not None or url.raw_password is not None:
        raise BadUrl("contains a user name or password")
    if not url.host:
        raise BadUrl("has no host")
    host = _host(url.host)
    if not url.port:
        raise BadUrl("has no usable port")
    checked = url.with_host(host).with_fragment(None)
    return checked.with_path("/", keep_query=True) if checked.raw_path in ("", "/") else checked


def _host(host: str) -> str:
    """Return the host in ASCII and lower case, a number in any notation as an IPv4 address. Raises BadUrl."""
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
    """Parse a host that ends in a number as in the WHATWG URL Standard (3.5): 127.1, 0x7f000001, 017700000001."""
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadUrl("has a host that is not a valid IPv4 address")
    numbers = [_number(part) for part in parts]
    *front, last = numbers
    if any(number > 255 for number in front) or last >= 256 ** (5 - len(numbers)):
        raise BadUrl("has a host that is not a valid IPv4 address")
    return IPv4Address(last + sum(number << (24 - 8 * i) for i, number in enumerate(front)))


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8) if part.startswith("0") else int(part)
    except ValueError:
        raise BadUrl("has a host that is not a valid IPv4 address") from None
