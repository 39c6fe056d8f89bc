"""Schedules: created and changed by REST; every due time creates one job; a broken schedule stops no other."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import pytest

from app.db.core.pool import Pool
from app.db.jobs import schedule_ticks
from app.domain.jobs.spec import JobSpec
from app.settings import Settings
from tests import scripted
from tests.benchmarks import noop
from tests.harness import eventually, follow, worker
from tests.integration.households.calls import call

SCHEDULES = "/api/v1/schedules"
SPECS = {"scripted": scripted.SPEC, "noop": noop.SPEC}
START = datetime(2030, 1, 1, tzinfo=UTC)


async def create(client: aiohttp.ClientSession, name: str = "s", **fields: Any) -> dict[str, Any]:
    body = {"name": name, "cron": "* * * * *", "type": "scripted", **fields}
    answer = await call(client, "POST", SCHEDULES, json=body)
    assert answer.status == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


async def due(pool: Pool, at: datetime = START) -> None:
    """Set all schedules back as if they had been created just before this time."""
    await pool.execute("UPDATE schedules SET next_at = $1 WHERE enabled", at)


async def tick(pool: Pool, now: datetime, specs: dict[str, JobSpec] | None = None) -> list[UUID]:
    async with pool.acquire() as conn, conn.transaction():
        return await schedule_ticks.tick(conn, SPECS if specs is None else specs, now)


async def reasons(pool: Pool) -> list[str]:
    """Return the ticks that have a job, read from the jobs' timelines."""
    rows = await pool.fetch("SELECT detail FROM job_events WHERE event = 'scheduled' ORDER BY id")
    return [row["detail"] for row in rows]


async def end_jobs(pool: Pool) -> None:
    await pool.execute("UPDATE jobs SET status = 'cancelled', completed_at = now() WHERE completed_at IS NULL")


async def test_the_life_of_a_schedule(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    fields = {"cron": "30 6 * * MON-FRI", "timezone": "Europe/Berlin", "type": "script", "data": {"steps": 2}}
    answer = await call(client, "POST", SCHEDULES, json={"name": " nightly ", **fields})
    made = answer.json
    path = f"{SCHEDULES}/{made['id']}"
    assert (answer.status, answer.headers["Location"]) == (201, path)
    assert {name: made[name] for name in ("name", "cron", "timezone", "type", "priority", "missed", "overlap")} == {
        "name": "nightly",
        "cron": "30 6 * * MON-FRI",
        "timezone": "Europe/Berlin",
        "type": "scripted",
        "priority": 5,
        "missed": "last",
        "overlap": "skip",
    }
    assert (made["enabled"], made["data"]["steps"], made["lastAt"], made["error"]) == (True, 2, None, None)
    assert len(made["nextRuns"]) == 5
    assert made["nextRuns"][0] == made["nextAt"] > made["createdAt"]
    assert (await call(client, "GET", path)).json == made
    listed = (await call(client, "GET", SCHEDULES, params={"name": "nightly"})).json
    assert (listed["schedules"], listed["total"]) == ([made], 1)
    assert (await call(client, "GET", SCHEDULES, params={"name": "other"})).json["total"] == 0

    changed = (await call(client, "PATCH", path, json={"priority": 1, "name": "early"})).json
    assert (changed["priority"], changed["name"], changed["nextAt"]) == (1, "early", made["nextAt"])
    moved = (await call(client, "PATCH", path, json={"timezone": "Asia/Tokyo"})).json
    assert moved["nextRuns"] != made["nextRuns"]
    off = (await call(client, "PATCH", path, json={"enabled": False})).json
    assert (off["enabled"], off["nextAt"], off["nextRuns"]) == (False, None, [])
    on = (await call(client, "PATCH", path, json={"enabled": True})).json
    assert (on["enabled"], on["nextRuns"]) == (True, moved["nextRuns"])

    assert (await call(client, "DELETE", path)).status == 204
    assert (await call(client, "GET", path)).status == 404
    rows = await db_pool.fetch("SELECT action FROM audit_log ORDER BY id")
    assert [row["action"] for row in rows] == ["SCHEDULE_CREATED", *["SCHEDULE_UPDATED"] * 4, "SCHEDULE_DELETED"]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"cron": "61 * * * *"}, "cron", "has no valid minute field"),
    ({"cron": "0 0 * * FOO"}, "cron", "has no valid day-of-week field"),
    ({"cron": "* * * *"}, "cron", "must be five fields"),
    ({"cron": "0 0 30 2 *"}, "cron", "has no valid day-of-month field"),
    ({"cron": "* " * 200}, "cron", "must have at most 200 characters"),
    ({"timezone": "Mars/Olympus"}, "timezone", "must be an IANA time zone"),
    ({"timezone": "../../etc/passwd"}, "timezone", "must be an IANA time zone"),
    ({"type": "nothing"}, "type", "unknown job type"),
    ({"data": {"steps": "many"}}, "data.steps", "must be a whole number"),
    ({"data": []}, "data", "must be an object"),
    ({"name": ""}, "name", "must have at least 1"),
    ({"name": "a\0"}, "name", "U+0000"),
    ({"missed": "sometimes"}, "missed", "must be"),
    ({"overlap": "perhaps"}, "overlap", "must be"),
    ({"priority": 10}, "priority", "must be at most 9"),
    ({"every": "day"}, "every", "is not a known field"),
]


