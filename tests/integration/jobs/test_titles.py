"""Titles tell jobs of one kind apart."""

from __future__ import annotations

from uuid import UUID

import aiohttp

from app.db.core.pool import Pool
from tests.integration.households.calls import call


async def title(client: aiohttp.ClientSession, kind: str, data: dict[str, object]) -> str:
    made = await call(client, "POST", "/api/v1/jobs", json={"type": kind, "data": data})
    assert made.status == 202, made.json
    shown = await call(client, "GET", f"/api/v1/jobs/{made.json['jobId']}")
    found: str = shown.json["title"]
    return found


async def test_records_are_named(client: aiohttp.ClientSession, db_pool: Pool, admin_id: UUID) -> None:
    insert = "INSERT INTO companies (id, name, created_by) VALUES (gen_random_uuid(), $1, $2) RETURNING id"
    ids = [str(await db_pool.fetchval(insert, name, admin_id)) for name in ("Acme Widgets Ltd", "Bolt GmbH")]
    assert await title(client, "company_research", {"companyId": ids[0]}) == "Company research · Acme Widgets Ltd"
    assert await title(client, "lead_scoring", {"companyIds": ids}) == "Lead scoring · Acme Widgets Ltd and 1 more"


async def test_areas_and_numbers_are_named(client: aiohttp.ClientSession) -> None:
    data: dict[str, object] = {"filters": {"county": "Durham", "state": "NC"}}
    assert await title(client, "geocode_households", data) == "Geocode households · Durham · NC"
