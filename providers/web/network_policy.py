"""The network policy: which addresses may be connected to. Protects internal networks from URLs that users submit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

WEB_PORTS = frozenset({80, 443})
"""The ports that may be connected to at public addresses."""

_IPV4_IN_IPV6 = tuple(IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96"))
"""Forms whose last 32 bits are an IPv4 address, to which the packets go: NAT64 (RFC 6052 and, for local use, RFC 8215)
and IPv4-compatible addresses (RFC 4291). `ipaddress` knows mapped, 6to4 and Teredo addresses."""

_NOT_WEBSITES = (
    IPv4Network("192.88.99.0/24"),
    IPv6Network("3fff::/20"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("168.63.129.16/32"),
)
"""Relays, documentation, protocol assignments (among them Oracle's metadata server) and Azure's host agent: `ipaddress`
calls some of them global, but no website is served from there."""
_IPV6_UNICAST = IPv6Network("2000::/3")
"""All IPv6 addresses that are allocated for use as unicast."""


class ForbiddenAddress(OSError):
    """The address must not be connected to. An OSError, so that connectors pass it on."""


class NetworkPolicy:
    """Allows public addresses on ports 80 and 443, and `allowed_networks` (CIDR) on any port."""

    def __init__(self, allowed_networks: Iterable[str] = ()) -> None:
        self._allowed = tuple(ip_network(text, strict=False) for text in allowed_networks)

    def check(self, address: str, port: int) -> None:
        """Raise ForbiddenAddress if this IP address, IPv6 with or without a zone, must not be connected to."""
        ip = ip_address(address)
        targets = list(_targets(ip))
        if any(
            target.version == network.version and target in network for target in targets for network in self._allowed
        ):
            return
        if not all(map(_is_public, targets)):
            raise ForbiddenAddress(f"{ip} is not a public address")
        if port not in WEB_PORTS:
            raise ForbiddenAddress(f"port {port} is not a web port (80, 443)")


def _is_public(ip: Address) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in network for network in _NOT_WEBSITES):
        return False
    return isinstance(ip, IPv4Address) or ip in _IPV6_UNICAST


def _targets(ip: Address) -> Iterator[Address]:
    """Yield the address, and the IPv4 addresses that it embeds."""
    yield ip
    if isinstance(ip, IPv4Address):
        return
    for embedded in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())):
        if embedded is not None:
            yield embedded
    if any(ip in network for network in _IPV4_IN_IPV6):
        yield IPv4Address(int(ip) & 0xFFFFFFFF)
