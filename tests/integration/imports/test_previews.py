"""Uploads: what a file is, how its first rows would be stored, and the job that is made from it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import openpyxl
import orjson
import pyogrio.raw
import pytest
import shapely

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness, registers
from workers.core.worker import Worker

Json = dict[str, Any]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"queues": {"ENABLE_WEBSITES_WORKER": "false"}})


async def sent(
    client: aiohttp.ClientSession, content: bytes, *, name: str = "f.csv", status: int = 201, **query: str
) -> Json:
    form = aiohttp.FormData(query)
    form.add_field("file", io.BytesIO(content), filename=name)
    async with client.post("/api/v1/uploads", data=form) as response:
        assert response.status == status, await response.text()
        answer: Json = await response.json()
        return answer


async def got(client: aiohttp.ClientSession, upload: Json, status: int = 200, **query: str) -> Json:
    async with client.get(f"/api/v1/uploads/{upload['upload']['id']}", params=query) as response:
        assert response.status == status, await response.text()
        answer: Json = await response.json()
        return answer


async def started(client: aiohttp.ClientSession, path: str, upload: Json, **options: Any) -> Json:
    body = {"uploadId": upload["upload"]["id"], **options}
    async with client.post(f"/api/v1/{path}", json=body) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    job = await harness.follow(client, created["jobId"])
    assert job["status"] == "completed", job
    return job


VOTERS = (
    "County export, 2026\r\nVoter ID,First,Last Name,Address,City,State,Zip,DOB,Confidential\r\n"
    '1,"Ann ""A""",O\'Neil,"12 Oak St\r\nApt 2",Reno,NV,89501,1980-04-03,N\r\n'
    "2,Bob,Secret,13 Oak St,Reno,NV,89501,1981-04-03,Y\r\n"
    ",No,Id,14 Oak St,Reno,NV,89501,,N\r\n"
    "4,Zoë,Short,15 Oak St,Reno,NV,89501,31/31/1980,N\r\n"
    "5,Too,Many,16 Oak St,Reno,NV,89501,,N,more,more\r\n"
    "6,Tab\\t,Back\\\\slash,17 Oak St,Reno,NV,bad-zip,,unsure\r\n"
)
PARCELS = (
    "Parcel ID,Owner,Situs Address,Acres,WKT\n"
    '1,"A, B",1 Main St,0.5,"POLYGON((-80 35,-80 35.001,-79.999 35.001,-79.999 35,-80 35))"\n'
    '2,C,2 Main St,many,"POLYGON((-80 35,-80 35.001))"\n'
    '3,D,3 Main St,1.5,"POLYGON((-80 35,-80 35.002,-79.998 35.002,-79.998 35,-80 35))"\n'
)
POIS = (
    "id,name,category,latitude,longitude\n1,Café,food,35.1,-80.2\n2,North,food,95,-80\n"
    "3,Gap,,35.2,-80.3\n4,South,park,35.3,-80.4\n"
)

BUSINESSES = (
    "Business Name,Website,City,Account ID\nAcme,acme.example,Reno,a1\n,none.example,Reno,a2\nBad,http://a b,Reno,a3\n"
)
TABLES = {"voters": VOTERS, "parcels": PARCELS, "pois": POIS}


def kept(record: Json) -> Json:
    return {name: value for name, value in record.items() if name not in ("extra", "geometry", "county")}


@pytest.mark.parametrize("kind", TABLES)
async def test_a_preview_shows_what_the_import_stores(
    kind: str, client: aiohttp.ClientSession, worker: Worker, db_pool: Pool
) -> None:
    shown = await sent(client, TABLES[kind].encode())
    assert (shown["kind"], shown["problem"], shown["rowsAreExact"]) == (kind, None, True)
    job = await started(client, f"{kind}/import", shown)
    result = job["result"]
    left_out = [r for r in shown["records"] if r["record"] is None]
    assert len(left_out) == result["rejected"] > 0 and shown["rows"] == result["read"]
    assert all(any(p["rejects"] for p in r["problems"]) for r in left_out)
    rows = await db_pool.fetch(f"SELECT * FROM {kind} ORDER BY record_id")
    stored = {row["record_id"]: dict(row) for row in rows}
    previewed = [r for r in shown["records"] if r["record"] is not None]
    assert len(previewed) == len(stored) > 1
    for row in previewed:
        record = dict(row["record"])
        values = stored[record["recordId"]]
        for name, value in kept(record).items():
            column = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
            if row["isProtected"] and value == "protected":
                continue
            found = values[column]
            assert (pytest.approx(found) if isinstance(value, float) else str(found)) == (
                value if isinstance(value, float | bool) and not isinstance(value, bool) else str(value)
            ), (name, record)
        if not row["isProtected"]:
            empty = {"created_at"}
            for column in ("first_name", "last_name", "address", "city", "zip_code", "birth_date", "name", "owner"):
                camel = "".join(part.title() if i else part for i, part in enumerate(column.split("_")))
                assert column in empty or (values.get(column) is None) == (camel not in record), (column, record)


