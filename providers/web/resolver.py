"""DNS resolution under the network policy. A connection is made to the address that was checked, not to a later one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from providers.web.network_policy import ForbiddenAddress, NetworkPolicy

Lookup = Callable[[str], Awaitable[Sequence[tuple[socket.AddressFamily, str]]]]
"""Returns the addresses of a host name as (family, address) pairs. Raises OSError if there are none."""

MAX_LOOKUPS = 32
"""Concurrent lookups, in threads of their own: a dead name server blocks a thread until the system's timeout."""


class CheckedResolver(AbstractResolver):
    """Refuses a host name if any of its addresses is forbidden, because the connector may pick any of them."""

    def __init__(self, policy: NetworkPolicy, lookup: Lookup | None = None) -> None:
        self._policy = policy
        self._threads = ThreadPoolExecutor(MAX_LOOKUPS, "dns")
        self._lookup = lookup or self._lookup_with_system

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """See AbstractResolver. Raises ForbiddenAddress."""
        found = await self._lookup(host)
        answers = [(kind, address) for kind, address in found if family in (socket.AF_UNSPEC, kind)]
        for _, address in answers:
            self._policy.check(address, port)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in answers
        ]

    async def close(self) -> None:
        """See AbstractResolver."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _lookup_with_system(self, host: str) -> list[tuple[socket.AddressFamily, str]]:
        def lookup() -> list[tuple[socket.AddressFamily, str]]:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
            return [(family, str(address[0])) for family, _, _, _, address in found]

        return await asyncio.get_running_loop().run_in_executor(self._threads, lookup)


def checked_socket(policy: NetworkPolicy) -> Callable[[AddrInfoType], socket.socket]:
    """Return a socket factory that checks each address again, also those that need no resolver.

    The factory raises ForbiddenAddress.
    """

    def make_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        if family not in (socket.AF_INET, socket.AF_INET6):
            raise ForbiddenAddress("is not an internet address")
        policy.check(str(address[0]), int(address[1]))
        return socket.socket(family, kind, protocol)

    return make_socket
