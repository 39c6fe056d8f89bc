"""geocode_file, from the file to the file with coordinates."""

from __future__ import annotations

import csv
import io

import aiohttp

from app.domain.vocabulary.distance import great_circle_metres
from tests import harness
from tests.acceptance.conftest import MISSING_STATE, World
from tests.acceptance.geocoding.loaded import addresses


async def test_a_file_comes_back_with_coordinates(world: World, admin: aiohttp.ClientSession) -> None:
    known = addresses(40, outside=MISSING_STATE)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "Street", "City", "State", "ZIP", "lat", "lon"])
    for number, one in enumerate(known):
        point = one["coordinates"]
        place = (one["address1"], one["city"], one["state"], one["postal_code"], point["lat"], point["lng"])
        writer.writerow([f"person {number}", *place])
    writer.writerow(["nobody", "1 No Such Road", "Nowhereville", "CA", "00001", "", ""])
    form = aiohttp.FormData()
    form.add_field("file", text.getvalue().encode(), filename="people.csv")
    async with admin.post("/api/v1/gis/geocode-file", data=form) as response:
        assert response.status == 202
        created = await response.json()
    job = await harness.follow(admin, created["jobId"])
    result = job["result"]
    assert (job["status"], result["rows"], result["geocoded"], result["failed"]) == ("completed", 41, 40, 1)
    assert result["distance"]["compared"] == result["distance"]["withinMetres"]["100"] == 40
    async with admin.get(f"/api/v1/jobs/{job['id']}/output.csv") as response:
        assert response.status == 200
        rows = list(csv.DictReader(io.StringIO(await response.text("utf-8-sig"), newline="")))
    assert [row["Name"] for row in rows] == [*(f"person {number}" for number in range(40)), "nobody"]
    for row in rows[:-1]:
        found = float(row["latitude"]), float(row["longitude"])
        assert great_circle_metres(*found, float(row["lat"]), float(row["lon"])) < 100
        assert (row["accuracy"], row["provider"], row["error"]) == ("rooftop", "nominatim", "")
    assert rows[-1]["latitude"] == "" and "no match" in rows[-1]["error"]