async def test_bad_schedules_are_refused_by_field(client: aiohttp.ClientSession) -> None:
    made = await create(client, "good")
    for fields, field, words in BAD:
        new = await call(
            client, "POST", SCHEDULES, json={"name": "n", "cron": "* * * * *", "type": "scripted", **fields}
        )
        change = await call(client, "PATCH", f"{SCHEDULES}/{made['id']}", json=fields)
        for answer in (new, change):
            assert answer.status == 422, (fields, answer.json)
            assert answer.json["errors"][0]["field"] == field
            assert words in answer.json["error"]
    assert (await call(client, "GET", f"{SCHEDULES}/{made['id']}")).json == made
    assert (await call(client, "POST", SCHEDULES, json={})).status == 422
    assert (await call(client, "PATCH", f"{SCHEDULES}/{made['id']}", json={})).status == 422
    same = {"name": "good", "cron": "* * * * *", "type": "noop"}
    assert (await call(client, "POST", SCHEDULES, json=same)).status == 409
    other = await create(client, "other")
    assert (await call(client, "PATCH", f"{SCHEDULES}/{other['id']}", json={"name": "good"})).status == 409


async def test_schedules_are_private(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    admins, users = await create(client, "a"), await create(user_client, "u")
    for method, action in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/run")):
        body = {"priority": 1} if method == "PATCH" else None
        assert (await call(user_client, method, f"{SCHEDULES}/{admins['id']}{action}", json=body)).status == 404
        assert (await call(client, method, f"{SCHEDULES}/not-an-id{action}", json=body)).status == 404
    assert [s["id"] for s in (await call(user_client, "GET", SCHEDULES)).json["schedules"]] == [users["id"]]
    assert (await call(client, "GET", SCHEDULES)).json["total"] == 2
    answer = await call(client, "POST", f"{SCHEDULES}/{users['id']}/run")
    assert (await call(user_client, "GET", f"/api/v1/jobs/{answer.json['jobId']}")).status == 200


async def test_running_a_schedule_by_hand(client: aiohttp.ClientSession) -> None:
    made = await create(client, enabled=False, data={"steps": 1})
    first = await call(client, "POST", f"{SCHEDULES}/{made['id']}/run")
    assert (first.status, first.json["isNew"]) == (202, True)
    again = await call(client, "POST", f"{SCHEDULES}/{made['id']}/run")
    assert (again.json["jobId"], again.json["isNew"]) == (first.json["jobId"], False), "they may not overlap"
    timeline = (await call(client, "GET", f"/api/v1/jobs/{first.json['jobId']}/timeline")).json["events"]
    assert [(e["event"], e["detail"]) for e in timeline] == [("created", None), ("scheduled", "s: by hand")]
    assert (await call(client, "GET", f"{SCHEDULES}/{made['id']}")).json["lastJobId"] == first.json["jobId"]


async def test_a_tick_creates_the_job(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    made = await create(client, cron="0 6 * * *", priority=2, data={"steps": 3})
    at = datetime.fromisoformat(made["nextAt"])
    assert await tick(db_pool, at - timedelta(seconds=1)) == []
    (job_id,) = await tick(db_pool, at + timedelta(seconds=1))
    assert await tick(db_pool, at + timedelta(seconds=2)) == []
    job = (await call(client, "GET", f"/api/v1/jobs/{job_id}")).json
    assert (job["type"], job["priority"], job["data"]["steps"]) == ("scripted", 2, 3)
    assert job["createdBy"]["email"] == "admin@localhost"
    after = (await call(client, "GET", f"{SCHEDULES}/{made['id']}")).json
    assert (after["lastAt"], after["lastJobId"]) == (made["nextAt"], str(job_id))
    assert after["nextRuns"][:4] == made["nextRuns"][1:]


async def test_the_workers_tick(client: aiohttp.ClientSession, db_pool: Pool, settings: Settings) -> None:
    made = await create(client, cron="0 0 1 1 *")
    await db_pool.execute("UPDATE schedules SET next_at = date_trunc('year', now())")

    async def ran() -> str | None:
        job_id: str | None = (await call(client, "GET", f"{SCHEDULES}/{made['id']}")).json["lastJobId"]
        return job_id

    async with worker(settings), worker(settings):
        job_id = await eventually(ran)
        assert job_id is not None
        assert (await follow(client, job_id))["status"] == "completed"
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 1


async def test_each_tick_creates_one_job_however_many_workers_tick(
    client: aiohttp.ClientSession, db_pool: Pool, database_url: str
) -> None:
    """Three workers with five tickers each, all at once, over ten minutes of three schedules."""
    for number in range(3):
        await create(client, f"s{number}", type="noop", overlap="allow")
    await due(db_pool)
    connections = [await asyncpg.connect(database_url) for _ in range(15)]

    async def race(conn: asyncpg.Connection[asyncpg.Record], now: datetime) -> list[UUID]:
        async with conn.transaction():
            return await schedule_ticks.tick(conn, SPECS, now)

    made: list[UUID] = []
    for minute in range(10):
        now = START + timedelta(minutes=minute, seconds=1)
        for job_ids in await asyncio.gather(*(race(conn, now) for conn in connections)):
            made += job_ids
    for conn in connections:
        await conn.close()
    wanted = {f"s{n}: due {START + timedelta(minutes=m):%Y-%m-%dT%H:%M:%SZ}": 1 for n in range(3) for m in range(10)}
    assert Counter(await reasons(db_pool)) == wanted
    assert len(made) == len(set(made)) == await db_pool.fetchval("SELECT count(*) FROM jobs") == 30


@pytest.mark.parametrize(
    ("missed", "late", "minutes"),
    [
        ("skip", timedelta(minutes=5, seconds=90), [6]),
        ("skip", timedelta(minutes=59), []),
        ("last", timedelta(minutes=5, seconds=1), [5]),
        ("all", timedelta(minutes=5, seconds=1), [0, 1, 2, 3, 4, 5]),
        ("all", timedelta(minutes=500), list(range(401, 501))),
    ],
)
async def test_missed_ticks(
    client: aiohttp.ClientSession, db_pool: Pool, missed: str, late: timedelta, minutes: list[int]
) -> None:
    cron = "0 * * * *" if not minutes else "* * * * *"
    made = await create(client, cron=cron, type="noop", missed=missed, overlap="allow")
    await due(db_pool)
    await tick(db_pool, START + late)
    wanted = [f"s: due {START + timedelta(minutes=m):%Y-%m-%dT%H:%M:%SZ}" for m in minutes]
    assert await reasons(db_pool) == wanted
    row = (await call(client, "GET", f"{SCHEDULES}/{made['id']}")).json
    assert datetime.fromisoformat(row["nextAt"]) > START + late
    assert (row["lastAt"] is None) == (not minutes)


async def test_jobs_that_must_not_overlap(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await create(client, "careful", type="noop", missed="all")
    await create(client, "own key", data={"dedupe": "k"}, overlap="allow")
    await due(db_pool)
    assert len(await tick(db_pool, START + timedelta(minutes=3))) == 2
    assert await tick(db_pool, START + timedelta(minutes=4)) == []
    await end_jobs(db_pool)
    assert len(await tick(db_pool, START + timedelta(minutes=5))) == 2


async def test_a_broken_schedule_is_disabled_and_stops_no_other(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    harm = {
        "old data": 'data = \'{"steps": "many"}\'',
        "bad cron": "cron = 'every day'",
        "no zone": "timezone = 'Mars/Olympus'",
        "bad priority": "priority = 32767",
    }
    for name in ("good", *harm):
        await create(client, name)
    await due(db_pool)
    for name, change in harm.items():
        await db_pool.execute(f"UPDATE schedules SET {change} WHERE name = $1", name)
    await db_pool.execute("ALTER TABLE jobs ADD CHECK (priority < 1000)")
    assert len(await tick(db_pool, START)) == 1
    listed = (await call(client, "GET", SCHEDULES)).json["schedules"]
    assert {s["name"]: s["enabled"] for s in listed} == {"good": True, **dict.fromkeys(harm, False)}
    errors = {s["name"]: s["error"] for s in listed}
    assert errors["good"] is None
    assert "steps" in errors["old data"]
    assert "five fields" in errors["bad cron"]
    assert "IANA" in errors["no zone"]
    assert "CheckViolation" in errors["bad priority"]
    assert await db_pool.fetchval("SELECT count(*) FROM audit_log WHERE action = 'SCHEDULE_DISABLED'") == 4
    bad = next(s for s in listed if s["name"] == "bad cron")
    path = f"{SCHEDULES}/{bad['id']}"
    assert (await call(client, "PATCH", path, json={"name": "was bad"})).status == 200
    assert (await call(client, "PATCH", path, json={"enabled": True})).json["errors"][0]["field"] == "cron"
    mended = (await call(client, "PATCH", path, json={"enabled": True, "cron": "0 0 * * *"})).json
    assert (mended["enabled"], mended["error"], len(mended["nextRuns"])) == (True, None, 5)


async def test_a_kind_that_this_worker_does_not_know_yet(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    """In a rolling deploy, workers that know the kind run it; it is gone only if no worker has known it for a while."""
    await create(client, "new")
    await due(db_pool)
    old = {"noop": noop.SPEC}
    assert await tick(db_pool, START, old) == []
    assert len(await tick(db_pool, START + timedelta(seconds=5))) == 1
    await due(db_pool)
    assert await tick(db_pool, START + timedelta(minutes=11), old) == []
    (schedule,) = (await call(client, "GET", SCHEDULES)).json["schedules"]
    assert (schedule["enabled"], "no job type 'scripted'" in schedule["error"]) == (False, True)


async def test_a_schedule_of_a_disabled_user_stops(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    made = await create(user_client)
    await due(db_pool)
    await db_pool.execute("UPDATE users SET disabled_at = now() WHERE email = 'user@example.org'")
    assert await tick(db_pool, START) == []
    assert "user who created it is disabled" in (await call(client, "GET", f"{SCHEDULES}/{made['id']}")).json["error"]
