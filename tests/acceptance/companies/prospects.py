"""Companies and their jobs over REST."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests import harness
from tests.acceptance.conftest import Office

Json = dict[str, Any]


async def post(client: aiohttp.ClientSession, path: str, body: Any, status: int = 202) -> Json:
    async with client.post(path, json=body) as response:
        assert response.status == status, await response.text()
        answer: Json = await response.json()
        return answer


async def get(client: aiohttp.ClientSession, path: str) -> Json:
    async with client.get(path) as response:
        assert response.status == 200, await response.text()
        answer: Json = await response.json()
        return answer


async def company(client: aiohttp.ClientSession, office: Office, name: str) -> str:
    made = await post(client, "/api/companies", {"name": name, "website": office.site.url}, 201)
    return str(made["id"])


async def ended(client: aiohttp.ClientSession, asked: Json, *, within: float = 30) -> Json:
    """Return the result of a job that was requested."""
    job = await harness.follow(client, asked["job_id"], within=within)
    assert job["status"] == "completed", job
    result: Json = job["result"]
    return result
