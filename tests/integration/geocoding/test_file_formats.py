"""The output of a file job in other formats: spreadsheets come back as spreadsheets, and maps have every row."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
import orjson
import pyogrio.raw
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests.acceptance.geocoding.loaded import addresses
from tests.integration.geocoding.test_file import ADDED, geocoded

HEADER = ["id", "", "Street Address", "City", "State", "ZIP", "born", "note", "note"]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "People"
    sheet.append(HEADER)
    for number, one in enumerate(addresses(3)):
        place = [one["address1"], one["city"], one["state"], one["postal_code"]]
        sheet.append([number, "007", *place, datetime(1980, 5, 17), "12345678901234567890", "="])
        sheet.cell(number + 2, 7).number_format = "dd/mm/yyyy"
        sheet.cell(number + 2, 9).data_type = "s"
    sheet.append([9, "008", None, None, None, None, None, "no address", True])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def download(client: aiohttp.ClientSession, job: dict[str, Any], **query: str) -> tuple[bytes, str]:
    async with client.get(f"/api/v1/jobs/{job['id']}/output", params=query) as response:
        raw = await response.read()
        assert response.status == 200, raw
        return raw, response.headers["Content-Disposition"]


async def test_a_spreadsheet_comes_back_as_one(
    client: aiohttp.ClientSession, settings: Settings, tmp_path: Path, nominatim: object
) -> None:
    job = await geocoded(client, settings, workbook())
    raw, name = await download(client, job)
    assert name.endswith('-geocoded.xlsx"')
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    rows = list(sheet.iter_rows())
    assert [cell.value or "" for cell in rows[0]] == [*HEADER, *ADDED]
    sent = [cell.value for cell in rows[1]][: len(HEADER)]
    assert sent[:2] == [0, "007"] and sent[6:] == [datetime(1980, 5, 17), "12345678901234567890", "="]
    assert rows[1][6].number_format == "dd/mm/yyyy" and rows[1][8].data_type == "s"
    assert len(rows) == 5 and rows[4][8].value is True
    assert isinstance(rows[1][9].value, float) and rows[4][9].value is None and rows[4][15].value

    text, _ = await download(client, job, format="csv")
    lines = text.decode("utf-8-sig").splitlines()
    assert text.startswith(b"\xef\xbb\xbf") and lines[0] == ",".join([*HEADER, *ADDED])
    assert f",{date(1980, 5, 17)},12345678901234567890,'=," in lines[1]

    features = orjson.loads((await download(client, job, format="geojson"))[0])["features"]
    assert [feature["geometry"] is None for feature in features] == [False, False, False, True]
    for suffix in ("gpkg", "kml"):
        path = tmp_path / f"map.{suffix}"
        path.write_bytes((await download(client, job, format=suffix))[0])
        _, _, blobs, _ = pyogrio.raw.read(path)
        assert [blob is None for blob in blobs] == [False, False, False, True]
    async with client.get(f"/api/v1/jobs/{job['id']}/output", params={"format": "pdf"}) as response:
        assert response.status == 422


@pytest.mark.parametrize("status", ["cancelled", "failed"])
async def test_a_part_says_that_it_is_one(
    client: aiohttp.ClientSession, settings: Settings, db_pool: Pool, nominatim: object, status: str
) -> None:
    job = await geocoded(client, settings, workbook())
    await db_pool.execute(
        "UPDATE jobs SET status = $2, total_items = 10, error = $3 WHERE id = $1::text::uuid",
        job["id"],
        status,
        "x" if status == "failed" else None,
    )
    _, name = await download(client, job)
    assert name.endswith('-geocoded-partial.xlsx"')
    async with client.get(f"/api/v1/jobs/{job['id']}/output.csv") as response:
        assert response.headers["Trigpoint-Partial"] == status
        assert response.headers["Content-Disposition"].endswith('-partial.csv"')
