"""voter_import, from the request to the last household."""

from __future__ import annotations

import gzip

import aiohttp

from tests import harness, registers
from tests.acceptance.conftest import World


async def test_a_register_becomes_voters_and_households(world: World, admin: aiohttp.ClientSession) -> None:
    raw = registers.delimited(
        registers.north_carolina(1_000),
        registers.NORTH_CAROLINA_HEADER,
        delimiter="\t",
        encoding="latin-1",
        quoted=True,
    )
    body = aiohttp.FormData({"county": "Durham"})
    body.add_field("file", gzip.compress(raw), filename="ncvoter32.txt.gz")
    async with admin.post("/api/v1/voters/import", data=body) as response:
        assert response.status == 202
        created = await response.json()
        assert response.headers["Location"] == f"/api/v1/jobs/{created['jobId']}"
    assert (created["success"], created["isNew"], created["profile"]) == (True, True, "north_carolina")
    assert created["estimatedRows"] == 1_000
    job = await harness.follow(admin, created["jobId"])
    result = job["result"]
    assert (job["type"], job["status"], job["totalItems"], job["processedItems"]) == (
        "voter_import", "completed", 1_000, 1_000,
    )  # fmt: skip
    assert (result["inserted"], result["protected"], result["rejected"]) == (1_000, 10, 0)
    assert 450 <= result["householdsCreated"] <= 500
    async with admin.get("/api/v1/households", params={"county": "durham"}) as response:
        assert (await response.json())["total"] == result["householdsCreated"]
    async with admin.get("/api/v1/jobs", params={"type": "import_voters"}) as response:
        assert created["jobId"] in {one["id"] for one in (await response.json())["jobs"]}
