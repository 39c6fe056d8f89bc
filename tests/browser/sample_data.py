"""Sample data for browser tests and screenshots: users, households, schedules, and jobs of every kind and status."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson

from app.cli import sample
from tests import registers
from tests.harness import follow


async def post(client: aiohttp.ClientSession, path: str, body: Any = None, **options: Any) -> Any:
    async with client.post(path, json=body, **options) as response:
        assert response.status < 300, await response.text()
        return await response.json() if response.content_type == "application/json" else None


async def upload(client: aiohttp.ClientSession, path: str, name: str, text: str | bytes) -> str:
    form = aiohttp.FormData()
    form.add_field("file", text, filename=name)
    async with client.post(path, data=form) as response:
        assert response.status == 202, await response.text()
        return str((await response.json())["jobId"])


async def create(client: aiohttp.ClientSession) -> dict[str, str]:
    """Create the data and wait for the jobs. Returns the ids of some of them, by what they show."""
    ids: dict[str, str] = {}
    households = [entry.household for entry in sample.load(1500)]
    households += [
        {"id": f"gone-{n}", "address": f"{n} No Such Road", "city": "Nowhereville", "state": "CA", "zip": "00001"}
        for n in range(7)
    ]
    await post(client, "/api/v1/households", households)
    made = await post(client, "/api/v1/gis/households/geocode", {"filters": {"state": "CA"}})
    ids["geocoded"] = made["jobId"]
    everywhere = await post(client, "/api/v1/gis/households/geocode", {"filters": {"precinctNumber": "demo"}})
    voters = registers.delimited(registers.north_carolina(400), registers.NORTH_CAROLINA_HEADER, delimiter="\t")
    ids["voters"] = await upload(client, "/api/v1/voters/import", "ncvoter92.txt", voters)
    shops = "".join(f"{n},Shop {n},{('supermarket', 'cafe', 'school')[n % 3]},{35 + (n % 97) / 300:.4f},"
                    f"{-78.5 - (n % 89) / 250:.4f}\n" for n in range(900))  # fmt: skip
    ids["pois"] = await upload(
        client, "/api/v1/pois/import", "shops.csv", f"id,name,category,lat,lon\n{shops}x1,Nowhere,cafe,,\n"
    )
    ids["parcels"] = await upload(client, "/api/v1/parcels/import", "parcels.geojson", orjson.dumps(parcels(120)))
    scripted = [
        {"steps": 4, "items": 25},
        {"steps": 8, "items": 5, "failing_items": 1},
        {"fail_attempts": 9, "steps": 2, "items": 10},
        {"permanent": True, "fail_attempts": 1},
        {"steps": 3, "items": 400, "result": {"byState": {"CA": 812, "NC": 344, "TX": 44}, "seconds": 1.8}},
    ]
    for data in scripted:
        ids[f"scripted-{len(ids)}"] = (await post(client, "/api/v1/jobs", {"type": "scripted", "data": data}))["jobId"]
    await post(client, "/api/v1/jobs", [{"type": "noop", "data": {"seconds": n % 7 / 50}} for n in range(60)])
    person = await post(client, "/api/v1/users", {"email": "ana@example.org", "name": "Ana Ito", "role": "user"})
    await post(client, "/api/v1/keys", {"name": "laptop", "userId": person["id"]})
    await post(
        client,
        "/api/v1/schedules",
        {
            "name": "Geocode what is new",
            "cron": "0 3 * * *",
            "timezone": "America/New_York",
            "type": "geocode_households",
            "data": {"filters": {"state": "NC"}},
        },
    )
    for job_id in [everywhere["jobId"], *ids.values()]:
        await follow(client, job_id)
    async with client.get("/api/v1/households", params={"geocoded": "true", "limit": 1}) as response:
        ids["household"] = (await response.json())["households"][0]["id"]
    ids["webhook"] = await create_webhook(client)
    ids["upload"] = await keep_file(client)
    return ids


def parcels(number: int) -> dict[str, Any]:
    """Lots in rows along streets, as a county publishes them."""
    features = []
    for n in range(number):
        west, south = -78.9 + n % 12 * 0.0006, 35.99 + n // 12 * 0.0009
        ring = [[west, south], [west + 0.0005, south], [west + 0.0005, south + 0.0007], [west, south + 0.0007]]
        properties = {
            "PIN": f"0822-{n:05}",
            "SITE_ADDR": f"{100 + 2 * n} Willowbrook Lane",
            "SITE_CITY": "Durham",
            "OWNER": f"Household {n}",
            "ACRES": round(0.12 + n % 9 / 50, 2),
        }
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


async def keep_file(client: aiohttp.ClientSession) -> str:
    """A file with a problem that was sent for a preview."""
    form = aiohttp.FormData()
    table = "Voter ID,Last,Address,City,State,Zip,Notes\n" + "".join(
        f"{n or ''},Doe {n},{n + 1} Elm Street,Reno,NV,89501,{'long words ' * 5}\n" for n in range(25)
    )
    form.add_field("file", table.encode(), filename="reno.csv")
    async with client.post("/api/v1/uploads", data=form) as response:
        return str((await response.json())["upload"]["id"])


async def create_webhook(client: aiohttp.ClientSession) -> str:
    """A webhook for a single job, which has finished; no host has the name of the receiver."""
    job_id = (await post(client, "/api/v1/jobs", {"type": "noop", "data": {"seconds": 1}}))["jobId"]
    webhook = await post(client, "/api/v1/webhooks", {"url": "https://hooks.invalid/trigpoint", "jobId": job_id})
    await follow(client, job_id)
    return str(webhook["id"])
