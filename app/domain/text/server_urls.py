"""URLs of servers: `scheme://user:password@host:port,host:port/path?name=value`.

The same function reads every URL, for whichever client, so that all of them understand it alike and no message ever
shows what is secret in one. Passwords may contain any character, percent-encoded or not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

MAX_CHARACTERS = 4_000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")
_HOST = r"(?:\[[0-9A-Fa-f:.%]*\]|[A-Za-z0-9._~%-]*)(?::[0-9]{0,5})?"
_HOSTS = re.compile(rf"{_HOST}(?:,{_HOST})*")
_PATH = re.compile(r"[^?@]*")
_OPTIONS = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_.-]*=[^&]*(?:&|$))*")


@dataclass(frozen=True)
class ServerUrl:
    """The parts of a server's URL, decoded. Only `str()` of it may be shown."""

    scheme: str
    hosts: tuple[tuple[str, int | None], ...]
    """Names or addresses, each with its port; empty if the URL names none."""
    path: str
    """What follows the hosts, with its slash."""
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        """Return the URL without the user, the password and the options."""
        hosts = ",".join(host + ("" if port is None else f":{port}") for host, port in map(_bracketed, self.hosts))
        return f"{self.scheme}://{hosts}{self.path}"


def _bracketed(address: tuple[str, int | None]) -> tuple[str, int | None]:
    host, port = address
    return (f"[{host}]" if ":" in host else host), port


def parse_server_url(url: str) -> ServerUrl:
    """Read a server's URL. Raises ValueError, with a text that shows nothing of the URL.

    The host follows the first `@` after which everything has the form of hosts, path and options: a password may
    contain `@`, `/`, `?`, `#` and `:` as they are. `%` before two hexadecimal digits encodes a character.
    """
    if len(url) > MAX_CHARACTERS:
        raise ValueError(f"is longer than {MAX_CHARACTERS:,} characters")
    begin = _SCHEME.match(url)
    if not begin:
        raise ValueError("must begin with a scheme, such as postgresql:// or redis://")
    rest = url[begin.end() :]
    places = [0, *(place + 1 for place, character in enumerate(rest) if character == "@")]
    for place in places:
        if (parts := _split_after_user(rest[place:])) is not None:
            hosts, path, options = parts
            user, colon, password = rest[: max(0, place - 1)].partition(":")
            return ServerUrl(
                begin[1].lower(),
                hosts,
                unquote(path),
                unquote(user) or None,
                unquote(password) if colon else None,
                options,
            )
    raise ValueError("must have the form scheme://user:password@host:port/name?option=value")


def _split_after_user(text: str) -> tuple[tuple[tuple[str, int | None], ...], str, dict[str, str]] | None:
    """Return hosts, path and options; None if the text has another form."""
    found = _HOSTS.match(text)
    hosts = found[0] if found else ""
    path, mark, query = text[len(hosts) :].partition("?")
    if (path and path[0] != "/") or not _PATH.fullmatch(path) or not _OPTIONS.fullmatch(query):
        return None
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    options = {name: unquote(value) for name, _, value in pairs}
    addresses = tuple(_address(host) for host in hosts.split(",")) if hosts else ()
    return (addresses, path, options) if all(port is None or port < 65536 for _, port in addresses) else None


def _address(text: str) -> tuple[str, int | None]:
    host, port = text, ""
    if text.endswith("]"):
        host = text
    elif ":" in text:
        host, _, port = text.rpartition(":")
    return unquote(host.removeprefix("[").removesuffix("]")), int(port) if port else None


def mask_url(url: str) -> str:
    """Return a server's URL without anything secret, whatever its form."""
    try:
        return str(parse_server_url(url))
    except ValueError:
        begin = _SCHEME.match(url)
        return f"{begin[1].lower() if begin else 'unknown'}://…"
