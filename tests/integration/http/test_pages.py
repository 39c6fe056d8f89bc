"""Lists: every one can be read to its end by cursor, and refuses offsets and cursors that cannot be right."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from yarl import URL

from app.db.core.pool import Pool
from tests.contract import document
from tests.integration.households.calls import call

ENTRIES = 3
UNKNOWN = "01920000-0000-7000-8000-000000000000"
LISTS = sorted(
    path
    for path, methods in document()["paths"].items()
    if {"limit", "cursor"} <= {parameter["name"] for parameter in methods.get("get", {}).get("parameters", ())}
)


def cursor(json: str) -> str:
    return urlsafe_b64encode(json.encode()).decode().rstrip("=")


CURSORS = [
    "x",
    "…",
    UNKNOWN,
    *map(
        cursor,
        ["", "null", "{}", "[]", "[1]", "[-1]", "[9223372036854775808]", "[1e400]", "[NaN]", '["\\u0000"]']
        + [f'["a\\u0000", "{UNKNOWN}"]', '["\\ud800", 1]', f'["0001-01-01T00:00:00+14:00", "{UNKNOWN}"]']
        + [f'["9999-12-31T23:59:59-14:00", "{UNKNOWN}"]', f'[99999999999999999, "{UNKNOWN}"]']
        + [f'[-1e308, "{UNKNOWN}"]', f'["a", "{UNKNOWN}", 1]', "[" * 100 + "]" * 100],
    ),
]


@pytest.fixture
async def path_ids(client: aiohttp.ClientSession, db_pool: Pool) -> dict[str, str]:
    """Ids of records whose lists have some entries, by the beginning of the lists' paths."""
    job = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    added = {"name": "Acme", "website": "acme.com"}
    business = (await call(client, "POST", "/api/v1/businesses", json=added)).json["id"]
    company = (await call(client, "POST", "/api/v1/companies", json={"name": "Acme"})).json
    async with db_pool.acquire() as conn:
        await conn.execute(
            """INSERT INTO job_errors (job_id, item_id, error)
               SELECT $1, n::text, 'broken' FROM generate_series(1, $2) AS n""",
            UUID(job),
            ENTRIES,
        )
        await conn.execute(
            """INSERT INTO job_events (job_id, event, attempt, fence)
               SELECT $1, 'retried', 1, 1 FROM generate_series(2, $2)""",
            UUID(job),
            ENTRIES,
        )
        await conn.execute(
            """INSERT INTO website_checks (business_id, job_id, status, evidence)
               SELECT $1, $2, 'ok', '{}' FROM generate_series(1, $3)""",
            UUID(business),
            UUID(job),
            ENTRIES,
        )
    return {"jobs": job, "businesses": business, "companies": company["id"]}


@pytest.mark.parametrize("path", ["jobs/{id}/errors", "jobs/{id}/timeline", "businesses/{id}/checks"])
async def test_lists_of_a_record_by_cursor(client: aiohttp.ClientSession, path_ids: dict[str, str], path: str) -> None:
    await assert_pages(client, f"/api/v1/{path.format(id=path_ids[path.partition('/')[0]])}")


@pytest.mark.parametrize(
    ("path", "bodies"),
    [
        ("users", [{"email": f"{name}@example.com", "name": "Jo"} for name in "ab"]),
        ("keys", [{"name": "same"}] * 2),
        ("teams", [{"name": name} for name in "cab"]),
        ("schedules", [{"name": name, "cron": "0 0 1 1 *", "type": "noop"} for name in "cab"]),
    ],
)
async def test_lists_by_cursor(client: aiohttp.ClientSession, path: str, bodies: list[dict[str, Any]]) -> None:
    for body in bodies:
        assert (await call(client, "POST", f"/api/v1/{path}", json=body)).status == 201
    await assert_pages(client, f"/api/v1/{path}")


async def test_uploads_by_cursor(client: aiohttp.ClientSession) -> None:
    for number in range(ENTRIES):
        form = aiohttp.FormData()
        form.add_field("file", f"name,website\nAcme {number},acme.com\n".encode(), filename="a.csv")
        async with client.post("/api/v1/uploads", data=form) as response:
            assert response.status == 201, await response.text()
    await assert_pages(client, "/api/v1/uploads")


async def assert_pages(client: aiohttp.ClientSession, path: str) -> None:
    """Read the list as a whole, and entry by entry along the links."""
    whole = (await call(client, "GET", path)).json
    name = next(name for name, value in whole.items() if isinstance(value, list))
    assert len(whole[name]) == whole["total"] >= ENTRIES and whole["nextCursor"] is None
    entries, address = [], f"{path}?limit=1"
    while address:
        async with client.get(address) as response:
            page = await response.json()
            address = str(URL(response.links["next"]["url"]).relative()) if "next" in response.links else ""
        assert page["total"] == whole["total"] and len(page[name]) == 1
        entries += page[name]
    assert entries == whole[name]


async def test_wrong_cursors_and_large_offsets(client: aiohttp.ClientSession, path_ids: dict[str, str]) -> None:
    refusal = "offset: must be at most 100,000. To read further, follow the cursors: send the nextCursor of each page"
    assert len(LISTS) > 20
    for path in LISTS:
        address = path.format(id=path_ids.get(path.split("/")[-3], UNKNOWN))
        limit = await call(client, "GET", address, params={"offset": "100000"})
        assert limit.status == 200, limit.json
        beyond = await call(client, "GET", address, params={"offset": "100001"})
        assert beyond.status == 422 and beyond.json["detail"].startswith(refusal), (path, beyond.json)
        for tampered in CURSORS:
            answer = await call(client, "GET", address, params={"cursor": tampered})
            assert answer.status in (200, 422), (path, tampered, answer.json)
            assert answer.status == 200 or "cursor" in answer.json["detail"], (path, tampered, answer.json)
