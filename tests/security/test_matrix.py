"""Who may use which route: each route has a row and is called over HTTP without a key, by a user, and by sessions."""

from __future__ import annotations

import re

import aiohttp
import pytest
from starlette.routing import Route
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.web.accounts import key_lookup
from app.web.dashboard.routes import PAGES
from app.web.http.operation import operation_of
from app.web.routes import ROUTES
from tests import harness
from tests.integration.dashboard.conftest import Visitor

PUBLIC = """
GET /healthz
GET /openapi.json
GET /docs
GET /readyz
GET /static/{version}/{path:path}
GET /favicon.ico
GET /login
POST /login
"""
CRON_SECRET = """
GET /api/jobs/process
GET /api/cron/process-jobs
"""
USERS = """
GET /api/heatmap/tiles/{z:int}/{x:int}/{y:int}.png
GET /api/v1/jobs/{id}
GET /api/v1/jobs/{id}/errors
GET /api/v1/jobs/{id}/events
GET /api/v1/jobs
POST /api/v1/jobs
POST /api/v1/jobs/bulk
GET /api/v1/kinds
DELETE /api/v1/jobs/{id}
GET /api/v1/jobs/{id}/timeline
POST /api/v1/jobs/{id}/cancel
POST /api/v1/jobs/{id}/retry
GET /api/v1/queues
GET /api/v1/queues/{name}
GET /api/v1/schedules
POST /api/v1/schedules
GET /api/v1/schedules/{id}
PATCH /api/v1/schedules/{id}
DELETE /api/v1/schedules/{id}
POST /api/v1/schedules/{id}/run
POST /api/v1/gis/households/geocode
POST /api/v1/gis/geocode-file
GET /api/v1/jobs/{id}/output
GET /api/v1/jobs/{id}/output.csv
POST /api/v1/geocode
GET /api/v1/geocode/suggest
GET /api/v1/suggest
GET /api/v1/reverse
GET /api/v1/geocoders
GET /api/v1/households
POST /api/v1/households
GET /api/v1/households/export
GET /api/v1/households/export.csv
GET /api/v1/households/export.geojson
GET /api/v1/parcels/export
GET /api/v1/pois/export
GET /api/v1/households/review
POST /api/v1/households/{id}/review
GET /api/v1/households/{id}
PATCH /api/v1/households/{id}
PUT /api/v1/households/{id}/location
GET /api/v1/uploads
POST /api/v1/uploads
GET /api/v1/uploads/{id}
DELETE /api/v1/uploads/{id}
POST /api/v1/voters/import
POST /api/v1/parcels/import
POST /api/v1/pois/import
POST /api/v1/reference/import
GET /api/v1/reference
GET /api/v1/reference/{id}
DELETE /api/v1/reference/{id}
GET /api/v1/jobs/{id}/rejected
GET /api/v1/jobs/{id}/rejected.csv
POST /api/v1/jobs/{id}/undo
GET /api/v1/businesses
POST /api/v1/businesses
GET /api/v1/businesses/export.csv
POST /api/v1/businesses/import
GET /api/v1/businesses/{id}
GET /api/v1/businesses/{id}/checks
GET /api/v1/business-exclusions
POST /api/v1/business-exclusions
DELETE /api/v1/business-exclusions/{id}
GET /api/v1/mappings
POST /api/v1/mappings
DELETE /api/v1/mappings/{id}
GET /api/v1/webhooks
POST /api/v1/webhooks
DELETE /api/v1/webhooks/{id}
GET /api/v1/webhooks/{id}/deliveries
POST /api/v1/webhooks/{id}/enable
POST /api/v1/webhooks/{id}/replay
POST /api/v1/validations
POST /api/places/search
POST /api/v1/places/search
GET /api/businesses
POST /api/businesses
GET /api/businesses/export.csv
GET /api/businesses/{id}
POST /api/jobs/process
GET /api/jobs/status
POST /api/jobs/retry
GET /api/jobs/{id}
GET /api/score
GET /api/heatmap
POST /api/heatmap/schedule
GET /api/heatmap/regions
GET /api/v1/score
GET /api/v1/heatmap
POST /api/v1/heatmap/schedule
GET /api/v1/heatmap/regions
GET /api/v1/heatmap/tiles/{z:int}/{x:int}/{y:int}.png
GET /api/v1/cities
GET /api/v1/cities/{slug}
GET /api/v1/me
GET /api/v1/keys
POST /api/v1/keys
DELETE /api/v1/keys/{id}
GET /api/v1/teams
GET /api/v1/teams/{id}
GET /api/v1/companies
POST /api/v1/companies
GET /api/v1/companies/{id}
PATCH /api/v1/companies/{id}
GET /api/v1/companies/{id}/reports
GET /api/v1/companies/{id}/signals
POST /api/v1/research
GET /api/v1/reports/{id}
GET /api/v1/reports/{id}/sources/{source}
GET /api/v1/register-candidates
POST /api/v1/register-candidates/{id}/confirm
POST /api/v1/register-candidates/{id}/reject
POST /api/v1/enrichment
POST /api/v1/scoring
GET /api/v1/scores
GET /api/v1/scores/export.csv
POST /api/v1/signal-detection
GET /api/v1/signals
GET /api/v1/signals/export.csv
GET /api/companies
POST /api/companies
GET /api/companies/{id}
PATCH /api/companies/{id}
GET /api/companies/{id}/reports
GET /api/companies/{id}/signals
POST /api/research/{company}
GET /api/reports/{id}
GET /api/reports/{id}/sources/{source}
POST /api/enrichment
POST /api/scoring
POST /api/signals
GET /api/signals
GET /api/health
"""
ADMINS = """
GET /metrics
POST /api/v1/jobs/release
POST /api/v1/jobs/{id}/run
PATCH /api/v1/queues/{name}
POST /api/v1/queues/{name}/pause
POST /api/v1/queues/{name}/resume
GET /api/v1/workers
POST /api/heatmap/reset
POST /api/v1/heatmap/reset
POST /api/v1/cities
DELETE /api/v1/cities/{slug}
GET /api/v1/users
POST /api/v1/users
PATCH /api/v1/users/{id}
POST /api/v1/teams
PATCH /api/v1/teams/{id}
DELETE /api/v1/teams/{id}
DELETE /api/v1/companies/{id}
DELETE /api/companies/{id}
"""
PAGES_OF_USERS = """
GET /households
GET /households/export
POST /households
GET /voters
GET /voters/export
GET /parcels
GET /parcels/export
GET /pois
GET /pois/export
GET /businesses
GET /businesses/export
POST /businesses
GET /exclusions
GET /exclusions/export
POST /exclusions
GET /companies
GET /companies/export
POST /companies
GET /signals
GET /signals/export
GET /reports
GET /reports/export
GET /voters/record
GET /parcels/record
GET /pois/record
GET /review
GET /review/{id}
POST /review/{id}
GET /reference
GET /reference/{id}
POST /reference/{id}/remove
GET /households/{id}
POST /households/{id}/address
GET /errors
GET /start/{goal}
POST /errors
POST /jobs/{id}/errors/geocode
POST /households/{id}/location
GET /businesses/{id}
GET /companies/{id}
GET /signals/{id}
GET /reports/{id}
GET /reports/{id}/sources/{number}
GET /teams
POST /logout
GET /
GET /jobs
POST /jobs
GET /live/jobs
GET /live/jobs/{id}
GET /jobs/{id}
GET /jobs/{id}/errors.csv
POST /jobs/{id}/cancel
POST /jobs/{id}/retry
POST /jobs/{id}/delete
POST /jobs/{id}/undo
GET /new
GET /new/{kind}
POST /new/{kind}
GET /import
POST /import
GET /import/{id}
POST /import/{id}
POST /import/{id}/delete
GET /map
GET /map/places
GET /webhooks
GET /webhooks/{id}
POST /webhooks/{id}/enable
POST /webhooks/{id}/replay
POST /webhooks/{id}/deliveries/{delivery}/resend
GET /keys
POST /keys
POST /keys/{id}/revoke
"""
PAGES_OF_ADMINS = """
GET /live/panels/{names}
POST /jobs/{id}/run
GET /queues
GET /queues/series
POST /queues/{name}/pause
POST /queues/{name}/resume
POST /queues/{name}/limits
GET /admin/queues
GET /api/admin/bull-board
GET /workers
GET /providers
GET /schedules
GET /schedules/new
POST /schedules/new
GET /schedules/{id}
POST /schedules/{id}
POST /schedules/{id}/act
GET /audit
GET /users
POST /users
POST /users/{id}
"""

