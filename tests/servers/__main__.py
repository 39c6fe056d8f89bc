"""Runs stand-ins as a process, until SIGTERM or SIGINT.

`python -m tests.servers --nominatim --port 0 --latency 0.05 --limit 20` runs one and prints its URL.
`python -m tests.servers --all --seed 1 --limits nominatim=20,census=50 --faults "5xx=0.2,hang=0.05"` runs all of them
(or those of `--only`), each on a port of its own, and prints a JSON object of their URLs by name. Faults are drawn at
random from one seed; each stand-in enforces its limit, and tells at `/_stand-in` how often it was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import zlib
from contextlib import AsyncExitStack

from tests.servers.addresses import address_book
from tests.servers.everyone import STAND_INS
from tests.servers.standin import KEY, Fault, Mix, StandIn

#: What `--faults` calls the faults; burst429 is a burst of refusals.
FAULTS = {
    "5xx": Fault.SERVER_ERROR,
    "hang": Fault.HANG,
    "slow": Fault.SLOW,
    "garbage": Fault.GARBAGE,
    "cut-off": Fault.CUT_OFF,
    "reset": Fault.RESET,
}
BURSTS = "burst429"


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description="Stand-ins for providers.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="every provider; prints JSON {name: url}")
    which.add_argument("--nominatim", action="store_const", const="nominatim", dest="one")
    which.add_argument("--locationiq", action="store_const", const="locationiq", dest="one")
    parser.add_argument("--only", type=_names, help="with --all: these providers, separated by commas")
    parser.add_argument("--port", type=int, default=0, help="of a single one; 0: any free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--limit", type=int, help="requests in any second; those beyond get a 429 and are counted")
    parser.add_argument("--limits", type=_limits, default={}, help="the same for some: NAME=LIMIT,…")
    parser.add_argument("--fault", type=Fault, choices=list(Fault), help="fail this way from the start")
    parser.add_argument("--times", type=int, help="fail so many times only")
    parser.add_argument("--faults", type=_mix, help=f"at random: NAME=PROBABILITY,… of {', '.join(FAULTS)}, {BURSTS}")
    parser.add_argument("--faulty", type=_names, help="the providers that --faults are for; by default all")
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument("--key", default=KEY, help="the key that those with keys accept")
    asyncio.run(_serve(parser.parse_args()))


def _names(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in STAND_INS:
            raise argparse.ArgumentTypeError(f"no stand-in is named {name!r}; there are {', '.join(STAND_INS)}")
    return names


def _limits(text: str) -> dict[str, int]:
    pairs = [pair.split("=", 1) for pair in text.split(",")]
    return {_names(name)[0]: int(limit) for name, limit in pairs}


def _mix(text: str) -> Mix:
    shares = {name: float(share) for name, share in (pair.split("=", 1) for pair in text.split(","))}
    bursts = shares.pop(BURSTS, 0.0)
    for name in shares:
        if name not in FAULTS:
            raise argparse.ArgumentTypeError(f"no fault is named {name!r}; there are {', '.join(FAULTS)}, {BURSTS}")
    return Mix({FAULTS[name]: share for name, share in shares.items()}, bursts)


async def _serve(arguments: argparse.Namespace) -> None:
    names = [arguments.one] if arguments.one else arguments.only or list(STAND_INS)
    address_book()  # now, not at the first request, which would come late to the limit's count and those after it too
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(_stand_in(name, arguments)) for name in names}
        urls = {name: server.url for name, server in servers.items()}
        print(urls[arguments.one] if arguments.one else json.dumps(urls), flush=True)
        await stopped.wait()


def _stand_in(name: str, arguments: argparse.Namespace) -> StandIn:
    limit = arguments.limits.get(name, arguments.limit)
    port = arguments.port if arguments.one else 0
    server = STAND_INS[name](arguments.latency, limit, port, arguments.key)
    server.fail(arguments.fault, arguments.times)
    if arguments.faults and (arguments.faulty is None or name in arguments.faulty):
        # Of the name too, so that one provider's faults do not depend on who else runs.
        server.fail_at_random(arguments.faults, arguments.seed ^ zlib.crc32(name.encode()))
    return server


if __name__ == "__main__":
    main()
