"""What a preview shows of companies and households is what is stored when the upload is sent."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
import pytest

from tests.integration.households.calls import call
from tests.integration.imports.test_previews import got, sent

Json = dict[str, Any]
COMPANIES = (
    "Company list 2026\n"
    "Company Name;Website;External Id;Founded;Notes\n"
    'Acme;acme.example;a1;1999;"two\nlines"\n'
    "Bölt;https://bolt.example/x;a2;;=1+1\n"
    ";none.example;a3;;\n"
    "Short;http://a b;a4;;\n"
    "Long;;a5;;;;surplus\n"
    "Total: 5;;;;\n"
)
HOUSEHOLDS = (
    "id,address,unit,city,state,zip,country,precinct\n"
    '1,"12 Oak St, Apt 2",,Reno,NV,89501,USA,P1\n'
    '2,"1600 Pennsylvania Ave NW, Washington, DC 20500",,,,,,\n'
    "3,14 Oak St,,Reno,Nowhere,89501,,\n"
    "4,15 Oak St,#3,Reno,Nevada,1234,,\n"
    "5,,,Reno,NV,89501,,\n"
    '6,16 "Oak" St",,Reno,NV,89501,,\n'
    "7,17 Oak St,,Reno,NV,N/A,Germany,\n"
    "8,18 Oak St,,Reno,NV,89501,,P2,more\n"
)


def left_out(shown: Json) -> list[int]:
    """Return the lines of the rows that are left out, which have their cells."""
    assert all((row["record"] is None) == (row["cells"] is not None) for row in shown["records"])
    return [row["line"] for row in shown["records"] if row["record"] is None]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
async def test_companies(client: aiohttp.ClientSession, encoding: str) -> None:
    shown = await sent(client, COMPANIES.encode(encoding), kind="companies")
    assert shown["problem"] is None and len(shown["records"]) > 3
    made = await call(client, "POST", "/api/v1/companies", json={"uploadId": shown["upload"]["id"]})
    assert made.status == 201, made.raw
    previewed = [row["record"] for row in shown["records"] if row["record"] is not None]
    assert made.json["created"] == len(previewed) > 1
    assert sorted({error["line"] for error in made.json["errors"]}) == left_out(shown) != []
    stored = {
        company["externalId"]: company for company in (await call(client, "GET", "/api/v1/companies")).json["companies"]
    }
    assert stored.keys() == {record["externalId"] for record in previewed}
    for record in previewed:
        for name, value in record.items():
            assert stored[record["externalId"]][name] == value, (name, record)


async def test_households(client: aiohttp.ClientSession) -> None:
    shown = await sent(client, HOUSEHOLDS.encode(), kind="households")
    assert shown["problem"] is None and shown["rows"] == len(shown["records"]) == 8
    made = await call(client, "POST", "/api/v1/households", json={"uploadId": shown["upload"]["id"]})
    assert made.status == 201, made.raw
    assert sorted({error["line"] for error in made.json["errors"]}) == left_out(shown) != []
    warned = sorted({warning["line"] for warning in made.json["warnings"]})
    assert [row["line"] for row in shown["records"] if row["record"] and row["problems"]] == warned != []
    previewed = [row["record"] for row in shown["records"] if row["record"] is not None]
    listed = (await call(client, "GET", "/api/v1/households")).json["households"]
    stored = {household["externalId"]: household for household in listed}
    assert stored.keys() == {record["externalId"] for record in previewed} and len(stored) == made.json["created"]
    compared = ("address", "unit", "city", "state", "zipCode", "county", "precinctNumber")
    for record in previewed:
        household = stored[record["externalId"]]
        assert {name: household[name] for name in compared} == {name: record.get(name) for name in compared}
    [message] = [row["problems"][0]["message"] for row in shown["records"] if row["line"] == 6]
    [error] = [error for error in made.json["errors"] if error["line"] == 6]
    assert message == " ".join(filter(None, [error["field"], error["error"]]))


async def test_the_same_mapping_is_previewed_and_stored(client: aiohttp.ClientSession) -> None:
    text = b"Ref,No,Street,Town,Kind\n1,12,Oak St,Reno,x\n2,,Oak St,Reno,y\n"
    mapping = {"externalId": "Ref", "address": ["No", "Street"], "city": "Town", "state": {"constant": "NV"}}
    shown = await got(client, await sent(client, text), kind="households", mapping=orjson.dumps(mapping).decode())
    body = {"uploadId": shown["upload"]["id"], "mapping": mapping}
    assert (await call(client, "POST", "/api/v1/households", json=body)).status == 201
    listed = (await call(client, "GET", "/api/v1/households")).json["households"]
    stored = sorted((row["externalId"], row["address"], row["city"], row["state"]) for row in listed)
    records = [row["record"] for row in shown["records"] if row["record"]]
    assert stored == sorted((r["externalId"], r["address"], r["city"], r["state"]) for r in records) != []
