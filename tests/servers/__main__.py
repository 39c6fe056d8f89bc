"""Runs a stand-in as a process: `python -m tests.servers --nominatim --port 0 --latency 0.05 --limit 20`.

Prints its URL and serves until SIGTERM or SIGINT. Faults are set at the start or later, by POST to `/_stand-in`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.servers.locationiq import KEY, LocationIQStandIn
from tests.servers.nominatim import NominatimStandIn
from tests.servers.standin import Fault, StandIn


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description="A provider's stand-in.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--nominatim", action="store_true")
    which.add_argument("--locationiq", action="store_true")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--limit", type=int, help="requests in any second; those beyond get a 429 and are counted")
    parser.add_argument("--fault", type=Fault, choices=list(Fault), help="fail this way from the start")
    parser.add_argument("--times", type=int, help="fail so many times only")
    parser.add_argument("--key", default=KEY, help="the key that LocationIQ accepts")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> None:
    server: StandIn
    if arguments.nominatim:
        server = NominatimStandIn(arguments.latency, arguments.limit, arguments.port)
    else:
        server = LocationIQStandIn(arguments.latency, arguments.limit, arguments.port, arguments.key)
    server.fail(arguments.fault, arguments.times)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with server:
        print(server.url, flush=True)
        await stopped.wait()


if __name__ == "__main__":
    main()
