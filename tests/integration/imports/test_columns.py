"""Mappings and the report on columns, from the request to the result of the job."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from tests.integration.imports.conftest import Send

CSV = b"Nr,HOUSE_NUM,WAY,Town,Born,Remark\n7,12,Oak St,Reno,3/4/1980,x\n8,14,Oak St,Reno,25/4/1980,y\n"
MAPPING = {
    "recordId": "Nr", "address": ["HOUSE_NUM", "WAY"], "city": "Town", "birthDate": "Born",
    "state": {"constant": "NV"}, "zipCode": {"constant": "89501"},
}  # fmt: skip


def uses(answer: dict[str, Any]) -> dict[str, tuple[list[str], str | None]]:
    return {column["column"]: (column["fields"], column["rule"]) for column in answer["columns"]}


@pytest.mark.parametrize("form", [False, True])
async def test_a_voter_file_is_mapped_and_reported(form: bool, imported: Send, send: Send, db_pool: Pool) -> None:
    mapping = orjson.dumps(MAPPING).decode()
    expected = {
        "Nr": (["recordId"], "mapped"), "HOUSE_NUM": (["address"], "mapped"), "WAY": (["address"], "mapped"),
        "Town": (["city"], "mapped"), "Born": (["birthDate"], "mapped"), "Remark": ([], None),
    }  # fmt: skip
    assert uses(await send("voters", CSV, mapping=mapping, form=form, dryRun=True)) == expected
    job = await imported("voters", CSV, mapping=mapping, form=form)
    assert uses(job["result"]) == expected
    assert job["data"]["mapping"] == {
        "record_id": "Nr", "address": ["HOUSE_NUM", "WAY"], "city": "Town", "birth_date": "Born",
        "state": {"constant": "NV"}, "zip_code": {"constant": "89501"},
    }  # fmt: skip
    rows = await db_pool.fetch(
        "SELECT address, city, state, zip_code, birth_date, extra FROM voters ORDER BY record_id"
    )
    assert [tuple(row)[:4] for row in rows] == [
        ("12 Oak St", "Reno", "NV", "89501"), ("14 Oak St", "Reno", "NV", "89501"),
    ]  # fmt: skip
    assert [str(row["birth_date"]) for row in rows] == ["1980-04-03", "1980-04-25"], "the second tells the order"


async def test_an_assumed_order_of_dates_is_said_and_can_be_declared(imported: Send, db_pool: Pool) -> None:
    raw = b"voter_id,last_name,dob\n1,Lee,3/4/1980\n"
    noted = (await imported("voters", raw))["result"]["columns"][2]["note"]
    assert noted == "dates are read as month, day, year: no value tells the order; send dateOrder=dmy if it is wrong"
    assert (await imported("voters", raw, dateOrder="dmy"))["result"]["columns"][2]["note"] is None
    assert str(await db_pool.fetchval("SELECT birth_date FROM voters")) == "1980-04-03"


async def test_properties_of_map_data_are_mapped_and_reported(imported: Send, send: Send, db_pool: Pool) -> None:
    square = {"type": "Polygon", "coordinates": [[[-119, 39], [-119, 39.1], [-119.1, 39.1], [-119, 39]]]}
    properties = {"MAP": "12", "LOT": 7, "NO": 5, "WAY": "Oak St", "ZONE": "R1"}
    raw = orjson.dumps(
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": properties, "geometry": square}]}
    )
    mapping = '{"id": ["MAP", "LOT"], "address": ["NO", "WAY"], "city": {"constant": "Reno"}}'
    result = (await imported("parcels", raw, mapping=mapping))["result"]
    assert uses(result) == {
        "MAP": (["id"], "mapped"), "LOT": (["id"], "mapped"), "NO": (["address"], "mapped"),
        "WAY": (["address"], "mapped"), "ZONE": ([], None),
    }  # fmt: skip
    row = await db_pool.fetchrow("SELECT record_id, address, city FROM parcels")
    assert row is not None and tuple(row) == ("12 7", "5 Oak St", "Reno")
    refused = await send("parcels", raw, status=400, mapping='{"owner": "OWNR"}')
    assert refused["detail"] == (
        "mapping: owner: the file has no column 'OWNR'; it has 'MAP', 'LOT', 'NO', 'WAY', 'ZONE'."
    )


@pytest.mark.parametrize(
    ("path", "raw", "mapping", "expected"),
    [
        ("households", b"WER,NO,WAY\nA,5,Oak St\n", {"address": ["NO", "WAY"], "city": {"constant": "Reno"}},
         {"WER": ([], None), "NO": (["address"], "mapped"), "WAY": (["address"], "mapped")}),
        ("companies", b"Wer,Web\nAcme,acme.example\n", {"name": "Wer"},
         {"Wer": (["name"], "mapped"), "Web": (["website"], "name")}),
        ("businesses", b"Wer,Web\nAcme,acme.example\n", {"name": "Wer", "state": {"constant": "NV"}},
         {"Wer": (["name"], "mapped"), "Web": (["website"], "name")}),
    ],
)  # fmt: skip
async def test_tables_in_a_request_take_mappings_too(
    path: str, raw: bytes, mapping: dict[str, Any], expected: dict[str, Any], client: aiohttp.ClientSession
) -> None:
    async def post(mapping: dict[str, Any], body: bytes, media: str) -> tuple[int, dict[str, Any]]:
        query = {"mapping": orjson.dumps(mapping).decode()}
        async with client.post(f"/api/v1/{path}", data=body, params=query, headers={"Content-Type": media}) as response:
            return response.status, await response.json()

    status, answer = await post(mapping, raw, "text/csv")
    assert (status, answer["created"], uses(answer)) == (201, 1, expected)
    status, answer = await post({"name": "Gone", "address": "Gone"}, raw, "text/csv")
    assert status == 400 and ("has no column 'Gone'" in answer["detail"] or "unknown field" in answer["detail"])
    status, answer = await post(mapping, b"[]", "application/json")
    assert status == 400 and "mapping is for tables" in answer["detail"]


async def test_a_table_without_a_header_is_imported_whole(imported: Send, db_pool: Pool) -> None:
    people = [("Okafor", "Mary"), ("Sample", "John"), ("Nguyen", "Susan"), ("Madeup", "James")]
    raw = "".join(f"V-00{n},{last},{first},{n}2 Oak St,Reno,NV,8950{n}\n" for n, (last, first) in enumerate(people, 1))
    result = (await imported("voters", raw.encode()))["result"]
    assert (result["inserted"], result["householdsCreated"], result["warnings"]) == (4, 4, [])
    assert uses(result)["column 4"] == (["address"], "content")
    row = await db_pool.fetchrow("SELECT last_name, address, city, state FROM voters WHERE record_id = 'V-001'")
    assert row is not None and tuple(row) == ("Okafor", "12 Oak St", "Reno", "NV")
    named = b"1,Lee\n2,Kay\n"
    job = await imported("voters", named, header=False, mapping='{"recordId": "column 1", "lastName": "column 2"}')
    assert job["result"]["inserted"] == 2


async def test_a_column_that_holds_something_else_is_warned_of(imported: Send, send: Send, db_pool: Pool) -> None:
    raw = b"voter_id,last_name,address,city,state,zip\n" + b"".join(
        b"%d,Lee,%d Oak St,Reno,2020-01-0%d,89501\n" % (n, n, n) for n in range(1, 4)
    )
    created = await send("voters", raw, dryRun=True)
    result = (await imported("voters", raw))["result"]
    assert created["warnings"] == result["warnings"]
    assert "'state' is named like the state, but holds dates, so it is not used" in result["warnings"][0]
    assert uses(result)["state"] == ([], None) and "unknown_state" not in result["summary"]
    assert await db_pool.fetchval("SELECT count(*) FROM voters WHERE state IS NULL AND extra ? 'state'") == 3
    refused = await send("voters", raw.replace(b"address", b"wohnt"), status=400)
    assert 'mapping={"address": "wohnt"}' in refused["detail"]
