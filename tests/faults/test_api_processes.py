"""Two API processes behind one port behave as one, and one of them may be killed."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests.faults.api_processes import TRIGPOINT, UVICORN, Group, Side, api_processes
from tests.harness import ADMIN_KEY, eventually
from tests.integration.dashboard.conftest import Visitor

ADMIN = {"Authorization": f"Bearer {ADMIN_KEY}"}
HOW = pytest.mark.parametrize("argv", [UVICORN, TRIGPOINT], ids=["uvicorn", "trigpoint"])


@pytest.fixture
def servers(settings: Settings, admin_id: UUID) -> dict[str, str]:
    return {"database_url": settings.database_url, "redis_url": settings.redis_url}


async def create(http: aiohttp.ClientSession, key: str) -> tuple[int, dict[str, Any]]:
    async with http.post("/api/v1/jobs", json={"type": "noop"}, headers={"Idempotency-Key": key}) as response:
        return response.status, await response.json()


async def count_jobs(pool: Pool) -> int:
    async with pool.acquire() as conn:
        count: int = await conn.fetchval("SELECT count(*) FROM jobs")
        return count


@HOW
async def test_sessions_and_form_tokens_hold_on_both(
    servers: dict[str, str], tmp_path: Path, argv: tuple[str, ...]
) -> None:
    async with api_processes(argv, tmp_path, **servers) as group, group.sides({}) as (one, other):
        here, there = Visitor(one.http), Visitor(other.http)
        done = await here.post("/login", form="/login", key=ADMIN_KEY, next="/")
        assert (done.status, done.location) == (303, "/"), done.text
        there.session.cookie_jar.update_cookies({cookie.key: cookie.value for cookie in here.session.cookie_jar})
        assert [(await visitor.get("/")).status for visitor in (here, there)] == [200, 200]

        token = await here.token("/keys")
        forged = await there.send("/keys", {"csrf": f"{token[:-1]}{'1' if token[-1] == '0' else '0'}", "name": "x"})
        assert forged.status == 403
        made = await there.send("/keys", {"csrf": token, "name": "made through the other process"})
        assert made.status in (200, 303), made.text
        assert "made through the other process" in (await here.get("/keys")).text

        assert (await there.send("/logout", {"csrf": token})).status == 303

        async def is_signed_out() -> bool:
            return (await here.get("/")).status == 303

        await eventually(is_signed_out, within=20)
        assert (await there.get("/")).status == 303


async def test_a_stream_shows_what_happens_through_the_other_process(servers: dict[str, str], tmp_path: Path) -> None:
    async with api_processes(TRIGPOINT, tmp_path, **servers) as group, group.sides(ADMIN) as (one, other):
        _, made = await create(one.http, "key")
        events = f"/api/v1/jobs/{made['jobId']}/events"
        seen: list[str] = []
        async with asyncio.timeout(30), one.http.get(events) as stream:
            async for line in stream.content:
                if not line.startswith(b"data: {"):
                    continue
                seen.append(json.loads(line.removeprefix(b"data: "))["status"])
                if seen == ["pending"]:
                    async with other.http.post(f"/api/v1/jobs/{made['jobId']}/cancel") as response:
                        assert response.status == 200, await response.text()
        assert seen[-1] == "cancelled"


@HOW
async def test_a_key_sent_to_both_makes_one_job(
    servers: dict[str, str], db_pool: Pool, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    keys = [f"key {i}" for i in range(20)]
    async with api_processes(argv, tmp_path, **servers) as group, group.sides(ADMIN) as sides:
        first = [await asyncio.gather(*(create(side.http, key) for side in sides)) for key in keys]
        again = [await asyncio.gather(*(create_until_done(side, key) for side in sides)) for key in keys]
        for at_once, (here, there) in zip(first, again, strict=True):
            assert here == there
            assert all(body == here for status, body in at_once if status == 202)
            assert {status for status, _ in at_once} <= {202, 409} and (202 in {status for status, _ in at_once})
        assert len({body["jobId"] for body, _ in again}) == len(keys) == await count_jobs(db_pool)


async def create_until_done(side: Side, key: str) -> dict[str, Any]:
    async def answered() -> dict[str, Any] | None:
        status, body = await create(side.http, key)
        assert status in (202, 409), body
        return body if status == 202 else None

    body = await eventually(answered)
    assert body is not None
    return body


async def test_the_rate_limit_is_counted_together(servers: dict[str, str], tmp_path: Path) -> None:
    left: list[int] = []
    limit = {"TRIGPOINT_RATE_LIMIT_PER_MINUTE": "1000", "TRIGPOINT_QUEUE_PREFIX": f"limit-{uuid4()}"}
    async with api_processes(TRIGPOINT, tmp_path, **servers, **limit) as group, group.sides(ADMIN) as sides:
        for _ in range(6):
            for side in sides:
                async with side.http.get("/api/v1/me") as response:
                    found = re.search(r"r=(\d+)", response.headers["RateLimit"])
                    assert found is not None
                    left.append(int(found[1]))
    steps = [before - after for before, after in zip(left, left[1:], strict=False)]
    assert sum(step != 1 for step in steps) <= 1, left  # a minute may end in between


async def test_the_limit_of_pending_jobs_includes_those_of_the_other_process(
    servers: dict[str, str], tmp_path: Path
) -> None:
    limit = {"TRIGPOINT_MAX_PENDING_JOBS": "5"}
    async with api_processes(TRIGPOINT, tmp_path, **servers, **limit) as group:
        async with aiohttp.ClientSession(group.url, headers=ADMIN) as http:
            user = {"email": "user@example.org", "name": "A User", "role": "user"}
            async with http.post("/api/v1/users", json=user) as response:
                user_id = (await response.json())["id"]
            async with http.post("/api/v1/keys", json={"userId": user_id, "name": "tests"}) as response:
                key = (await response.json())["key"]
        async with group.sides({"Authorization": f"Bearer {key}"}) as (one, other):
            assert [(await create(one.http, f"key {i}"))[0] for i in range(6)] == [202] * 5 + [429]
            status, body = await create(other.http, "new key")
            assert (status, body["limit"]) == (429, "pendingJobs")
            assert (await create(other.http, "key 0"))[0] == 202  # was created through the other process


async def test_both_write_whole_lines_into_one_log(servers: dict[str, str], tmp_path: Path) -> None:
    ids = [f"request-{i}" for i in range(40)]
    log = {"TRIGPOINT_ACCESS_LOG": "true", "TRIGPOINT_LOG_JSON": "true", "TRIGPOINT_LOG_LEVEL": "INFO"}
    async with api_processes(TRIGPOINT, tmp_path, **servers, **log) as group, group.sides(ADMIN) as sides:

        async def ask(side: Side, request_ids: Sequence[str]) -> None:
            for request_id in request_ids:
                async with side.http.get("/api/v1/me", headers={"X-Request-Id": request_id}) as response:
                    assert response.headers["X-Request-Id"] == request_id

        await asyncio.gather(ask(sides[0], ids[:20]), ask(sides[1], ids[20:]))
    lines = [line for line in (tmp_path / "api.log").read_text().splitlines() if line.startswith("{")]
    handled = [line for line in map(json.loads, lines) if line.get("event") == "request_handled"]
    assert sorted(line["request_id"] for line in handled if line["path"] == "/api/v1/me") == sorted(ids)


@HOW
async def test_one_is_killed_while_the_other_answers(
    servers: dict[str, str], db_pool: Pool, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    async with api_processes(argv, tmp_path, **servers) as group, group.sides(ADMIN) as (one, other):
        before = [await create_until_done(side, f"before {i}") for i, side in enumerate((one, other))]
        one.process.send_signal(signal.SIGKILL)
        for i in range(20):
            assert (await create(other.http, f"meanwhile {i}"))[0] == 202
        assert await create_until_done(one, "over a new connection")
        assert [await create_until_done(other, f"before {i}") for i in range(2)] == before
        await eventually(lambda: is_replaced(group, one, other), within=30)
        assert await count_jobs(db_pool) == 2 + 20 + 1


async def is_replaced(group: Group, killed: Side, other: Side) -> bool:
    async with group.side(ADMIN) as side:
        return side.process.pid not in (killed.process.pid, other.process.pid)
