"""A long job continues where it stopped, whatever process ends: every household once, and no repeated request."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from datetime import UTC, datetime

from tests import harness
from tests.acceptance.conftest import Place
from tests.acceptance.geocoding.loaded import Account, Json, account, addresses, create, household, load

HOUSEHOLDS = 250
LATENCY = 0.2
"""Seconds per request to the geocoder: with twenty requests at a time, three seconds for the whole job."""


@dataclass(frozen=True)
class Underway:
    """A job that has done part of its work."""

    precinct: str
    job_id: str
    interrupted_at: datetime
    asked: int
    """Queries that the geocoder had got by then."""


async def begin(place: Place, precinct: str) -> Underway:
    """Create a job that takes some seconds, and return when it has committed a part of its work."""
    await place.nominatim.behave(latency=LATENCY)
    async with harness.session(place.up.url, harness.ADMIN_KEY) as client:
        await load(client, precinct, [household(one) for one in addresses(HOUSEHOLDS)])
        job_id = await create(client, precinct)

        async def halfway() -> bool:
            async with client.get(f"/api/v1/jobs/{job_id}") as response:
                job: Json = await response.json()
            assert job["completedAt"] is None
            return bool(0 < job["processedItems"] < HOUSEHOLDS)

        await harness.eventually(halfway)
    interrupted_at = datetime.now(UTC)
    return Underway(precinct, job_id, interrupted_at, len(await place.nominatim.queries()))


async def end_well(place: Place, underway: Underway) -> Account:
    """Follow the job to its end; nothing is lost, counted twice, or requested again after it was committed."""
    async with harness.session(place.up.url, harness.ADMIN_KEY) as client:
        job = await harness.follow(client, underway.job_id)
        assert (job["status"], job["attempt"]) == ("completed", 1)
        done = await account(client, underway.precinct, job)
    assert len(done.found) == 1 and done.found["nominatim", "rooftop"] == HOUSEHOLDS
    before = [one for one in done.households.values() if _time(one) < underway.interrupted_at]
    assert 0 < len(before) < HOUSEHOLDS
    asked_since = (await place.nominatim.queries())[underway.asked :]
    again = {(query["street"], query["city"]) for query in asked_since}
    assert again < {(one["address"], one["city"]) for one in done.households.values()}
    assert not again & {(one["address"], one["city"]) for one in before}
    return done


def _time(household: Json) -> datetime:
    return datetime.fromisoformat(household["geocodedAt"])


async def test_ctrl_c_ends_everything_and_the_next_start_continues(place: Place) -> None:
    underway = await begin(place, "ctrl-c")
    place.up.send(signal.SIGINT)
    assert place.up.wait() == 0
    place.up.start()
    await end_well(place, underway)


async def test_a_killed_worker_is_started_again_and_its_job_rescued(place: Place) -> None:
    underway = await begin(place, "worker")
    worker = place.up.pid_of("arq")
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    await end_well(place, underway)
    assert "worker was ended by SIGKILL; restarting" in place.up.log
    assert place.up.pid_of("arq") not in (None, worker)


async def test_up_itself_may_be_killed(place: Place) -> None:
    underway = await begin(place, "up")
    place.up.send(signal.SIGKILL)
    assert place.up.wait() == -signal.SIGKILL
    place.up.start()
    await end_well(place, underway)
