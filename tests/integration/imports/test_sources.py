"""Files of several counties keep apart, and new versions of a file continue it, without any option."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from tests import harness, registers
from tests.integration.imports.conftest import Json, Send

PLACES = {"los-angeles": (-118.29, 34.1), "san-francisco": (-122.41, 37.77), "cook": (-87.68, 41.88)}


def lot(number: int, place: str = "", **properties: Any) -> Json:
    """Return a parcel; without a place it has no geometry."""
    x, y = PLACES.get(place, (0.0, 0.0))
    x += number * 0.0004
    ring = [[x, y], [x + 0.0003, y], [x + 0.0003, y + 0.0003], [x, y]]
    return {
        "type": "Feature",
        "id": number,
        "properties": {"OBJECTID": number, "SitusAddress": f"{number} {place or 'Nowhere'} St"} | properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]} if place else None,
    }


def county(place: str, count: int = 20, **more: Any) -> bytes:
    """Return a file of parcels whose numbers other counties have as well."""
    return registers.collection([lot(n, place, APN=f"{n:04d}", **more) for n in range(1, count + 1)])


async def owners(pool: Pool) -> dict[str, int]:
    rows = await pool.fetch("SELECT source, count(*) AS n FROM parcels GROUP BY source")
    return {row["source"]: row["n"] for row in rows}


async def test_two_counties_with_the_same_numbers(imported: Send, send: Send, db_pool: Pool) -> None:
    answer = await send("parcels", county("los-angeles"), dryRun=True)
    assert answer["source"] == "parcel:us-ca-los-angeles"
    assert answer["sourceDerivedFrom"] == "the locations of its records"
    first = await imported("parcels", county("los-angeles"))
    second = await imported("parcels", county("san-francisco"))
    assert (first["result"]["inserted"], second["result"]["inserted"], second["result"]["updated"]) == (20, 20, 0)
    assert second["result"]["source"] == "parcel:us-ca-san-francisco"
    assert second["result"]["sourceDerivedFrom"] == "the locations of its records"
    assert await owners(db_pool) == {"parcel:us-ca-los-angeles": 20, "parcel:us-ca-san-francisco": 20}

    changed = await imported("parcels", county("los-angeles", Owner="New owner"))
    assert (changed["result"]["updated"], changed["result"]["inserted"]) == (20, 0), "the next version updates"


async def test_the_file_name_says_the_county(client: aiohttp.ClientSession) -> None:
    async def derived(what: str, name: str, content: bytes) -> str:
        body = aiohttp.FormData({"dryRun": "true"})
        body.add_field("file", io.BytesIO(content), filename=name)
        async with client.post(f"/api/v1/{what}/import", data=body) as response:
            answer = await response.json()
            assert response.status == 202, answer
            return str(answer["source"])

    parcels = registers.collection([lot(n, APN=f"{n:04d}") for n in range(1, 5)])
    assert await derived("parcels", "Bucks_County_Parcels.geojson", parcels) == "parcel:us-pa-bucks"
    assert await derived("parcels", "durham_nc_2026-10.geojson", parcels) == "parcel:us-nc-durham"
    assert await derived("parcels", "parcels.geojson", parcels) == "parcel"
    voters = b"voter_id,county,state,last_name\n" + b"".join(b"%d,Wake,NC,Smith\n" % n for n in range(5))
    assert await derived("voters", "list.csv", voters) == "generic:us-nc-wake"
    zips = b"voter_id,zip,last_name\n" + b"".join(b"A%d,27701,Smith\n" % n for n in range(30))
    assert await derived("voters", "list.csv", zips) == "generic:us-nc-durham"
    statewide = registers.delimited(registers.ohio(50), registers.OHIO_HEADER)
    assert await derived("voters", "list.csv", statewide) == "ohio"


async def test_records_of_an_earlier_version_are_continued(imported: Send, db_pool: Pool) -> None:
    await imported("parcels", county("los-angeles"), source="parcel")  # the source of all files, before
    await db_pool.execute("DELETE FROM import_runs")
    result = (await imported("parcels", county("los-angeles", Owner="New")))["result"]
    assert (result["source"], result["updated"], result["inserted"]) == ("parcel", 20, 0)
    assert result["sourceDerivedFrom"] == "its records, which this source has already"
    other = (await imported("parcels", county("cook")))["result"]
    assert (other["source"], other["inserted"], other["updated"]) == ("parcel:us-il-cook", 20, 0)


async def test_a_source_that_was_named_is_continued_without_the_name(imported: Send) -> None:
    rows = [registers.voter(n) for n in range(40)]
    await imported("voters", registers.table(rows), source="durham")
    rows[3]["party"] = "GRN"
    result = (await imported("voters", registers.table(rows)))["result"]
    assert (result["source"], result["updated"], result["unchanged"]) == ("durham", 1, 39)


def people(first_name: str, count: int = 60) -> list[dict[str, str]]:
    return [
        {"voter_id": str(n), "last_name": f"{first_name}son{n}", "first_name": first_name, "city": "", "birth_date": ""}
        for n in range(count)
    ]


async def test_a_file_of_which_nothing_says_where_it_is_from_is_asked_for(imported: Send, send: Send) -> None:
    await imported("voters", registers.table(people("Ann")))
    answer = await send("voters", registers.table(people("Bob")), status=400)
    assert "Send source=" in answer["error"] and "60 of its first 60 ids" in answer["error"]
    result = (await imported("voters", registers.table(people("Bob")), source="bobs"))["result"]
    assert (result["inserted"], result["source"]) == (60, "bobs")
    assert "sourceDerivedFrom" not in result
    again = (await imported("voters", registers.table(people("Bob"))))["result"]
    assert (again["unchanged"], again["source"]) == (60, "bobs")


FOREIGN = {
    "another place": (county("los-angeles"), county("cook"), "that file is about us-ca-los-angeles"),
    "another layout": (
        county("los-angeles"),
        registers.collection(
            [
                {**lot(n, "los-angeles"), "properties": {"parcelnumb": f"{n:04d}", "zone": "R1", "use": "x", "yr": n}}
                for n in range(1, 21)
            ]
        ),
        "that file has other columns",
    ),
    "other things": (
        registers.collection([lot(n, APN=f"{n:04d}") for n in range(1, 21)]),
        registers.collection([lot(n, APN=f"{n:04d}", SitusAddress=f"{n} Elsewhere Rd") for n in range(1, 21)]),
        "other people or things",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
async def test_another_file_does_not_overwrite_records_unasked(
    name: str, imported: Send, db_pool: Pool, client: aiohttp.ClientSession
) -> None:
    first, second, reason = FOREIGN[name]
    await imported("parcels", first, source="mine", form=True)
    before = await db_pool.fetch("SELECT * FROM parcels ORDER BY record_id")
    job = await imported("parcels", second, source="mine", ends="failed")
    assert "would overwrite 20 of 20 records imported from voters.csv on 20" in job["error"], job["error"]
    assert reason in job["error"] and "allowOverwrite=true" in job["error"] and "Nothing was changed" in job["error"]
    assert job["result"]["overwrite"]["records"] == 20 and job["result"]["overwrite"]["fileName"] == "voters.csv"
    assert (job["result"]["inserted"], job["result"]["updated"], job["result"]["read"]) == (0, 0, 0)
    assert await db_pool.fetch("SELECT * FROM parcels ORDER BY record_id") == before
    assert await db_pool.fetchval("SELECT count(*) FROM import_seen") == 0

    dry = await imported("parcels", second, source="mine", dryRun=True)
    assert "would overwrite 20 of 20" in dry["result"]["overwrite"]["stops"]
    done = await imported("parcels", second, source="mine", allowOverwrite=True)
    assert done["result"]["updated"] == 20


async def test_a_few_overwritten_records_are_no_reason_to_stop(imported: Send) -> None:
    await imported("parcels", county("los-angeles", 100), source="mine")
    rest = [lot(n, "cook", APN=f"{n:04d}") for n in range(98, 198)]
    result = (await imported("parcels", registers.collection(rest), source="mine"))["result"]
    assert (result["updated"], result["inserted"]) == (3, 97)
    more = [lot(n, "cook", APN=f"{n:04d}") for n in range(90, 110)]
    job = await imported("parcels", registers.collection(more), source="mine", ends="failed")
    assert "would overwrite 8 of 97 records" in job["error"]


async def test_a_stop_in_the_middle_of_the_check_changes_nothing(
    client: aiohttp.ClientSession, send: Send, settings: Any, db_pool: Pool
) -> None:
    settings = settings.model_copy(update={"shutdown_grace_seconds": 0.0})
    rows = [registers.voter(n) for n in range(15_000)]
    first = await send("voters", registers.table(rows), source="mine")
    async with harness.worker(settings):
        await harness.follow(client, first["jobId"])
    before = await db_pool.fetchval("SELECT md5(string_agg(v::text, '' ORDER BY record_id)) FROM voters AS v")
    others = [{"voter_id": row["voter_id"], "surname": "Other", "dob": "", "sex": "F"} for row in rows]
    second = await send("voters", registers.table(others), source="mine")
    for _ in range(3):
        async with harness.worker(settings):

            async def begun() -> bool:
                async with client.get(f"/api/v1/jobs/{second['jobId']}") as response:
                    return bool((await response.json())["status"] != "pending")

            await harness.eventually(begun)
    async with harness.worker(settings):
        job = await harness.follow(client, second["jobId"])
    assert job["status"] == "failed" and "would overwrite 15,000 of 15,000 records" in job["error"]
    assert await db_pool.fetchval("SELECT md5(string_agg(v::text, '' ORDER BY record_id)) FROM voters AS v") == before


ROW_NUMBERS = {
    "parcels": {"type": "Feature", "properties": {"OBJECTID": 7, "FID": 7}, "geometry": None},
    "pois": {
        "type": "Feature",
        "id": 7,
        "properties": {"OBJECTID": 7, "fid": 7, "name": "Lidl", "category": "supermarket"},
        "geometry": {"type": "Point", "coordinates": [-78.9, 36.0]},
    },
}


@pytest.mark.parametrize("what", ROW_NUMBERS)
async def test_numbers_of_rows_are_not_identities_unless_the_sender_says_so(what: str, imported: Send) -> None:
    content = b"\n".join([orjson.dumps(ROW_NUMBERS[what])] * 1)
    job = await imported(what, content, ends="failed")
    assert (job["result"]["rejected"], job["result"]["inserted"]) == (1, 0)
    sample = job["result"]["summary"]["no_id"]["samples"][0]["message"]
    assert "only numbers the rows of this file" in sample and 'mapping={"id"' in sample
    said = await imported(what, content, mapping='{"id": "OBJECTID"}')
    assert (said["result"]["rejected"], said["result"]["inserted"]) == (0, 1)


async def test_ids_that_number_the_rows_are_noted(send: Send) -> None:
    rows = b"id,name,category,lat,lon\n" + b"".join(b"%d,Aldi,cafe,36.0,-78.9\n" % n for n in range(1, 9))
    answer = await send("pois", rows, dryRun=True)
    assert any("numbers of the rows" in note for note in answer["notes"])
    answer = await send("pois", rows, dryRun=True, mapping='{"id": "id"}')
    assert not any("numbers of the rows" in note for note in answer["notes"])


async def test_another_list_of_businesses_does_not_overwrite_the_first(imported: Send, db_pool: Pool) -> None:
    first = b"name,externalId,website\n" + b"".join(b"Shop %d,%d,shop%d.example\n" % (n, n, n) for n in range(1, 9))
    other = b"name,externalId,city\n" + b"".join(b"Bakery %d,%d,Durham\n" % (n + 50, n) for n in range(1, 9))
    renamed = b"name,externalId,website\n" + b"".join(b"Store %d,%d,shop%d.example\n" % (n, n, n) for n in range(1, 9))
    await imported("businesses", first, visit=False)
    job = await imported("businesses", other, visit=False, ends="failed")
    assert "would overwrite 8 of 8 businesses" in job["error"] and "allowOverwrite=true" in job["error"]
    assert job["result"]["overwrite"] == {"records": 8, "of": 8} and job["result"]["read"] == 0
    assert await db_pool.fetchval("SELECT count(*) FROM businesses WHERE name LIKE 'Shop%'") == 8
    assert (await imported("businesses", other, visit=False, source="bakeries"))["result"]["inserted"] == 8
    assert (await imported("businesses", renamed, visit=False))["result"]["updated"] == 8
    assert (await imported("businesses", other, visit=False, allowOverwrite=True))["result"]["updated"] == 8
