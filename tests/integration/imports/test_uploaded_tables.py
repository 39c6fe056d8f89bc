"""Companies and households from uploads, as from the tables themselves."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import openpyxl
import orjson

from app.db.core.pool import Pool
from tests.integration.households.calls import Answer, call
from tests.integration.imports.test_previews import sent

HOUSEHOLDS = b"Ref;Street;City;State;Zip\n1;1 Main St;Durham;NC;27701\n2;;;;\n"


def spreadsheet(*rows: tuple[Any, ...], name: str = "Sheet") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(("nothing",))
    sheet = book.create_sheet(name)
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def post(client: aiohttp.ClientSession, path: str, body: Any, **query: str) -> Answer:
    return await call(client, "POST", f"/api/v1/{path}", json=body, params=query)


async def test_households_from_an_upload(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    upload_id = (await sent(client, HOUSEHOLDS, kind="households"))["upload"]["id"]
    options = {"uploadId": upload_id, "mapping": {"externalId": "Ref"}}
    strict = await post(client, "households", options | {"strict": True})
    assert strict.status == 422 and strict.json["rejected"] == 1
    made = await post(client, "households", options)
    assert made.status == 201, made.raw
    assert (made.json["created"], made.json["rejected"], made.json["errors"][0]["line"]) == (1, 1, 3)
    assert await db_pool.fetchval("SELECT external_id FROM households") == "1"
    again = await call(
        client,
        "POST",
        "/api/v1/households",
        params={"uploadId": upload_id, "mapping": orjson.dumps(options["mapping"]).decode()},
    )
    assert (again.status, again.json["unchanged"]) == (201, 1), again.raw


async def test_companies_from_a_sheet_of_a_spreadsheet(client: aiohttp.ClientSession) -> None:
    file = spreadsheet(("Firm", "Web", "Zip"), ("Acme", "https://acme.example", "01234"), name="Firms")
    upload_id = (await sent(client, file, name="firms.xlsx"))["upload"]["id"]
    options = {"uploadId": upload_id, "sheet": "Firms", "mapping": {"name": "Firm", "website": "Web"}}
    for path in ("companies", "companies"):
        made = await post(client, path, options)
        assert made.status == 201, made.raw
    assert (made.json["total"], made.json["rejected"]) == (1, 0)
    assert {column["column"] for column in made.json["columns"]} == {"Firm", "Web", "Zip"}
    wrong = await post(client, "companies", options | {"sheet": "Others"})
    assert wrong.status == 400 and "Firms" in wrong.json["detail"]


async def test_uploads_that_do_not_fit(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    upload_id = (await sent(client, HOUSEHOLDS))["upload"]["id"]
    for path in ("households", "companies"):
        other = await post(user_client, path, {"uploadId": upload_id})
        assert other.status == 404 and "not found" in other.json["detail"]
        unknown = await post(client, path, {"uploadId": upload_id, "colour": "red"})
        assert unknown.status == 422, unknown.raw
    shape = orjson.dumps({"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}})
    map_id = (await sent(client, shape, name="x.geojson"))["upload"]["id"]
    refused = await post(client, "households", {"uploadId": map_id})
    assert refused.status == 400 and "is map data" in refused.json["detail"]
    both = await call(
        client, "POST", "/api/v1/households", params={"uploadId": upload_id}, data=HOUSEHOLDS,
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    assert both.status == 400
