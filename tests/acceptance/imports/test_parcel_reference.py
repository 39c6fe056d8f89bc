"""parcel_reference on the whole platform: parcels that were imported answer questions."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests import harness

OUTLINE = "POLYGON ((-78.9001 36.0001, -78.8999 36.0001, -78.8999 36.0003, -78.9001 36.0003, -78.9001 36.0001))"


async def test_imported_parcels_answer(admin: aiohttp.ClientSession) -> None:
    table = f'apn,situsaddress,scity,sstate,szip,wkt\n1-2-3,4711 Parcel Oak Ln,Durham,NC,27701,"{OUTLINE}"\n'
    async with admin.post("/api/v1/parcels/import", params={"source": "lots"}, data=table) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    await harness.follow(admin, created["jobId"])

    async def indexed() -> dict[str, Any] | None:
        async with admin.get("/api/v1/reference") as response:
            sources = (await response.json())["sources"]
        return next((source for source in sources if source["name"] == "parcels of lots"), None)

    source = await harness.eventually(indexed)
    assert source is not None
    assert (source["kind"], source["rows"], source["coverage"]) == ("parcels", 1, {"27701": 1})
    question = {"address": "4711 Parcel Oak Lane, Durham, NC 27701", "providerId": "local", "useFallback": False}
    async with admin.post("/api/v1/geocode", json=question) as response:
        found = await response.json()
    assert (found["accuracy"], found["evidence"]["basis"]) == ("rooftop", "parcel")
    assert abs(found["latitude"] - 36.0002) < 1e-5
