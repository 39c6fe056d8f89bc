"""reference_import on the whole platform."""

from __future__ import annotations

import aiohttp

from tests import harness


async def test_addresses_are_imported(admin: aiohttp.ClientSession) -> None:
    rows = "".join(f"{n},Sample St,Springfield,NC,27999,36.{n:03d},-78.9\n" for n in range(100, 200))
    async with admin.post(
        "/api/v1/reference/import",
        params={"source": "acceptance"},
        data=f"number,street,city,state,zip,lat,lon\n{rows}1,Nowhere St,Springfield,NC,27999,,\n",
    ) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    job = await harness.follow(admin, created["jobId"])
    assert (job["status"], job["result"]["inserted"], job["result"]["rejected"]) == ("completed", 100, 1)
    async with admin.get("/api/v1/reference") as response:
        [source] = [one for one in (await response.json())["sources"] if one["name"] == "acceptance"]
    assert source["coverage"] == {"27999": 100}
