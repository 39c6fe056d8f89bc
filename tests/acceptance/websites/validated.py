"""A business with a website, and one of its jobs at its end."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests import harness


async def run(
    client: aiohttp.ClientSession, kind: str, name: str, website: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The job of this kind, finished, and the business afterwards."""
    async with client.post("/api/businesses", json={"name": name, "website": website}) as response:
        assert response.status == 201, await response.text()
        business = await response.json()
    [job_id] = [job["jobId"] for job in business["jobs"] if job["type"] == kind]
    job = await harness.follow(client, job_id)
    async with client.get(f"/api/businesses/{business['id']}") as response:
        return job, await response.json()
