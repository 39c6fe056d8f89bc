"""Jobs that are sent to hostile websites: each ends once and clearly, and the worker stays small, alive and outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import orjson
import pytest

from providers.web import BadUrl, normalise_url
from tests import harness
from tests.hostile import ENDS, PATHS, PRIVATE, REFUSED, ROBOTS_ENDS
from tests.processes import platform
from tests.servers.hostile import hostile

KINDS = {"website_validation", "email_scraping", "social_scraping"}
#: Where a validation goes on from the page.
VALIDATED = {"/refresh": PRIVATE}
#: Who ask for so long a wait that their jobs only come back after it, an hour at most.
LATER = {"/retry-later", "/retry-for-ever"}
#: Kilobytes that a worker may ever have in memory.
MOST_MEMORY = 250 * 1024


@dataclass(frozen=True)
class Visit:
    """One hostile website, and how its jobs must end."""

    name: str
    website: str
    status: str
    read: str
    """What the scraping kinds see of it."""


def visits(base: str, inner_port: int) -> list[Visit]:
    """Every path and robots.txt at a host of its own, and every address that leads inside."""
    port = base.rpartition(":")[2]
    hosts = iter(HOSTS)
    there = [
        Visit(path, f"http://{next(hosts)}:{port}{path}", VALIDATED.get(path, end), end)
        for path in PATHS
        for end in [ENDS.get(path, "ok")]
    ]
    there += [
        Visit(f"robots {robots}", f"http://{next(hosts)}:{port}/page", end, end) for robots, end in ROBOTS_ENDS.items()
    ]
    inside = [url.replace("PORT", str(inner_port)) for url in (*REFUSED, "http://localhost:PORT/")]
    return [*there, *(Visit(url, url, PRIVATE, PRIVATE) for url in inside if "//name." not in url)]


HOSTS = [f"127.77.{n // 200}.{n % 200 + 1}" for n in range(len(PATHS) + len(ROBOTS_ENDS))]


def is_url(text: str) -> bool:
    try:
        normalise_url(text)
    except BadUrl:
        return False
    return True


def peak_memory(pid: int) -> int:
    """Kilobytes."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


@pytest.mark.timeout(300)
async def test_every_job_ends_once_in_its_state(tmp_path: Path) -> None:
    env = {
        "TRIGPOINT_FETCH_ALLOW": "127.77.0.0/16",
        "TRIGPOINT_FETCH_GAP_SECONDS": "0",
        "TRIGPOINT_MX_LOOKUPS": "false",
    }
    async with (
        hostile(HOSTS) as (base, server, reached),
        platform(tmp_path, workers=1, durable=False, env=env) as running,
        harness.session(running.url, harness.ADMIN_KEY) as client,
    ):
        table = visits(base, server.inner_port)
        for one in table:
            if one.name.startswith("robots "):
                server.robots[one.website.split("/")[2].partition(":")[0]] = one.name.removeprefix("robots ")
        refused = [one for one in table if not is_url(one.website)]
        table = [one for one in table if is_url(one.website)]
        await are_refused(client, refused)
        await change_queue(client, "pause")
        jobs = await created(client, table)
        conn = await asyncpg.connect(running.postgres.dsn)
        # A failure that may pass is believed for half a minute, and tried again after it: one time is enough here.
        await conn.execute("UPDATE jobs SET max_attempts = 1")
        await change_queue(client, "resume")
        [worker] = running.workers
        later = [job for one in table for job in jobs[one.name].values() if one.name in LATER]

        async def over() -> bool:
            left: int = await conn.fetchval(
                "SELECT count(*) FROM jobs WHERE completed_at IS NULL AND NOT id = ANY($1::uuid[])", later
            )
            return left == 0

        await harness.eventually(over, within=240)
        rows = {str(row["id"]): row for row in await conn.fetch("SELECT * FROM jobs")}
        wrong = [words for one in table for words in differences(one, {k: rows[v] for k, v in jobs[one.name].items()})]
        assert not wrong, "\n".join(wrong)
        counted = await conn.fetch("SELECT event, count(*) AS times FROM job_events GROUP BY event")
        events = {row["event"]: row["times"] for row in counted}
        assert set(events) == {"claimed", "snoozed", "completed", "failed"}
        assert events["completed"] + events["failed"] == len(rows) - len(later), "each ended once"
        waits = await conn.fetchval(
            "SELECT max(extract(epoch FROM run_at - now())) FROM jobs WHERE id = ANY($1)", later
        )
        assert 0 < waits <= 3600
        assert worker.alive and not reached
        assert peak_memory(worker.pid) <= MOST_MEMORY
        await conn.close()


async def change_queue(client: aiohttp.ClientSession, how: str) -> None:
    async with client.post(f"/api/v1/queues/websites/{how}") as response:
        assert response.status == 200, await response.text()


async def are_refused(client: aiohttp.ClientSession, refused: list[Visit]) -> None:
    """What is no address of a page does not even become a business."""
    assert refused
    for one in refused:
        async with client.post("/api/v1/businesses", json={"name": one.name, "website": one.website}) as response:
            assert response.status in (400, 422), one.website


async def created(client: aiohttp.ClientSession, table: list[Visit]) -> dict[str, dict[str, str]]:
    """The jobs' ids by website and kind."""
    async with client.post(
        "/api/v1/businesses", json=[{"name": one.name, "website": one.website} for one in table]
    ) as response:
        assert response.status == 201, await response.text()
        made = await response.json()
    return {
        one.name: {job["type"]: job["jobId"] for job in business["jobs"]}
        for one, business in zip(table, made["businesses"], strict=True)
    }


def differences(visit: Visit, jobs: dict[str, Any]) -> list[str]:
    """What is not as it should be, in words."""
    found = []
    for kind in KINDS:
        job = jobs[kind]
        if visit.name in LATER:
            right = job["status"] == "pending"
        elif kind == "website_validation":
            result = orjson.loads(job["result"] or "{}")
            right = job["status"] == "completed" and result["websiteStatus"] == visit.status
        elif visit.read == "ok":
            right = job["status"] == "completed"
        else:
            right = (
                job["status"] == "failed"
                and len(job["error"]) > len(f"{visit.read}: ")
                and job["error"].startswith(f"{visit.read}: ")
            )
        if not right or job["attempt"] != 1 or job["crashes"]:
            found.append(f"{visit.name} {kind}: {job['status']} {job['error']} {(job['result'] or '')[:200]}")
    return found