async def test_businesses(client: aiohttp.ClientSession, worker: Worker, db_pool: Pool) -> None:
    shown = await sent(client, BUSINESSES.encode(), kind="businesses")
    job = await started(client, "businesses/import", shown, visit=False)
    assert job["result"]["rejected"] == len([r for r in shown["records"] if r["record"] is None]) > 0
    names = await db_pool.fetch("SELECT name, website FROM businesses ORDER BY name")
    previewed = [(r["record"]["name"], r["record"].get("website")) for r in shown["records"] if r["record"]]
    assert sorted(previewed) == [(row["name"], row["website"]) for row in names]


async def test_a_file_to_be_geocoded(client: aiohttp.ClientSession, worker: Worker) -> None:
    text = 'Street Address,Town,ST,Postal\r\n"1 Main St","Reno",NV,89501\r\n,,,\r\n2 "Elm St,Reno,NV,89501,x,y\r\n'
    shown = await sent(client, text.encode("utf-16"), name="list.csv")
    assert shown["kind"] == "geocode-file" and shown["upload"]["encoding"].startswith("utf-16")
    assert shown["records"][0]["record"]["address"] == "1 Main St" and shown["records"][0]["record"]["state"] == "NV"
    assert shown["records"][1]["record"] is None and shown["records"][1]["problems"]
    assert shown["mapping"]["city"] == "Town"
    other = await got(client, shown, mapping=orjson.dumps({"city": "Postal"}).decode())
    assert other["records"][0]["record"]["city"] == "89501"


async def test_protected_people_are_not_shown(client: aiohttp.ClientSession) -> None:
    for kind in ("voters", "geocode-file", "households", "companies", "parcels"):
        text = orjson.dumps(await sent(client, VOTERS.encode(), kind=kind)).decode()
        for secret in ("Secret", "13 Oak", "17 Oak", "slash"):
            assert secret not in text, (kind, secret)
    hidden = [r["record"] for r in (await sent(client, VOTERS.encode()))["records"] if r["isProtected"]]
    assert [(r["recordId"], r["lastName"], r["address"]) for r in hidden if r] == [
        ("2", "protected", "protected"), ("6", "protected", "protected"),
    ]  # fmt: skip


async def test_a_mapped_flag_protects(client: aiohttp.ClientSession) -> None:
    text = b"id,last,address,city,state,flagg\n1,Open,1 Elm St,Reno,NV,no\n2,Secret,2 Elm St,Reno,NV,yes\n"
    mapping = orjson.dumps({"recordId": "id", "protected": "flagg"}).decode()
    answer = orjson.dumps(await sent(client, text, kind="voters", mapping=mapping)).decode()
    assert "Open" in answer and "Secret" not in answer and "2 Elm" not in answer


async def test_another_sheet(client: aiohttp.ClientSession, worker: Worker, db_pool: Pool) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["nothing here"])
    sheet = book.create_sheet("People")
    for row in (
        ["Voter ID", "Last Name", "Address", "City", "State", "Zip"],
        ["7", "Doe", "1 Elm St", "Reno", "NV", 1234],
    ):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    shown = await sent(client, file.getvalue(), name="b.xlsx")
    assert [part["name"] for part in shown["upload"]["parts"]] == ["Read me", "People"]
    assert shown["upload"]["convertedFrom"] == "spreadsheet"
    shown = await got(client, shown, sheet="People")
    assert (shown["upload"]["part"], shown["kind"], shown["rows"]) == ("People", "voters", 1)
    assert shown["records"][0]["record"]["lastName"] == "Doe"
    assert (await got(client, shown, 400, sheet="Nobody"))["detail"]
    job = await started(client, "voters/import", shown)
    assert job["result"]["inserted"] == 1


def two_layers(tmp_path: Path) -> bytes:
    """Return a zip of two shapefiles."""
    square = shapely.box(-80, 35, -79.999, 35.001)
    for layer, ids in (("north", ["n1", "n2"]), ("south", ["s1"])):
        shapes = np.array([square.wkb for _ in ids], dtype=object)
        pyogrio.raw.write(
            tmp_path / f"{layer}.shp", shapes, [np.array(ids, dtype=object)], ["PARCELID"],
            geometry_type="Polygon", crs="EPSG:4326",
        )  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(tmp_path.glob("[ns]*.*")):
            archive.write(path, path.name)
    return packed.getvalue()


