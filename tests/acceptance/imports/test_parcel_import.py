"""parcel_import on the whole platform."""

from __future__ import annotations

import aiohttp

from tests import harness, registers


async def test_parcels_are_imported_and_once(admin: aiohttp.ClientSession) -> None:
    raw = registers.collection(
        [*(registers.parcel(n) for n in range(500)), registers.parcel(500, geometry={"type": "?"})]
    )
    for inserted in (500, 0):
        async with admin.post("/api/v1/parcels/import", data=raw) as response:
            assert response.status == 202, await response.text()
            created = await response.json()
        assert created["estimatedRows"] == 501
        job = await harness.follow(admin, created["jobId"])
        result = job["result"]
        assert (job["status"], job["failedItems"], result["inserted"]) == ("completed", 1, inserted)
        assert result["inserted"] + result["unchanged"] == 500
