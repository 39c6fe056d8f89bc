"""Which addresses may be reached: public ones on the web's ports, and networks that the operator allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: The only ports of public addresses.
WEB_PORTS = frozenset({80, 443})

#: IPv6 forms that carry an IPv4 address in their last 32 bits, which is where the packets go: NAT64 (RFC 6052; RFC 8215
#: for local use) and the IPv4-compatible form (RFC 4291). Mapped, 6to4 and Teredo ones are known to `ipaddress`.
_CARRIERS = tuple(IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96"))

#: What the registries call global or say nothing of, and nobody serves a website from: relays, documentation.
_USELESS = (IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))
#: All that is given out for use as IPv6 unicast.
_UNICAST = IPv6Network("2000::/3")


class Refused(OSError):
    """The address is none that may be reached. An OSError, so that it passes through connectors as one."""


class Reach:
    """What may be connected to. `allow` are networks (CIDR) that are let through on any port."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allow = tuple(ip_network(text, strict=False) for text in allow)

    def check(self, address: str, port: int) -> None:
        """Raises Refused for an address (IPv6 with or without a zone) and port that may not be reached."""
        ip = ip_address(address)
        if any(one.version == network.version and one in network for one in _faces(ip) for network in self._allow):
            return
        for one in _faces(ip):
            if not _is_public(one):
                raise Refused(f"{ip} is not a public address")
        if port not in WEB_PORTS:
            raise Refused(f"port {port} is none of the web's")


def _is_public(ip: Address) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in network for network in _USELESS):
        return False
    return isinstance(ip, IPv4Address) or ip in _UNICAST


def _faces(ip: Address) -> Iterator[Address]:
    """The address, and those of IPv4 that it stands for."""
    yield ip
    if isinstance(ip, IPv4Address):
        return
    for one in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())):
        if one is not None:
            yield one
    if any(ip in network for network in _CARRIERS):
        yield IPv4Address(int(ip) & 0xFFFFFFFF)