async def test_a_shapefile_with_two_layers(client: aiohttp.ClientSession, worker: Worker, tmp_path: Path) -> None:
    shown = await sent(client, two_layers(tmp_path), name="parcels.zip")
    assert shown["kind"] == "parcels" and {p["name"] for p in shown["upload"]["parts"]} == {"north", "south"}
    shown = await got(client, shown, layer="south")
    assert [r["record"]["recordId"] for r in shown["records"]] == ["s1"]
    assert (await started(client, "parcels/import", shown))["result"]["inserted"] == 1


async def test_geojson(client: aiohttp.ClientSession) -> None:
    shown = await sent(client, registers.collection([registers.parcel(n) for n in range(30)]), name="p.geojson")
    assert (shown["kind"], shown["rows"], shown["rowsAreExact"], len(shown["records"])) == ("parcels", 30, True, 20)
    assert shown["records"][0]["record"]["geometry"] is True and shown["columns"][0]["samples"]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04 cut off", b"%PDF-1.7 text"])
async def test_no_table(content: bytes, client: aiohttp.ClientSession) -> None:
    assert (await sent(client, content, status=400))["detail"]
    async with client.get("/api/v1/uploads") as response:
        assert (await response.json())["total"] == 0


async def test_columns_that_nobody_knows_can_be_mapped(client: aiohttp.ClientSession) -> None:
    shown = await sent(client, b"aa,bb,cc\nx7,Doe,1 Elm St\nx8,Roe,2 Elm St\n", kind="voters")
    assert shown["problem"] and [c["column"] for c in shown["columns"]] == ["aa", "bb", "cc"]
    assert shown["columns"][0]["samples"] == ["x7", "x8"] and "recordId" in shown["fields"]
    mapping = {"recordId": "aa", "lastName": "bb", "address": "cc"}
    shown = await got(client, shown, kind="voters", mapping=orjson.dumps(mapping).decode())
    assert shown["problem"] is None and shown["records"][0]["record"]["lastName"] == "Doe"


async def test_uploads_are_listed_and_deleted_and_their_jobs_go_on(
    client: aiohttp.ClientSession, worker: Worker, db_pool: Pool
) -> None:
    shown = await sent(client, POIS.encode())
    path = f"/api/v1/uploads/{shown['upload']['id']}"
    async with client.get("/api/v1/uploads") as response:
        listed = await response.json()
    assert [u["id"] for u in listed["uploads"]] == [shown["upload"]["id"]] and listed["total"] == 1
    async with client.post("/api/v1/pois/import", params={"uploadId": shown["upload"]["id"]}) as response:
        created = await response.json()
        assert response.status == 202, created
    async with client.delete(path) as response:
        assert response.status == 204
    for method in ("GET", "DELETE"):
        async with client.request(method, path) as response:
            assert response.status == 404
    assert (await harness.follow(client, created["jobId"]))["result"]["inserted"] == 2
    async with client.post("/api/v1/pois/import", params={"uploadId": shown["upload"]["id"]}) as response:
        assert response.status == 404
    async with client.get("/api/v1/uploads/nonsense") as response:
        assert response.status == 404


async def test_wrong_options(client: aiohttp.ClientSession) -> None:
    await sent(client, POIS.encode(), status=422, kind="dogs")
    await sent(client, POIS.encode(), status=422, knid="pois")
    shown = await sent(client, POIS.encode())
    await got(client, shown, 422, kind="dogs")
    shown = await got(client, shown, mapping='{"name": "no such column"}')
    assert "no such column" in shown["problem"]


async def test_the_upload_of_another_user_is_not_found(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    upload_id = (await sent(client, POIS.encode()))["upload"]["id"]
    for method, path in (
        ("GET", f"uploads/{upload_id}"),
        ("DELETE", f"uploads/{upload_id}"),
        ("POST", f"pois/import?uploadId={upload_id}"),
        ("POST", f"gis/geocode-file?uploadId={upload_id}"),
    ):
        async with user_client.request(method, f"/api/v1/{path}") as response:
            assert response.status == 404, path
    async with user_client.get("/api/v1/uploads") as response:
        assert (await response.json())["uploads"] == []
    body = {"type": "poi_import", "data": {"uploadId": upload_id}}
    async with client.post("/api/v1/jobs", json=body) as response:
        assert response.status == 422, "a job needs an upload that is recognised"
