"""Several `trigpoint up` on one machine."""

from __future__ import annotations

import subprocess

from tests import harness
from tests.acceptance.commands import START_SECONDS, TRIGPOINT, environment
from tests.acceptance.conftest import Place, World
from tests.acceptance.geocoding.loaded import addresses, geocode, household, load
from tests.processes import ROOT


async def test_two_installations_on_one_machine_are_separate(world: World, place: Place) -> None:
    await world.nominatim.behave()
    await place.nominatim.behave()
    totals = []
    for up in (world.up, place.up):
        async with harness.session(up.url, harness.ADMIN_KEY) as client:
            async with client.get("/api/v1/households") as response:
                before = (await response.json())["total"]
            await load(client, "neighbours", [household(one) for one in addresses(5, within="CA")])
            async with client.get("/api/v1/households") as response:
                totals.append((await response.json())["total"] - before)
    assert totals == [5, 5], "what one loaded was there for the other"
    for up, provider in ((world.up, world.nominatim), (place.up, place.nominatim)):
        asked = len(await provider.queries())
        async with harness.session(up.url, harness.ADMIN_KEY) as client:
            done = await geocode(client, "neighbours")
            async with client.get(f"/api/v1/jobs/{done.job['id']}") as response:
                assert response.status == 200
        other = place.up if up is world.up else world.up
        async with (
            harness.session(other.url, harness.ADMIN_KEY) as client,
            client.get(f"/api/v1/jobs/{done.job['id']}") as response,
        ):
            assert response.status == 404
        assert len(await provider.queries()) == asked + 5


def test_a_second_up_on_the_same_data_is_refused(world: World) -> None:
    argv = [TRIGPOINT, "up", "--port", "0", "--data-dir", str(world.up.data_dir)]
    second = subprocess.run(
        argv, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert second.returncode == 1
    assert "is in use by another trigpoint up (pid " in second.stderr
    assert "Traceback" not in second.stderr
