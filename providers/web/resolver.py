"""Names to addresses, checked: what is answered here is what is connected to, so a name cannot change in between."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from providers.web.network_policy import Reach, Refused

#: Asks for the addresses of a name: (family, address) pairs, or OSError.
Lookup = Callable[[str], Awaitable[Sequence[tuple[socket.AddressFamily, str]]]]

#: Look-ups under way at once; a dead name server holds a thread for its whole time-out, and not one of other work.
THREADS = 32


class CheckedResolver(AbstractResolver):
    """Refuses a name when any of its addresses may not be reached: which one is dialled is nobody's choice."""

    def __init__(self, reach: Reach, lookup: Lookup | None = None) -> None:
        self._reach = reach
        self._threads = ThreadPoolExecutor(THREADS, "dns")
        self._lookup = lookup or self._ask_system

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """See AbstractResolver. Raises Refused."""
        answers = [one for one in await self._lookup(host) if family in (socket.AF_UNSPEC, one[0])]
        for _, address in answers:
            self._reach.check(address, port)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in answers
        ]

    async def close(self) -> None:
        """See AbstractResolver."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask_system(self, host: str) -> list[tuple[socket.AddressFamily, str]]:
        def ask() -> list[tuple[socket.AddressFamily, str]]:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
            return [(family, str(address[0])) for family, _, _, _, address in found]

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


def checked_socket(reach: Reach) -> Callable[[AddrInfoType], socket.socket]:
    """A maker of sockets that looks at the address once more: the last gate, which literals pass too."""

    def make(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        if family not in (socket.AF_INET, socket.AF_INET6):
            raise Refused("is no address of the internet")
        reach.check(str(address[0]), int(address[1]))
        return socket.socket(family, kind, protocol)

    return make
