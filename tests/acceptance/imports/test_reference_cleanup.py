"""reference_cleanup on the whole platform."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests import harness


async def test_removed_data_are_deleted(admin: aiohttp.ClientSession) -> None:
    async with admin.post(
        "/api/v1/reference/import",
        params={"source": "to be removed"},
        data="number,street,city,state,zip,lat,lon\n12,Sample St,Springfield,NC,27998,36.1,-78.9\n",
    ) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    await harness.follow(admin, created["jobId"])
    async with admin.get("/api/v1/reference") as response:
        [source] = [one for one in (await response.json())["sources"] if one["name"] == "to be removed"]
    async with admin.delete(f"/api/v1/reference/{source['id']}") as response:
        assert response.status == 204

    async def cleaned() -> dict[str, Any] | None:
        async with admin.get("/api/v1/jobs", params={"type": "reference_cleanup"}) as response:
            found = await response.json()
        return next((job for job in found["jobs"] if (job.get("result") or {}).get("streets")), None)

    job = await harness.eventually(cleaned)
    assert job is not None
    assert job["status"] == "completed"
