"""The long form: `python -m tests.faults --rounds 200 [--seed N] [--matrix FILE]`; FAULT_SEED in the environment plays
one round again. Exits with 1 where anything was found.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import matrix
from tests.faults.fleet import Fleet
from tests.faults.rounds import Round, furnish, plan, play
from tests.faults.workload import Load

LOAD = Load(jobs=300, households=10_000, seconds=2.5)


async def main(seeds: range, folder: Path, rounds: list[Round]) -> None:
    """Play a round for each seed and print it."""
    fleet = Fleet(folder, lease=3.0, grace=2.0)
    try:
        await fleet.open()
        await furnish(fleet, LOAD.households)
        for seed in seeds:
            rounds.append(await play(fleet, seed, plan(seed), LOAD, long=True))
            print(matrix.line(rounds[-1]), flush=True)
    finally:
        await fleet.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None, help="of the first round; the next ones count on")
    parser.add_argument("--matrix", type=Path, default=None, help="file to write the matrix to")
    options = parser.parse_args()
    replay = os.environ.get("FAULT_SEED")
    first = int(replay) if replay else options.seed if options.seed is not None else int(time.time())
    place = Path(tempfile.mkdtemp(prefix="trigpoint-faults-"))
    rounds: list[Round] = []
    try:
        asyncio.run(main(range(first, first + (1 if replay else options.rounds)), place, rounds))
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if rounds:
            text = matrix.table(rounds)
            print(f"\n{text}", flush=True)
            if options.matrix:
                options.matrix.write_text(text)
        print(f"The processes' logs are in {place}", file=sys.stderr)
    if any(one.findings for one in rounds):
        sys.exit(1)
    shutil.rmtree(place)
