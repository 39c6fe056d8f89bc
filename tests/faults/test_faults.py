"""The short run: each fault once, two per round, on one fleet of real processes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults import matrix
from tests.faults.faults import FAULTS
from tests.faults.fleet import Fleet
from tests.faults.rounds import furnish, play
from tests.faults.workload import Load

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOAD = Load(jobs=60, households=500, seconds=1.0)
NAMES = list(FAULTS)
HALF = len(NAMES) // 2
ROUNDS = [(first, second) for first, second in zip(NAMES[:HALF], NAMES[HALF:], strict=True)]
"""One of a process with one of a server, as they are declared."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    fleet = Fleet(tmp_path_factory.mktemp("faults"), lease=2.0, grace=1.0)
    try:
        await fleet.open()
        await furnish(fleet, LOAD.households)
        yield fleet
    finally:
        await fleet.close()


@pytest.mark.parametrize(("seed", "faults"), list(enumerate(ROUNDS)), ids=[" + ".join(pair) for pair in ROUNDS])
async def test_nothing_is_lost_and_nothing_done_twice(fleet: Fleet, seed: int, faults: tuple[str, str]) -> None:
    played = await play(fleet, seed, faults, LOAD, long=False)
    assert not played.findings, matrix.line(played)
