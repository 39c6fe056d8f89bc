"""Saved mappings: kept under a name, used by it, and suggested for files with the same columns."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from tests.integration.imports.conftest import Send

TABLE = {"Content-Type": "text/csv"}
CSV = b"Nr,Haus,Weg,Ort,Seit\n7,12,Oak St,Reno,3/4/1980\n"
MAPPING = {
    "recordId": "Nr",
    "address": ["Haus", "Weg"],
    "city": "Ort",
    "state": {"constant": "NV"},
    "birthDate": "Seit",
}
SAVED = {"name": "Washoe", "kind": "voter_import", "mapping": MAPPING, "dateOrder": "dmy",
         "columns": ["Nr", "HAUS", "weg", "Ort", "Seit"]}  # fmt: skip


async def call(
    client: aiohttp.ClientSession, method: str, path: str, body: Any = None, **query: str
) -> tuple[int, dict[str, Any]]:
    async with client.request(method, f"/api/v1/{path}", json=body, params=query) as response:
        return response.status, await response.json() if response.status != 204 else {}


async def test_a_mapping_is_saved_replaced_listed_and_deleted(client: aiohttp.ClientSession) -> None:
    status, made = await call(client, "POST", "mappings", SAVED)
    assert (status, made["name"], made["kind"], made["dateOrder"]) == (201, "Washoe", "voter_import", "dmy")
    assert made["mapping"] == MAPPING and made["columns"] == ["haus", "nr", "ort", "seit", "weg"]
    status, again = await call(client, "POST", "mappings", SAVED | {"mapping": {"city": "Ort"}, "dateOrder": None})
    assert (status, again["id"], again["mapping"], again["dateOrder"]) == (200, made["id"], {"city": "Ort"}, None)
    await call(client, "POST", "mappings", SAVED | {"name": "Elko", "kind": "geocode_file"})
    names = [saved["name"] for saved in (await call(client, "GET", "mappings"))[1]["mappings"]]
    assert names == ["Elko", "Washoe"]
    assert (await call(client, "GET", "mappings", kind="voter_import"))[1]["total"] == 1
    assert (await call(client, "DELETE", f"mappings/{made['id']}"))[0] == 204
    assert (await call(client, "DELETE", f"mappings/{made['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": None}, "kind"), ({"mapping": {}}, "mapping"), ({"columns": None}, "columns"), ({"name": " "}, "name"),
        ({"name": "@x"}, "name"), ({"name": "a\nb"}, "name"), ({"mapping": {"city": 7}}, "mapping"),
        ({"dateOrder": "ydm"}, "dateOrder"), ({"kind": "noop"}, "kind"), ({"columns": []}, "columns"),
    ],
)  # fmt: skip
async def test_mappings_that_cannot_be_saved(change: dict[str, Any], field: str, client: aiohttp.ClientSession) -> None:
    status, problem = await call(client, "POST", "mappings", SAVED | change)
    assert status == 422 and problem["errors"][0]["field"] == field, problem


async def test_it_is_suggested_and_used_by_its_name(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, send: Send, imported: Send, db_pool: Pool
) -> None:
    refused = await send("voters", CSV, status=400)
    assert "suggestedMapping" not in refused
    await call(client, "POST", "mappings", SAVED)
    refused = await send("voters", CSV, status=400)
    assert refused["suggestedMapping"] == {"name": "Washoe", "mapping": MAPPING, "dateOrder": "dmy"}
    assert refused["detail"].endswith("Your saved mapping 'Washoe' fits this file: send mapping=@Washoe.")
    other_order = b"Seit,Weg,Haus,Ort,Nr\n3/4/1980,Oak St,12,Reno,7\n"
    assert "suggestedMapping" in await send("voters", other_order, status=400)
    assert "suggestedMapping" not in await send("voters", CSV.replace(b"Ort", b"Stadt"), status=400)
    job = await imported("voters", CSV, mapping="@Washoe")
    assert job["data"]["dateOrder"] == "dmy"
    row = await db_pool.fetchrow("SELECT record_id, address, state, birth_date FROM voters")
    assert row is not None and [str(value) for value in row] == ["7", "12 Oak St", "NV", "1980-04-03"]
    unknown = await send("voters", CSV, status=422, mapping="@Elko")
    assert "no saved mapping 'Elko'; there is @Washoe" in unknown["detail"]
    assert (await call(user_client, "GET", "mappings"))[1]["total"] == 0, "those of others are theirs"


async def test_what_is_understood_without_it_is_accepted_with_the_suggestion(
    client: aiohttp.ClientSession, send: Send
) -> None:
    raw = b"voter_id,last_name,address,city,zip\n1,Lee,1 Oak St,Reno,89501\n"
    assert (await send("voters", raw))["suggestedMapping"] is None
    columns = ["voter_id", "last_name", "address", "city", "zip"]
    await call(client, "POST", "mappings", SAVED | {"mapping": {"recordId": "last_name"}, "columns": columns})
    created = await send("voters", raw, dryRun=True)
    assert created["suggestedMapping"]["name"] == "Washoe"
    assert created["columns"][0]["fields"] == ["recordId"], "it is not applied"
    assert (await send("voters", raw, mapping="@ Washoe", dryRun=True))["suggestedMapping"] is None


async def test_the_mapping_of_a_job_is_saved(client: aiohttp.ClientSession, imported: Send, send: Send) -> None:
    job = await imported("voters", CSV, mapping=orjson.dumps(MAPPING).decode(), dateOrder="mdy")
    status, made = await call(client, "POST", "mappings", {"name": "of a job", "jobId": job["id"]})
    assert (status, made["kind"], made["mapping"], made["dateOrder"]) == (201, "voter_import", MAPPING, "mdy")
    assert (await send("voters", CSV, status=400))["suggestedMapping"]["name"] == "of a job"
    plain = await imported("voters", b"voter_id,last_name\n1,Lee\n")
    status, problem = await call(client, "POST", "mappings", {"name": "none", "jobId": plain["id"]})
    assert status == 422 and "no job that read a file with a mapping" in problem["detail"]
    missing = {"name": "none", "jobId": "01920000-0000-7000-8000-000000000000"}
    assert (await call(client, "POST", "mappings", missing))[0] == 404


async def test_map_data_and_tables_in_requests_use_it_too(client: aiohttp.ClientSession, send: Send) -> None:
    feature = {"type": "Feature", "properties": {"MAP": "12", "LOT": 7}, "geometry": None}
    raw = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    saved = {"name": "lots", "kind": "parcel_import", "mapping": {"id": ["MAP", "LOT"]}, "columns": ["map", "lot"]}
    await call(client, "POST", "mappings", saved)
    assert (await send("parcels", raw))["suggestedMapping"]["mapping"] == {"id": ["MAP", "LOT"]}
    assert (await send("parcels", raw, mapping="@lots"))["columns"][1]["fields"] == ["id"]
    firms = {"name": "firms", "kind": "companies", "mapping": {"name": "Wer"}, "columns": ["Wer"]}
    await call(client, "POST", "mappings", firms)
    for path in ("companies", "businesses"):
        async with client.post(
            f"/api/v1/{path}", data=b"Wer\nAcme\n", params={"mapping": "@firms"}, headers=TABLE
        ) as response:
            assert (response.status, (await response.json())["created"]) == (201, 1)
    await call(client, "POST", "mappings", firms | {"name": "homes", "mapping": {"address": "Wo"}})
    async with client.post(
        "/api/v1/households", data=b"Wo\n1 Oak St\n", params={"mapping": "@homes"}, headers=TABLE
    ) as response:
        assert (response.status, (await response.json())["created"]) == (201, 1)


async def test_a_user_has_a_limited_number(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    _, made = await call(client, "POST", "mappings", SAVED)
    await db_pool.execute(
        """INSERT INTO column_mappings (id, user_id, name, kind, mapping, columns)
           SELECT gen_random_uuid(), user_id, 'n' || n, kind, mapping, columns
           FROM column_mappings, generate_series(1, 199) AS n WHERE id = $1::uuid""",
        made["id"],
    )
    status, problem = await call(client, "POST", "mappings", SAVED | {"name": "one more"})
    assert (status, problem["limit"]) == (429, "mappings")
    assert (await call(client, "POST", "mappings", SAVED))[0] == 200, "replacing needs no room"
