"""Jobs that visit hostile websites: each ends once, and the worker stays alive, small, and out of private networks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import orjson
import pytest

from app.domain.websites.kinds import WEBSITE_KINDS
from app.domain.websites.website_field import NO_WEBSITE, clean_website
from providers.web import normalise_url
from tests import harness
from tests.hostile import ENDS, PATHS, PRIVATE, REFUSED, ROBOTS_ENDS
from tests.processes import platform
from tests.servers.hostile import hostile

REFRESH_TARGETS = {"/refresh": PRIVATE}
"""Paths whose page refreshes to another one, with the outcome of that."""
DELAYED = {"/retry-later", "/retry-for-ever"}
"""Paths whose Retry-After is longer than the test; their jobs stay pending."""
MAX_MEMORY_KILOBYTES = 250 * 1024
"""Peak memory of the worker."""


@dataclass(frozen=True)
class Visit:
    """A hostile website, and the expected end of its jobs."""

    name: str
    website: str
    status: str
    """The expected result of the validation."""
    outcome: str
    """The expected outcome for the scraping kinds."""


def visits(base: str, inner_port: int) -> list[Visit]:
    """Return every hostile path and robots.txt, each on a host of its own, and every address of a private network."""
    port = base.rpartition(":")[2]
    hosts = iter(HOSTS)
    public = [
        Visit(path, f"http://{next(hosts)}:{port}{path}", REFRESH_TARGETS.get(path, end), end)
        for path in PATHS
        for end in [ENDS.get(path, "ok")]
    ]
    public += [
        Visit(f"robots {robots}", f"http://{next(hosts)}:{port}/page", end, end) for robots, end in ROBOTS_ENDS.items()
    ]
    private = [url.replace("PORT", str(inner_port)) for url in (*REFUSED, "http://localhost:PORT/")]
    return [*public, *(Visit(url, url, PRIVATE, PRIVATE) for url in private if "//name." not in url)]


HOSTS = [f"127.77.{n // 200}.{n % 200 + 1}" for n in range(len(PATHS) + len(ROBOTS_ENDS))]


def is_website(text: str) -> bool:
    """Return whether it is accepted as the website of a business."""
    try:
        normalise_url(clean_website(text) or "")
    except ValueError:
        return False
    return True


def peak_memory_kilobytes(pid: int) -> int:
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
        table = [visit for visit in visits(base, server.inner_port) if visit.website not in NO_WEBSITE]
        for visit in table:
            if visit.name.startswith("robots "):
                host = visit.website.split("/")[2].partition(":")[0]
                server.robots[host] = visit.name.removeprefix("robots ")
        refused = [visit for visit in table if not is_website(visit.website)]
        table = [visit for visit in table if is_website(visit.website)]
        await assert_refused(client, refused)
        await change_queue(client, "pause")
        jobs = await create_businesses(client, table)
        conn = await asyncpg.connect(running.postgres.dsn)
        # A retry after a transient failure would wait for half a minute: one attempt is enough here.
        await conn.execute("UPDATE jobs SET max_attempts = 1")
        await change_queue(client, "resume")
        [worker] = running.workers
        delayed = [job for visit in table for job in jobs[visit.name].values() if visit.name in DELAYED]

        async def all_ended() -> bool:
            unfinished: int = await conn.fetchval(
                "SELECT count(*) FROM jobs WHERE completed_at IS NULL AND NOT id = ANY($1::uuid[])", delayed
            )
            return unfinished == 0

        await harness.eventually(all_ended, within=240)
        rows = {str(row["id"]): row for row in await conn.fetch("SELECT * FROM jobs")}
        unexpected = [
            description
            for visit in table
            for description in describe_unexpected(
                visit, {kind: rows[job_id] for kind, job_id in jobs[visit.name].items()}
            )
        ]
        assert not unexpected, "\n".join(unexpected)
        counted = await conn.fetch("SELECT event, count(*) AS times FROM job_events GROUP BY event")
        events = {row["event"]: row["times"] for row in counted}
        assert set(events) == {"claimed", "snoozed", "completed", "failed"}
        assert events["completed"] + events["failed"] == len(rows) - len(delayed), "each ended once"
        waits = await conn.fetchval(
            "SELECT max(extract(epoch FROM run_at - now())) FROM jobs WHERE id = ANY($1)", delayed
        )
        assert 0 < waits <= 3600
        assert worker.alive and not reached
        assert peak_memory_kilobytes(worker.pid) <= MAX_MEMORY_KILOBYTES
        await conn.close()


async def change_queue(client: aiohttp.ClientSession, how: str) -> None:
    async with client.post(f"/api/v1/queues/websites/{how}") as response:
        assert response.status == 200, await response.text()


async def assert_refused(client: aiohttp.ClientSession, visits: list[Visit]) -> None:
    """Assert that websites which are not URLs of pages are not accepted."""
    assert visits
    for visit in visits:
        async with client.post("/api/v1/businesses", json={"name": visit.name, "website": visit.website}) as response:
            assert response.status in (400, 422), visit.website


async def create_businesses(client: aiohttp.ClientSession, visits: list[Visit]) -> dict[str, dict[str, str]]:
    """Create a business for each visit and return the ids of its jobs, by name and kind."""
    businesses = [{"name": visit.name, "website": visit.website} for visit in visits]
    async with client.post("/api/v1/businesses", json=businesses) as response:
        assert response.status == 201, await response.text()
        created = await response.json()
    return {
        visit.name: {job["type"]: job["jobId"] for job in business["jobs"]}
        for visit, business in zip(visits, created["businesses"], strict=True)
    }


def describe_unexpected(visit: Visit, jobs: dict[str, Any]) -> list[str]:
    """Return a description of every job that did not end as expected."""
    descriptions = []
    for kind in WEBSITE_KINDS:
        job = jobs[kind]
        if visit.name in DELAYED:
            is_expected = job["status"] == "pending"
        elif kind == "website_validation":
            result = orjson.loads(job["result"] or "{}")
            is_expected = job["status"] == "completed" and result["websiteStatus"] == visit.status
        elif visit.outcome == "ok":
            is_expected = job["status"] == "completed"
        else:
            is_expected = (
                job["status"] == "failed"
                and len(job["error"]) > len(f"{visit.outcome}: ")
                and job["error"].startswith(f"{visit.outcome}: ")
            )
        if not is_expected or job["attempt"] != 1 or job["crashes"]:
            descriptions.append(f"{visit.name} {kind}: {job['status']} {job['error']} {(job['result'] or '')[:200]}")
    return descriptions
