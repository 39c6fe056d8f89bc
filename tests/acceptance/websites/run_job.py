"""Running one job of a new business."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests import harness


async def run_job(
    client: aiohttp.ClientSession, kind: str, name: str, website: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Create a business and return its finished job of this kind, and the business after that."""
    async with client.post("/api/businesses", json={"name": name, "website": website}) as response:
        assert response.status == 201, await response.text()
        business = await response.json()
    [job_id] = [job["jobId"] for job in business["jobs"] if job["type"] == kind]
    job = await harness.follow(client, job_id)
    async with client.get(f"/api/businesses/{business['id']}") as response:
        return job, await response.json()
