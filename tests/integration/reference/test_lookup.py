"""The geocoder `local` on the whole platform: what it finds, what it says about it, and what it leaves to others."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.reference import lookups
from app.db.reference.lookups import StreetQuestion
from app.domain.reference.places import Place
from app.domain.vocabulary.distance import great_circle_metres
from app.settings import Settings
from tests import harness
from tests.integration.imports.conftest import Send

Json = dict[str, Any]
METRE = 1 / 111_195


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"geocoders": ("local", "offline")})


def row(number: str, street: str, city: str, code: str, metres: float, longitude: float = -78.9) -> str:
    return f"{number},{street},{city},NC,{code},{36.0 + metres * METRE:.7f},{longitude}"


HOUSES = [
    *(row(str(n), "N Main St", "Durham", "27701", 10 * n) for n in range(2, 60, 2)),
    *(row(str(n), "S Main St", "Durham", "27701", -10 * n) for n in range(2, 30, 2)),
    row("123 1/2", "Blossom Ln", "Durham", "27701", 5_000),
    row("123", "Blossom Ln", "Durham", "27701", 5_040),
    row("12", "Oak St", "Durham", "27703", 6_000),
    row("14", "Elm St", "Durham", "27703", 6_100),
    row("7", "Elm Ave", "Durham", "27703", 6_200),
    row("50", "Eighth Ave", "Raleigh", "27601", 9_000, -78.64),
    row("60", "State Route 99", "Raleigh", "27601", 9_000, -78.63),
    row("77", "Maple Dr", "Raleigh", "27601", 9_000, -78.62),
    row("77", "Maple Dr", "Raleigh", "27603", 22_000, -78.62),
]
FILE = "\n".join(["number,street,city,state,zip,lat,lon", *HOUSES]).encode()


@pytest.fixture
async def data(imported: Send) -> None:
    await imported("reference", FILE, source="wake", dated="2026-05-01", attribution="© Wake County")


async def ask(client: aiohttp.ClientSession, *addresses: str, **options: Any) -> list[Json]:
    async with client.post("/api/v1/geocode", json={"addresses": list(addresses), **options}) as response:
        assert response.status == 200, await response.text()
        results: list[Json] = (await response.json())["results"]
        return results


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("address", "accuracy", "matched"),
    [
        ("20 N Main St, Durham, NC 27701", "rooftop", "20 N Main St, Durham, NC 27701"),
        ("20 NORTH MAIN STREET APT 4, DURHAM, NC 27701", "rooftop", "20 N Main St, Durham, NC 27701"),
        ("20 n main st, durham, nc", "rooftop", "20 N Main St, Durham, NC 27701"),
        ("20 N Main St, NC 27701", "rooftop", "20 N Main St, Durham, NC 27701"),
        ("123 1/2 Blossom Ln, Durham, NC 27701", "rooftop", "123 1/2 Blossom Ln, Durham, NC 27701"),
        ("123 Blossom Lane, Durham, NC 27701", "rooftop", "123 Blossom Ln, Durham, NC 27701"),
        ("123 Blosom Ln, Durham, NC 27701", "rooftop", "123 Blossom Ln, Durham, NC 27701"),
        ("123 Blossom Ln, Durahm, NC", "rooftop", "123 Blossom Ln, Durham, NC 27701"),
        ("12 Oka St, Durham, NC 27703", "rooftop", "12 Oak St, Durham, NC 27703"),
        ("50 8th Avenue, Raleigh, NC 27601", "rooftop", "50 Eighth Ave, Raleigh, NC 27601"),
        ("60 Hwy 99, Raleigh, NC 27601", "rooftop", "60 State Route 99, Raleigh, NC 27601"),
        ("21 N Main St, Durham, NC 27701", "interpolated", "21 N Main St, Durham, NC 27701"),
        ("9000 N Main St, Durham, NC 27701", "street", "N Main St, Durham, NC 27701"),
        ("N Main St, Durham, NC 27701", "street", "N Main St, Durham, NC 27701"),
        ("14 Elm, Durham, NC 27703", "rooftop", "14 Elm St, Durham, NC 27703"),
    ],
)
async def test_addresses_in_many_forms(
    client: aiohttp.ClientSession, address: str, accuracy: str, matched: str
) -> None:
    [found] = await ask(client, address)
    assert (found["provider"], found["accuracy"], found["matchedAddress"]) == ("local", accuracy, matched), found
    assert found["attribution"] == "© Wake County"


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    "address",
    [
        "20 Nowhere St, Durham, NC 27701",
        "20 Main St, Durham, NC 27701",  # north or south
        "77 Maple Dr, Raleigh, NC",  # 27601 or 27603
        "20 N Main St, Boise, ID 83702",
        "PO Box 20, Durham, NC 27701",
    ],
)
async def test_what_is_left_to_others(client: aiohttp.ClientSession, address: str) -> None:
    [found] = await ask(client, address)
    assert found["provider"] != "local", found


@pytest.mark.usefixtures("data")
async def test_a_contradiction_is_no_rooftop_and_is_named(client: aiohttp.ClientSession) -> None:
    for address, part in (
        ("12 Oak Ave, Durham, NC 27703", "direction"),
        ("12 Oak St, Durham, NC 27701", "postcode"),
        ("123 1/4 Blossom Ln, Durham, NC 27701", "house_number"),
    ):
        [found] = await ask(client, address, providerId="local", useFallback=False)
        assert found["accuracy"] != "rooftop"
        assert part in found["evidence"]["differs"]


@pytest.mark.usefixtures("data")
async def test_answers_say_what_they_rest_on(client: aiohttp.ClientSession) -> None:
    exact, between = await ask(client, "20 N Main St, Durham, NC 27701", "20 N Mian St, NC 27701")
    assert exact["evidence"] == {
        "basis": "point",
        "source": "wake",
        "sourceDate": "2026-05-01",
        "matched": ["house_number", "street", "city", "state", "postcode"],
        "differs": [],
        "between": [],
        "expectedErrorMetres": None,
    }
    assert between["evidence"]["differs"] == ["spelling"]
    assert exact["confidence"] == 1.0 > between["confidence"]
    assert great_circle_metres(exact["latitude"], exact["longitude"], 36.0 + 200 * METRE, -78.9) < 0.1
    [found] = await ask(client, "61 N Main St, Durham, NC 27701")
    assert found["evidence"]["basis"] == "street"
    [found] = await ask(client, "60 N Main St, Durham, NC 27701")
    assert (found["evidence"]["basis"], found["evidence"]["between"]) == ("neighbours", ["58", "56"])
    assert found["evidence"]["expectedErrorMetres"] >= 20


@pytest.mark.usefixtures("data")
async def test_a_tie_names_its_candidates(client: aiohttp.ClientSession) -> None:
    [found] = await ask(client, "20 Main St, Durham, NC 27701")
    assert (found["provider"], found["accuracy"]) == ("offline", "postcode")
    assert sorted(one["address"] for one in found["candidates"]) == [
        "20 N Main St, Durham, NC 27701",
        "20 S Main St, Durham, NC 27701",
    ]
    [alone] = await ask(client, "20 Main St, Durham, NC 27701", providerId="local", useFallback=False)
    assert alone["error"].startswith("local: ambiguous: ")


async def test_without_reference_data_nothing_changes(client: aiohttp.ClientSession) -> None:
    [found] = await ask(client, "20 N Main St, Durham, NC 27701")
    assert (found["provider"], found["accuracy"]) == ("offline", "postcode")
    assert not {"evidence", "candidates"} & found.keys()
    [missed] = await ask(client, "1 Nowhere Road, Nosuchplace, CA 00000")
    assert missed["error"] == "offline: no match"


async def test_removed_data_answer_nothing(client: aiohttp.ClientSession, data: None) -> None:
    async with client.get("/api/v1/reference") as response:
        [source] = (await response.json())["sources"]
    async with client.delete(f"/api/v1/reference/{source['id']}") as response:
        assert response.status == 204
    [found] = await ask(client, "20 N Main St, Durham, NC 27701")
    assert found["provider"] == "offline"


async def geocode_file(client: aiohttp.ClientSession, lines: Sequence[str]) -> tuple[Json, list[str]]:
    body = io.BytesIO("\n".join(["address,city,state,zip", *lines]).encode())
    async with client.post("/api/v1/gis/geocode-file", data=body, headers={"Content-Type": "text/csv"}) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    job = await harness.follow(client, created["jobId"])
    async with client.get(f"/api/v1/jobs/{job['id']}/output.csv") as response:
        return job, (await response.text()).splitlines()[1:]


@pytest.mark.usefixtures("data")
async def test_a_file_is_geocoded_in_batches(client: aiohttp.ClientSession) -> None:
    lines = [f"{n} N Main St,Durham,NC,27701" for n in range(2, 60, 2)]
    job, output = await geocode_file(client, [*lines, "20 Main St,Durham,NC,27701", "1 Other St,Durham,NC,27701"])
    assert job["result"]["byProvider"] == {"local": 29, "offline": 2}
    assert job["result"]["byAccuracy"] == {"rooftop": 29, "postcode": 2}
    assert "ambiguous: 20 N Main St, Durham, NC 27701; 20 S Main St, Durham, NC 27701" in output[29]


async def test_data_of_a_user_answer_nobody_else(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, imported: Send
) -> None:
    async with user_client.post(
        "/api/v1/reference/import", data=FILE, params={"source": "mine"}, headers={"Content-Type": "text/csv"}
    ) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    job = await harness.follow(user_client, created["jobId"])
    assert job["status"] == "completed"
    assert (await ask(user_client, "20 N Main St, Durham, NC 27701"))[0]["provider"] == "local"
    assert (await ask(client, "20 N Main St, Durham, NC 27701"))[0]["provider"] == "offline"
    async with user_client.post(
        "/api/v1/reference/import",
        data=FILE,
        params={"source": "mine", "shared": "true"},
        headers={"Content-Type": "text/csv"},
    ) as response:
        assert response.status == 403


PLANS = {
    "IN_PLACE": ("reference_streets_postcode_idx", "reference_streets_city_idx", "reference_points_pkey"),
    "IN_STATE": ("reference_streets_key", "reference_points_pkey"),
    "SIMILAR": ("reference_streets_postcode_idx", "reference_streets_city_idx"),
    "NEIGHBOURS": ("reference_points_pkey",),
    "MIDDLE": ("reference_points_pkey",),
    "STRETCHES": ("reference_stretches_pkey",),
}


@pytest.mark.parametrize("name", PLANS)
async def test_look_ups_go_by_the_indexes(name: str, db_pool: Pool, data: None) -> None:
    question = StreetQuestion("main", Place("DURHAM", "NC", "27701"), 20)
    columns = lookups._columns([question])
    arguments: tuple[Any, ...] = (None, "us", *columns, [20])
    if name in ("NEIGHBOURS", "STRETCHES"):
        arguments = ([1], [20])
    elif name == "MIDDLE":
        arguments = ([1],)
    async with db_pool.acquire() as conn, lookups.snapshot(conn):
        plan = "\n".join(r[0] for r in await conn.fetch(f"EXPLAIN {getattr(lookups, name)}", *arguments))
    for table in ("points", "streets", "stretches"):
        assert f"Seq Scan on reference_{table}" not in plan
    for index in PLANS[name]:
        assert index in plan, plan
