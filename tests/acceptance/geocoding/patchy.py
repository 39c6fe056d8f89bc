"""A stand-in Nominatim whose map lacks whole states: `python -m tests.acceptance.geocoding.patchy VT`.

Without it nothing would be known to the next geocoder of the chain that Nominatim does not know.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from aiohttp import web

from providers.geocoding.confidence import state
from tests.servers.nominatim import NominatimStandIn
from tests.servers.standin import json_response


class PatchyNominatim(NominatimStandIn):
    """Finds nothing if the query names one of the missing states."""

    def __init__(self, missing: frozenset[str]) -> None:
        super().__init__()
        self._missing = missing

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        return json_response([]) if state(params.get("state", "")) in self._missing else super().look_up(params)


async def serve(missing: frozenset[str]) -> None:
    """Print the URL and serve until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with PatchyNominatim(missing) as server:
        print(server.url, flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(frozenset(map(state, sys.argv[1:]))))
