"""Wrong keys cost little and lock out no user."""

from __future__ import annotations

import asyncio

import aiohttp

from app.db.accounts import keys
from app.db.core.pool import Pool
from app.errors import TooManyRequests, Unauthorized
from app.web.accounts.key_lookup import MAX_ALL_FAILURES, MAX_FAILURES, Failures, KeyLookup
from tests import harness
from tests.integration.households.calls import call


async def test_wrong_keys_are_throttled_and_a_right_one_gets_in(url: str, admin_id: object) -> None:
    async with aiohttp.ClientSession(url) as anybody:
        for number in range(MAX_FAILURES):
            headers = {"Authorization": f"Bearer wrong-{number}"}
            assert (await call(anybody, "GET", "/api/v1/me", headers=headers)).status == 401
        refused = await call(anybody, "GET", "/api/v1/me", headers={"Authorization": "Bearer wrong-again"})
        assert refused.status == 429 and int(refused.headers["Retry-After"]) > 0
        headers = {"Authorization": f"Bearer {harness.ADMIN_KEY}"}
        assert (await call(anybody, "GET", "/api/v1/me", headers=headers)).status == 200


async def test_a_flood_of_wrong_keys_shares_queries(db_pool: Pool, admin_id: object) -> None:
    lookup, queries = KeyLookup(db_pool), 0
    query = lookup._query

    async def counted(key_hashes: list[bytes]) -> list[keys.LiveKey | None]:
        nonlocal queries
        queries += 1
        return await query(key_hashes)

    lookup._query = counted  # type: ignore[method-assign, assignment]
    flood = [lookup.get(f"wrong-{number}", f"10.0.0.{number % 250}") for number in range(MAX_ALL_FAILURES)]
    found = await asyncio.gather(*flood, return_exceptions=True)
    assert all(isinstance(error, Unauthorized) for error in found)
    before = queries
    more = [lookup.get(f"more-{number}", f"10.0.1.{number}") for number in range(200)]
    right = asyncio.create_task(lookup.get(harness.ADMIN_KEY, "10.0.1.1"))
    found = await asyncio.gather(*more, return_exceptions=True)
    assert all(isinstance(error, TooManyRequests) for error in found)
    assert (await right).user.is_admin
    assert queries - before <= 5
    before = queries
    again = await asyncio.gather(*[lookup.get("more-1", "10.0.1.1") for _ in range(100)], return_exceptions=True)
    assert all(isinstance(error, TooManyRequests) for error in again)
    assert queries == before, "a wrong key is known to be wrong for some seconds"


def test_failures_are_forgotten_after_a_while() -> None:
    now = 0.0
    failures = Failures(clock=lambda: now)
    for _ in range(MAX_FAILURES):
        assert not failures.are_many("a")
        failures.record("a")
    assert failures.are_many("a") and not failures.are_many("b")
    now = 61.0
    assert not failures.are_many("a")
