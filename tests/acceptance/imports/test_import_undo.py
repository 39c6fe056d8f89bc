"""import_undo on the whole platform."""

from __future__ import annotations

import aiohttp

from tests import harness


async def test_an_import_is_undone(admin: aiohttp.ClientSession) -> None:
    rows = "".join(f"undo-{n},Shop {n},supermarket,36.{n:03d},-78.9\n" for n in range(100))
    data = f"id,name,category,lat,lon\n{rows}"
    async with admin.post("/api/v1/pois/import?source=undone", data=data) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    await harness.follow(admin, created["jobId"])
    async with admin.post(f"/api/v1/jobs/{created['jobId']}/undo") as response:
        assert response.status == 202, await response.text()
        undo = await response.json()
    job = await harness.follow(admin, undo["jobId"])
    assert (job["status"], job["result"]["removed"], job["result"]["kept"]) == ("completed", 100, 0)
