"""Clients create single jobs with keys and poll them while the API, Postgres or Redis is killed, frozen or restarted.

Each request is answered: with success, or with a 503 that says why and when to try again. Where the API itself is gone,
the connection is lost. In the end each key has one job.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random

import aiohttp
import pytest
import pytest_asyncio

from tests.faults import faults
from tests.faults.faults import FAULTS, Fault, Stage
from tests.faults.fleet import Fleet
from tests.faults.workload import KINDS, LONGEST_ANSWER, PERSISTENCE, Client, session

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS = 20
COUNT = "SELECT count(*) FROM jobs WHERE kind = $1"
LOST = "lost"
"""Stands for the status of a response when the connection was lost."""
OF_POSTGRES = {"busy", "slow-query", "unavailable"}


async def freeze_api(stage: Stage) -> None:
    api = stage.fleet.platform.api
    assert api is not None
    for _ in range(3):
        api.send(signal.SIGSTOP)
        await stage.pause(0.2, 0.5)
        api.send(signal.SIGCONT)
        await stage.pause(0.1, 0.3)


async def restart_api(stage: Stage) -> None:
    await faults.end_api(stage, signal.SIGTERM)


CASES: dict[str, tuple[Fault, set[str]]] = {
    "API killed": (FAULTS["API killed"], {LOST}),
    "API frozen": (freeze_api, set()),
    "API restarted": (restart_api, {LOST}),
    "Postgres killed": (FAULTS["Postgres killed"], OF_POSTGRES),
    "Postgres frozen": (FAULTS["Postgres frozen"], OF_POSTGRES),
    "Postgres restarted": (FAULTS["Postgres restarted (immediate)"], OF_POSTGRES),
    "Redis killed": (FAULTS["Redis killed, back empty"], set()),
    "Redis frozen": (FAULTS["Redis frozen"], set()),
}
"""Each with the reasons for which requests may fail meanwhile: neither creates nor polls need Redis."""


@dataclass
class Crowd:
    """Clients that create jobs and poll them until they are told to stop."""

    http: aiohttp.ClientSession
    prefix: str
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    jobs: dict[str, str] = field(default_factory=dict)
    """The job of each key."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Of all requests that failed."""

    async def run(self, number: int) -> None:
        made = 0
        while not self.stopping.is_set():
            key = f"{self.prefix}-{number}-{made}"
            self.jobs[key] = await self.create(key)
            made += 1
            found = await self.send("GET", f"/api/v1/jobs/{self.jobs[key]}", None)
            assert found["id"] == self.jobs[key]

    async def create(self, key: str) -> str:
        answer = await self.send("POST", "/api/v1/jobs", key)
        job_id: str = answer["jobId"]
        return job_id

    async def send(self, method: str, path: str, key: str | None) -> dict[str, str]:
        """Repeat a request until it succeeds, and note why it failed before. A request that hangs fails the test."""
        body = {"type": KINDS[0], "data": {"items": 1}} if key else None
        async with asyncio.timeout(PERSISTENCE):
            while True:
                try:
                    headers = {"Idempotency-Key": key} if key else {}
                    async with self.http.request(method, path, json=body, headers=headers) as response:
                        answer: dict[str, str] = await response.json()
                except TimeoutError as error:
                    raise AssertionError(f"{method} {path}: no answer in {2 * LONGEST_ANSWER:g} s") from error
                except aiohttp.ClientError:
                    self.reasons[LOST] += 1
                    await asyncio.sleep(0.1)
                    continue
                if response.status in (200, 202):
                    return answer
                if response.status == 409 and key:  # the first try is still under way
                    await asyncio.sleep(0.1)
                    continue
                assert response.status in (429, 503), answer
                assert int(response.headers["Retry-After"]) >= 1
                self.reasons[answer["type"].rpartition(":")[2]] += 1
                await asyncio.sleep(0.2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    fleet = Fleet(tmp_path_factory.mktemp("outages"), lease=2.0, grace=1.0)
    try:
        yield await fleet.open()
    finally:
        await fleet.close()


@pytest.mark.parametrize("name", CASES)
async def test_every_request_is_answered_and_each_key_has_one_job(fleet: Fleet, name: str) -> None:
    fault, reasons = CASES[name]
    findings: list[str] = []
    before = await fleet.ask(lambda conn: conn.fetchval(COUNT, KINDS[0]))
    async with session(fleet.platform.url) as http:
        crowd = Crowd(http, name)
        stage = Stage(fleet, Client(http, 0), Random(name), findings, long=False)
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(crowd.run(number))
            await asyncio.sleep(0.3)
            try:
                await fault(stage)
                await asyncio.sleep(0.3)
            finally:
                crowd.stopping.set()
        assert not findings
        assert set(crowd.reasons) <= reasons, crowd.reasons
        assert {key: await crowd.create(key) for key in list(crowd.jobs)[::10]} == dict(list(crowd.jobs.items())[::10])
    assert len(set(crowd.jobs.values())) == len(crowd.jobs) > CLIENTS

    keyed = """SELECT j.id FROM idempotency_keys AS k JOIN jobs AS j ON k.location = '/api/v1/jobs/' || j.id
               WHERE k.key LIKE $1 || '-%'"""
    rows = await fleet.ask(lambda conn: conn.fetch(keyed, name))
    assert sorted(str(row["id"]) for row in rows) == sorted(crowd.jobs.values())
    assert await fleet.ask(lambda conn: conn.fetchval(COUNT, KINDS[0])) - before == len(crowd.jobs)