LEVELS = (PUBLIC, CRON_SECRET, USERS, ADMINS, PAGES_OF_USERS, PAGES_OF_ADMINS)


def rows(level: str) -> list[str]:
    return level.strip().splitlines()


def address_of(row: str) -> tuple[str, str]:
    """Return the method and a path with ids that do not exist."""
    method, path = row.split()
    return method, re.sub(r"{\w+(:\w+)?}", lambda match: "1" if match[1] == ":int" else str(uuid7()), path)


async def ask(session: aiohttp.ClientSession, row: str) -> tuple[int, str]:
    """Return the status and where a redirect leads."""
    method, path = address_of(row)
    async with session.request(method, path, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", "")


def test_every_route_has_one_row() -> None:
    routes: list[Route] = [*ROUTES, *PAGES]
    found = [f"{method} {route.path}" for route in routes for method in (route.methods or set()) - {"HEAD"}]
    assert sorted(found) == sorted(row for level in LEVELS for row in rows(level))


def test_the_openapi_document_says_who_may_call_a_route() -> None:
    """The tests below call the routes; this compares what they declare."""
    accesses = {PUBLIC: {"open"}, CRON_SECRET: {"open"}, USERS: {"user", "public reads"}, ADMINS: {"admin"}}
    for route in ROUTES:
        declared = operation_of(route.endpoint)
        assert declared is not None
        for method in (route.methods or set()) - {"HEAD"}:
            [level] = [level for level in accesses if f"{method} {route.path}" in rows(level)]
            assert declared.access in accesses[level], f"{method} {route.path}"


async def test_without_a_key(url: str, admin_id: object) -> None:
    async with aiohttp.ClientSession(url) as anybody:
        for row in rows(USERS) + rows(ADMINS):
            assert (await ask(anybody, row))[0] == 401, row
        for row in rows(PAGES_OF_USERS) + rows(PAGES_OF_ADMINS):
            status, location = await ask(anybody, row)
            assert status == 303 and location.startswith("/login"), row
        for row in rows(PUBLIC):
            assert (await ask(anybody, row))[0] not in (401, 403), row
        for row in rows(CRON_SECRET):
            assert (await ask(anybody, row))[0] in (401, 404), row


async def test_a_user_is_no_admin(user_client: aiohttp.ClientSession, client: aiohttp.ClientSession) -> None:
    for row in rows(ADMINS):
        assert (await ask(user_client, row))[0] == 403, row
        assert (await ask(client, row))[0] not in (401, 403), row
    for row in rows(USERS):
        assert (await ask(user_client, row))[0] not in (401, 403), row
    for row in rows(PAGES_OF_USERS) + rows(PAGES_OF_ADMINS):
        # a key opens no page
        assert (await ask(user_client, row))[0] == 303, row
    for row in rows(CRON_SECRET):
        assert (await ask(user_client, row))[0] in (401, 404), row


async def test_sessions_read_and_change_nothing_without_a_form(user: Visitor, admin: Visitor) -> None:
    for visitor in (user, admin):
        for row in rows(USERS) + rows(ADMINS):
            status = (await ask(visitor.session, row))[0]
            if row.startswith("GET "):
                assert (status == 403) == (visitor is user and row in rows(ADMINS)) and status != 401, row
            else:
                assert status == 401, row
        for row in rows(PAGES_OF_USERS) + rows(PAGES_OF_ADMINS):
            if row == "POST /logout":
                continue
            status = (await ask(visitor.session, row))[0]
            if row.startswith("GET "):
                assert (status == 403) == (visitor is user and row in rows(PAGES_OF_ADMINS)), (row, status)
            else:
                assert status == 403, (row, status)


async def make_key(client: aiohttp.ClientSession, **body: object) -> dict[str, str]:
    async with client.post("/api/v1/keys", json={"name": "matrix", **body}) as response:
        assert response.status == 201, await response.text()
        made: dict[str, str] = await response.json()
        return made


async def test_keys_without_access(
    url: str,
    client: aiohttp.ClientSession,
    user_client: aiohttp.ClientSession,
    db_pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wrong, revoked and expired keys, and keys of a disabled user, open nothing."""
    monkeypatch.setattr(key_lookup, "MAX_FAILURES", 100_000)  # each row fails on purpose
    monkeypatch.setattr(key_lookup, "MAX_ALL_FAILURES", 100_000)
    keys = {name: (await make_key(client)) for name in ("revoked", "expired")}
    keys["disabled"] = await make_key(user_client)
    async with client.delete(f"/api/v1/keys/{keys['revoked']['id']}") as response:
        assert response.status == 204
    await db_pool.execute("UPDATE api_keys SET expires_at = now() WHERE id = $1::uuid", keys["expired"]["id"])
    async with client.get("/api/v1/users") as response:
        [user_id] = [user["id"] for user in (await response.json())["users"] if user["role"] == "user"]
    async with client.patch(f"/api/v1/users/{user_id}", json={"disabled": True}) as response:
        assert response.status == 200, await response.text()
    texts = {name: key["key"] for name, key in keys.items()} | {"garbage": "tp_garbage", "cron": "the-cron-secret"}
    for name, text in texts.items():
        async with harness.session(url, text) as session:
            for row in rows(USERS) + rows(ADMINS):
                assert (await ask(session, row))[0] == 401, (name, row)


async def test_scopes(url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    read, write = await make_key(user_client, scopes=["read"]), await make_key(user_client, scopes=["write"])
    for key, allowed in ((read, True), (write, False)):
        async with harness.session(url, key["key"]) as session:
            for row in rows(USERS):
                status = (await ask(session, row))[0]
                is_allowed = row.startswith("GET ") is allowed
                assert (status not in (401, 403)) if is_allowed else status == 403, (row, status)
            for row in rows(ADMINS):
                assert (await ask(session, row))[0] == 403, row
    ordinary = await make_key(client, scopes=["read", "write"])
    async with harness.session(url, ordinary["key"]) as session:
        for row in rows(ADMINS):
            assert (await ask(session, row))[0] == 403, row
        for row in rows(USERS):
            assert (await ask(session, row))[0] not in (401, 403), row


async def test_objects_of_other_users_do_not_exist(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    """Users get 404 for whatever an admin has created."""
    made = {}
    for path, body in {
        "jobs": {"type": "noop"},
        "schedules": {"name": "private", "cron": "0 5 * * *", "type": "noop"},
        "webhooks": {"url": "https://example.com/hook"},
        "mappings": {"name": "mine", "kind": "voter_import", "mapping": {"city": "Town"}, "columns": ["Town"]},
    }.items():
        async with client.post(f"/api/v1/{path}", json=body) as response:
            found = await response.json()
            made[path] = found.get("jobId") or found["id"]
    made["keys"] = (await make_key(client))["id"]
    for row in rows(USERS):
        method, path = row.split()
        area = path.removeprefix("/api/v1/").partition("/")[0]
        if "{id}" in path and area in made:
            change = {"name": "mine"} if method == "PATCH" else None
            async with user_client.request(method, path.replace("{id}", made[area]), json=change) as response:
                assert response.status == 404, (row, await response.text())
    async with user_client.post(
        "/api/v1/jobs/bulk", json={"action": "cancel", "filters": {"ids": [made["jobs"]]}}
    ) as response:
        assert (await response.json())["matched"] == 0
    assert await db_pool.fetchval("SELECT status FROM jobs WHERE id = $1::uuid", made["jobs"]) == "pending"
