"""poi_import on the whole platform."""

from __future__ import annotations

import aiohttp

from tests import harness


async def test_points_are_imported(admin: aiohttp.ClientSession) -> None:
    rows = "".join(f"{n},Shop {n},supermarket,36.{n:03d},-78.9\n" for n in range(100))
    async with admin.post(
        "/api/v1/pois/import", data=f"id,name,category,lat,lon\n{rows}101,Nowhere,cafe,,\n"
    ) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    job = await harness.follow(admin, created["jobId"])
    assert (job["status"], job["result"]["inserted"], job["result"]["rejected"]) == ("completed", 100, 1)
    async with admin.get(f"/api/v1/jobs/{created['jobId']}/rejected.csv") as response:
        assert (await response.text()).splitlines()[1].startswith("101,Nowhere,cafe,,,bad_coordinates,")
