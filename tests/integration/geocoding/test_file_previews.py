"""What a preview shows of a file to be geocoded is what the job asks for, and what its output says."""

from __future__ import annotations

import csv
import io

import aiohttp

from app.settings import Settings
from tests import harness
from tests.acceptance.geocoding.loaded import addresses
from tests.integration.households.calls import call
from tests.integration.imports.test_previews import sent
from tests.servers.nominatim import NominatimStandIn


async def test_the_job_asks_for_what_the_preview_shows(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn
) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "Street Address", "Town", "ST", "Postal Code", "Confidential"])
    for number, one in enumerate(addresses(6)):
        writer.writerow([f"N{number}", one["address1"], one["city"], one["state"], one["postal_code"], "N"])
    one = addresses(1)[0]
    writer.writerow(["state", one["address1"], one["city"], "Nowhere", one["postal_code"], ""])
    writer.writerow(["secret", "9 Hidden Ln", one["city"], one["state"], one["postal_code"], "Y"])
    writer.writerow(["empty", "", "", "", "", ""])
    text.write('long,1 Elm St,Reno,NV,89501,,surplus\nquote,2 "Elm" St",Reno,NV,89501,\n')
    shown = await sent(client, text.getvalue().encode("utf-16"), kind="geocode-file", name="people.csv")
    assert shown["problem"] is None and shown["rows"] == len(shown["records"]) == 11
    async with client.post("/api/v1/gis/geocode-file", json={"uploadId": shown["upload"]["id"]}) as response:
        created = await response.json()
        assert response.status == 202, created
    assert [column["column"] for column in created["columns"]] == [column["column"] for column in shown["columns"]]
    async with harness.worker(settings):
        job = await harness.follow(client, created["jobId"])
    assert job["status"] == "completed"
    raw = (await call(client, "GET", f"/api/v1/jobs/{job['id']}/output.csv")).raw.decode("utf-8-sig")
    output = list(csv.DictReader(io.StringIO(raw, newline="")))
    for row, record in zip(output, shown["records"], strict=True):
        assert bool(row["latitude"]) == (record["record"] is not None), record
        if record["isProtected"]:
            assert row["error"], "why is not shown"
        elif record["record"] is None:
            assert row["error"].removeprefix("the row ") == record["problems"][0]["message"]
        elif record["problems"]:
            assert record["problems"][0]["message"] in row["error"]
    asked = {
        tuple(arrival.query.get(name) for name in ("street", "city", "state", "postalcode"))
        for arrival in nominatim.arrivals
    }
    previewed = [record["record"] for record in shown["records"] if record["record"] is not None]
    assert asked == {(r["address"], r["city"], r.get("state"), r["zipCode"]) for r in previewed}
