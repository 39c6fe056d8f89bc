"""Imports whose workers are killed repeatedly: the tables end up as after an undisturbed run."""

from __future__ import annotations

import io
import os
import signal

import aiohttp

from tests import harness, registers
from tests.acceptance.conftest import Place
from tests.acceptance.geocoding.loaded import Json

ROWS = 60_000
SHOPS = 10_000
KILLS = 2


async def send(client: aiohttp.ClientSession, what: str, raw: bytes) -> str:
    async with client.post(f"/api/v1/{what}/import", data=io.BytesIO(raw)) as response:
        assert response.status == 202, await response.text()
        return str((await response.json())["jobId"])


async def disturbed(place: Place, client: aiohttp.ClientSession, what: str, raw: bytes, rows: int) -> Json:
    """Return the result of an import of this many rows whose worker is killed twice, each time after some progress."""
    job_id, job = await send(client, what, raw), dict[str, object]()
    for _ in range(KILLS):
        worker, job = await further(place, client, job_id, job)
        os.kill(worker, signal.SIGKILL)
    done = await harness.follow(client, job_id)
    assert (done["status"], done["attempt"]) == ("completed", 1)
    assert (done["totalItems"], done["processedItems"], done["failedItems"]) == (rows, rows, 0)
    result: Json = done["result"]
    return result


async def test_a_killed_import_continues_from_its_checkpoint(place: Place) -> None:
    raw = registers.table([registers.voter(number) for number in range(ROWS)])
    async with harness.session(place.up.url, harness.ADMIN_KEY) as client:
        result = await disturbed(place, client, "voters", raw, ROWS)
        assert (result["read"], result["inserted"]) == (ROWS, ROWS)
        assert result["householdsCreated"] == len({home(number) for number in range(0, ROWS, 2)})

        again = (await harness.follow(client, await send(client, "voters", raw)))["result"]
        assert (again["unchanged"], again["inserted"], again["updated"], again["householdsCreated"]) == (ROWS, 0, 0, 0)


async def test_killed_with_businesses_it_makes_each_and_its_jobs_once(place: Place) -> None:
    shops = [{"id": str(n), "name": f"Shop {n}", "website": f"shop{n}.example"} for n in range(SHOPS)]
    raw = registers.table(shops)
    async with harness.session(place.up.url, harness.ADMIN_KEY) as client:
        async with client.post("/api/v1/queues/websites/pause") as response:  # their sites do not exist
            assert response.status == 200, await response.text()
        result = await disturbed(place, client, "businesses", raw, SHOPS)
        assert (result["read"], result["inserted"], result["jobsCreated"]) == (SHOPS, SHOPS, 3 * SHOPS)
        async with client.get("/api/v1/businesses?limit=1") as response:
            assert (await response.json())["total"] == SHOPS
        async with client.get("/api/v1/jobs?queue=websites&limit=1") as response:
            assert (await response.json())["total"] == 3 * SHOPS
        again = (await harness.follow(client, await send(client, "businesses", raw)))["result"]
        assert (again["unchanged"], again["inserted"], again["jobsCreated"]) == (SHOPS, 0, 0)


def home(number: int) -> tuple[str, str]:
    """Return the parts of a voter's address that identify the household."""
    voter = registers.voter(number)
    return voter["address"], voter["zip"]


async def further(place: Place, client: aiohttp.ClientSession, job_id: str, job: Json) -> tuple[int, Json]:
    """Wait until the job has made progress. Returns the pid of its worker, and the job."""

    async def gone_on() -> tuple[int, Json] | None:
        async with client.get(f"/api/v1/jobs/{job_id}") as response:
            seen: Json = await response.json()
        assert seen["completedAt"] is None, "it was over before it could be disturbed"
        worker = place.up.pid_of("arq")
        return (worker, seen) if worker and seen["processedItems"] > job.get("processedItems", 0) else None

    found = await harness.eventually(gone_on)
    assert found is not None
    return found


async def test_killed_reference_data_answer_as_a_whole_or_not_at_all(place: Place) -> None:
    def table(rows: int, latitude: float) -> bytes:
        lines = (f"{n},Recovery St {n % 50},Durham,NC,27701,{latitude},-78.9" for n in range(1, rows + 1))
        return "\n".join(["number,street,city,state,zip,lat,lon", *lines]).encode()

    async with harness.session(place.up.url, harness.ADMIN_KEY) as client:

        async def rows_that_answer() -> int:
            async with client.get("/api/v1/reference") as response:
                sources = (await response.json())["sources"]
            return sum(source["rows"] for source in sources if source["name"] == "recovery")

        async def replace(rows: int, latitude: float) -> str:
            body = io.BytesIO(table(rows, latitude))
            async with client.post("/api/v1/reference/import", params={"source": "recovery"}, data=body) as response:
                assert response.status == 202, await response.text()
                return str((await response.json())["jobId"])

        await harness.follow(client, await replace(1_000, 36.0), within=60)
        assert await rows_that_answer() == 1_000
        job_id, job = await replace(200_000, 37.0), dict[str, object]()
        for _ in range(KILLS):
            worker, job = await further(place, client, job_id, job)
            os.kill(worker, signal.SIGKILL)
            assert await rows_that_answer() in (1_000, 200_000)
        done = await harness.follow(client, job_id, within=90)
        assert (done["status"], done["result"]["inserted"]) == ("completed", 200_000)
        assert await rows_that_answer() == 200_000
