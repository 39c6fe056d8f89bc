"""Suggestions while an address is typed, and the address at a point, from the reference data."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.reference import lookups
from app.db.reference.nearest import NEAREST
from app.db.reference.suggestions import SUGGEST
from app.settings import Settings
from tests import harness
from tests.integration.imports.conftest import Send
from tests.integration.reference.test_lookup import FILE, METRE

Json = dict[str, Any]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"geocoders": ("local", "offline")})


@pytest.fixture
async def data(imported: Send) -> None:
    await imported("reference", FILE, source="wake", dated="2026-05-01")


async def get(client: aiohttp.ClientSession, path: str, **params: Any) -> tuple[int, Json]:
    async with client.get(f"/api/v1/{path}", params=params) as response:
        return response.status, await response.json()


async def suggested(client: aiohttp.ClientSession, q: str) -> list[str]:
    status, body = await get(client, "geocode/suggest", q=q)
    assert status == 200, body
    return [one["address"] for one in body["suggestions"]]


@pytest.mark.usefixtures("data")
async def test_suggestions(client: aiohttp.ClientSession) -> None:
    assert await suggested(client, "20 mai") == ["20 N Main St, Durham, NC 27701", "20 S Main St, Durham, NC 27701"]
    assert await suggested(client, "20 n mai") == ["20 N Main St, Durham, NC 27701"]
    assert await suggested(client, "77 maple dr ral") == [
        "77 Maple Dr, Raleigh, NC 27601",
        "77 Maple Dr, Raleigh, NC 27603",
    ]
    assert await suggested(client, "77 Maple Dr, Raleigh, NC 27603") == ["77 Maple Dr, Raleigh, NC 27603"]
    assert await suggested(client, "123 blo") == [
        "123 Blossom Ln, Durham, NC 27701",
        "123 1/2 Blossom Ln, Durham, NC 27701",
    ]
    assert await suggested(client, "9 elm") == ["Elm Ave, Durham, NC 27703", "Elm St, Durham, NC 27703"]
    assert await suggested(client, "20") == await suggested(client, "20 nowh") == []
    _, body = await get(client, "suggest", q="50 eighth", limit=1)
    [house] = body["suggestions"]
    assert house["kind"] == "house"
    assert house["source"] == "wake"
    assert house["longitude"] == pytest.approx(-78.64)
    for wrong in ({}, {"q": "x" * 201}, {"q": "main", "limit": 0}, {"q": "main", "country": "usa"}):
        assert (await get(client, "geocode/suggest", **wrong))[0] == 422


@pytest.mark.usefixtures("data")
async def test_the_address_at_a_point(client: aiohttp.ClientSession) -> None:
    status, near = await get(client, "reverse", lat=36.0 + 203 * METRE, lon=-78.9)
    assert (status, near["provider"], near["accuracy"]) == (200, "local", "rooftop")
    assert near["address"] == "20 N Main St, Durham, NC 27701"
    _, beside = await get(client, "reverse", lat=36.0 + 9_150 * METRE, lon=-78.62)
    assert (beside["address"], beside["accuracy"]) == ("77 Maple Dr, Raleigh, NC 27601", "street")
    status, _ = await get(client, "reverse", lat=36.0 + 15_000 * METRE, lon=-78.62)
    assert status == 404


async def test_private_data_are_suggested_to_their_owner_alone(
    user_client: aiohttp.ClientSession, client: aiohttp.ClientSession, worker: None
) -> None:
    async with user_client.post(
        "/api/v1/reference/import", data=FILE, params={"source": "mine"}, headers={"Content-Type": "text/csv"}
    ) as response:
        created = await response.json()
    assert (await harness.follow(user_client, created["jobId"]))["status"] == "completed"
    point = {"lat": 36.0 + 200 * METRE, "lon": -78.9}
    assert await suggested(user_client, "50 eighth") == ["50 Eighth Ave, Raleigh, NC 27601"]
    assert (await get(user_client, "reverse", **point))[0] == 200
    assert await suggested(client, "50 eighth") == []
    assert (await get(client, "reverse", **point))[0] != 200


async def test_plans(db_pool: Pool, data: None) -> None:
    async with db_pool.acquire() as conn, conn.transaction():
        await lookups.begin(conn)
        typed = (None, "us", [0], ["ma"], ["mb"], "", "", 12)
        suggest = "\n".join(r[0] for r in await conn.fetch(f"EXPLAIN {SUGGEST}", *typed))
        point = (None, 360000000, -789000000, 22000, 28000, 0.8)
        nearest = "\n".join(r[0] for r in await conn.fetch(f"EXPLAIN {NEAREST}", *point))
    assert "reference_streets_prefix_idx" in suggest
    for plan in (suggest, nearest):
        assert "Seq Scan on reference_points" not in plan
        assert "Seq Scan on reference_streets" not in plan
