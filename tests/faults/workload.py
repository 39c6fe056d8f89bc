"""What goes on while things break: a client that creates, cancels and retries jobs over REST, and gives up on nothing.

All its requests follow from the seed. What the API must never do (a 500, a hang, an unexpected response) is a finding.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import aiohttp

from tests.faults.counting import CountArgs
from tests.faults.kinds import MODULES
from tests.harness import ADMIN_KEY

KINDS = tuple(f"count_{module.rpartition('.')[2]}" for module in MODULES)
CREATORS = 3
MOST_A_REQUEST = 12
LONGEST_ANSWER = 5.0
"""A response that takes more seconds counts as a hang."""
PERSISTENCE = 45.0
"""Seconds after which a request that is refused again and again is a finding."""
PRECINCT = "faults"


@dataclass(frozen=True)
class Load:
    """How much a round carries."""

    jobs: int
    households: int
    seconds: float
    """Over which the jobs are created."""


@dataclass
class Wanted:
    """A job that the API has accepted."""

    kind: str
    args: CountArgs
    touched: bool = False
    """A person cancelled it or sent it in again: how it ends is a matter of timing."""


def draw(random: Random) -> tuple[str, CountArgs]:
    """A job as the seed has it: mostly plain, some that retry, fail, snooze, or have items that fail."""
    items = random.randint(1, 40)
    return random.choice(KINDS), CountArgs(
        items=items,
        step_items=random.randint(2, 10),
        pace=random.choice((0.0, 0.01, 0.05)),
        failing=random.choice((0, 0, 0, 4, 7)),
        fail_attempts=random.choices((0, 1, 2, 3), (80, 10, 5, 5))[0],
        snooze=random.choices((0.0, 0.4), (90, 10))[0],
    )


@dataclass
class Client:
    """Repeats each request until there is a response; a create has an Idempotency-Key, so that it can be repeated."""

    http: aiohttp.ClientSession
    seed: int
    wanted: dict[UUID, Wanted] = field(default_factory=dict)
    household_jobs: list[UUID] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """Of all tries: 503, lost connections, replays."""
    findings: list[str] = field(default_factory=list)

    async def run(self, load: Load) -> None:
        """Run the whole workload until every request has its response."""
        share = load.jobs // CREATORS
        async with asyncio.TaskGroup() as group:
            group.create_task(self.geocode(load.households))
            for number in range(CREATORS):
                random = Random(f"{self.seed}-creator-{number}")
                group.create_task(self._create_all(random, share, load.seconds))

    async def create(self, jobs: list[tuple[str, CountArgs]], key: str) -> list[UUID]:
        body = [{"type": kind, "data": args.model_dump()} for kind, args in jobs]
        answer = await self._send("POST", "/api/v1/jobs", body, key)
        ids = [UUID(job["jobId"]) for job in answer.get("jobs", ())]
        self.wanted |= {job_id: Wanted(kind, args) for job_id, (kind, args) in zip(ids, jobs, strict=False)}
        return ids

    async def geocode(self, households: int) -> None:
        body = {"filters": {"precinctNumber": PRECINCT}, "limit": households, "skipGeocoded": False}
        answer = await self._send("POST", "/api/v1/gis/households/geocode", body, f"{self.seed}-households")
        if "jobId" in answer:
            self.household_jobs.append(UUID(answer["jobId"]))

    async def _create_all(self, random: Random, number: int, seconds: float) -> None:
        pace = seconds / number
        async with asyncio.TaskGroup() as group:
            while number > 0:
                jobs = [draw(random) for _ in range(min(random.randint(1, MOST_A_REQUEST), number))]
                number -= len(jobs)
                ids = await self.create(jobs, f"{self.seed}-{random.getrandbits(64):x}")
                if ids and random.random() < 0.3:
                    group.create_task(self._meddle(random.choice(ids), random.uniform(0, 0.5), random.random() < 0.5))
                await asyncio.sleep(pace * len(jobs))

    async def _meddle(self, job_id: UUID, delay: float, send_in_again: bool) -> None:
        """Cancel a job as a user, and perhaps retry it."""
        await asyncio.sleep(delay)
        self.wanted[job_id].touched = True
        await self._send("POST", f"/api/v1/jobs/{job_id}/cancel", refused=409)
        while send_in_again:
            job = await self._send("GET", f"/api/v1/jobs/{job_id}")
            if job.get("status") in ("failed", "cancelled"):
                await self._send("POST", f"/api/v1/jobs/{job_id}/retry", refused=409)
            if job.get("status") not in ("pending", "processing"):
                return
            await asyncio.sleep(0.1)

    async def _send(
        self, method: str, path: str, body: Any = None, key: str | None = None, *, refused: int | None = None
    ) -> dict[str, Any]:
        """Return the response after as many tries as it takes; empty if there is none or its status is `refused`."""
        headers = {"Idempotency-Key": key} if key else {}
        until = time.monotonic() + PERSISTENCE
        while time.monotonic() < until:
            start = time.monotonic()
            status, answer = 0, {}
            try:
                async with self.http.request(method, path, json=body, headers=headers) as response:
                    status, retry_after = response.status, response.headers.get("Retry-After")
                    answer = await response.json()
                    self.answers["replayed"] += "Idempotent-Replayed" in response.headers
            except (aiohttp.ClientError, TimeoutError):
                self.answers["lost"] += 1
            took = time.monotonic() - start
            if took > LONGEST_ANSWER:
                self.findings.append(f"{method} {path} took {took:.1f} s (status {status})")
            if status in (200, 202):
                return dict(answer)
            if status == 503:
                self.answers["503"] += 1
                if retry_after is None:
                    self.findings.append(f"{method} {path}: 503 without Retry-After")
            elif status == refused:
                return {}
            elif status and not (status == 409 and key):  # with a key: the first try is still under way
                self.findings.append(f"{method} {path}: {status} {answer}")
                return {}
            await asyncio.sleep(0.15)
        self.findings.append(f"{method} {path}: no answer in {PERSISTENCE:g} s")
        return {}


def session(url: str) -> aiohttp.ClientSession:
    timeout = aiohttp.ClientTimeout(total=2 * LONGEST_ANSWER)
    return aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {ADMIN_KEY}"}, timeout=timeout)
