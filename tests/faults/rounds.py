"""One round: load and faults from a seed, a quiet phase, and the checks of the database afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import asyncpg

from app.db.households import records as households
from app.db.jobs.workers import HEARTBEAT_TIMEOUT_SECONDS
from app.domain.households.input import NewHousehold
from app.domain.jobs.spec import QueueSpec
from tests.faults import invariants
from tests.faults.faults import FAULTS, Stage
from tests.faults.fleet import Fleet
from tests.faults.workload import PRECINCT, Client, Load, session
from tests.harness import eventually
from tests.servers.addresses import sample
from workers import registry

SETTLE_SECONDS = 60.0
OVERDUE_SECONDS = 10.0
"""Seconds after which an expired lease must have been rescued, even if Postgres was unavailable in between."""
TABLES = "jobs, job_events, job_errors, effects, idempotency_keys, audit_log"

STATES = """
SELECT CASE WHEN status = 'processing' THEN 'running'
            WHEN status <> 'pending' THEN 'ended'
            WHEN lease_until IS NOT NULL THEN 'admitted'
            WHEN run_at IS NOT NULL THEN 'deferred'
            ELSE 'ready' END AS state, count(*) AS jobs
FROM jobs GROUP BY 1
"""

# What is printed of a platform that does not come to rest.
UNFINISHED = """
SELECT kind, status, min(run_at) AS due_since, min(lease_until) AS leased_until, count(*) AS jobs FROM jobs
WHERE status IN ('pending', 'processing') GROUP BY kind, status, run_at IS NULL, lease_until IS NULL
"""
SESSIONS = """
SELECT a.pid, application_name, state, now() - xact_start AS since, wait_event, pg_blocking_pids(a.pid) AS waits_for,
       (SELECT array_agg(objid) FROM pg_locks AS l WHERE l.pid = a.pid AND locktype = 'advisory' AND granted) AS holds,
       left(query, 80) AS query
FROM pg_stat_activity AS a WHERE xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
"""
WORKERS = "SELECT pid, route, slots, stopping, now() - beat_at AS silent_for FROM workers"


@dataclass
class Round:
    """What happened in a round."""

    seed: int
    faults: Sequence[str]
    struck: Counter[str] = field(default_factory=Counter)
    """Jobs by what they were doing when the first fault struck."""
    ended: Counter[str] = field(default_factory=Counter)
    """Jobs by their terminal status."""
    events: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0


def plan(seed: int) -> list[str]:
    """The faults of a seed: consecutive seeds go round all of them, each with up to two more at random."""
    names = list(FAULTS)
    random = Random(f"{seed}-plan")
    more = random.choices((0, 1, 2), (50, 35, 15))[0]
    return [names[seed % len(names)], *random.choices(names, k=more)]


async def furnish(fleet: Fleet, number: int) -> None:
    """Households to geocode: real addresses, several per house, and some that cannot be found."""
    addresses = sample(2_000)
    new = [
        NewHousehold(
            external_id=f"{PRECINCT}-{i}",
            address=address["address1"],
            unit=f"Apt {i}",
            city=address["city"] if i % 50 else "Nowhere",
            state=address["state"] if i % 50 else None,
            zip_code=address["postal_code"] if i % 50 else None,
            country="us",
            county=None,
            precinct_number=PRECINCT,
        )
        for i, address in ((i, addresses[i % len(addresses)]) for i in range(number))
    ]

    async def load(conn: asyncpg.Connection[asyncpg.Record]) -> None:
        await households.upsert(conn, new)

    await fleet.ask(load)


async def play(fleet: Fleet, seed: int, faults: Sequence[str], load: Load, *, long: bool) -> Round:
    """Play a round to its end; whatever is wrong is in its findings."""
    started, since = time.monotonic(), time.time()
    result = Round(seed, faults)
    await fleet.ask(clear)
    async with session(fleet.platform.url) as http:
        client = Client(http, seed)
        stage = Stage(fleet, client, Random(f"{seed}-driver"), result.findings, long)
        watch = asyncio.create_task(overdue(fleet, result.findings))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(client.run(load))
                group.create_task(drive(stage, result, load))
            await settle(fleet, result.findings)
        finally:
            watch.cancel()
            await asyncio.wait({watch})
    conn = await fleet.connect()
    try:
        ledger = await invariants.Ledger.read(conn)
        result.findings += invariants.check(ledger, client.wanted, limits(fleet, since))
        result.findings += await invariants.households(conn, client.household_jobs)
    finally:
        await conn.close()
    result.findings += [*client.findings, *fleet.findings]
    fleet.findings.clear()
    result.answers = client.answers
    result.ended = Counter(job["status"] for job in ledger.jobs.values())
    result.events = Counter(event["event"] for events in ledger.events.values() for event in events)
    result.seconds = time.monotonic() - started
    return result


async def drive(stage: Stage, result: Round, load: Load) -> None:
    """The faults, one after the other, while the load is on."""
    for name in result.faults:
        await stage.pause(0.2, load.seconds / len(result.faults))
        if not result.struck:
            result.struck = await stage.fleet.ask(states)
        await FAULTS[name](stage)


async def states(conn: asyncpg.Connection[asyncpg.Record]) -> Counter[str]:
    return Counter({row["state"]: row["jobs"] for row in await conn.fetch(STATES)})


async def clear(conn: asyncpg.Connection[asyncpg.Record]) -> None:
    await conn.execute(f"TRUNCATE {TABLES} CASCADE")
    await conn.execute("UPDATE households SET geocoded = false, latitude = NULL, longitude = NULL WHERE geocoded")


async def settle(fleet: Fleet, findings: list[str]) -> None:
    """Wait until every job has ended."""

    async def quiet(conn: asyncpg.Connection[asyncpg.Record]) -> bool:
        active = "SELECT EXISTS (SELECT FROM jobs WHERE status IN ('pending', 'processing'))"
        return not await conn.fetchval(active)

    try:
        await eventually(lambda: fleet.ask(quiet), within=SETTLE_SECONDS)
    except TimeoutError:
        findings.append(f"not all jobs had ended {SETTLE_SECONDS:g} s after the last fault")
        findings += await fleet.ask(describe_state)


async def describe_state(conn: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """What is unfinished, which transactions are open, and which workers are alive."""
    return [str(dict(row)) for query in (UNFINISHED, SESSIONS, WORKERS) for row in await conn.fetch(query)]


async def overdue(fleet: Fleet, findings: list[str]) -> None:
    """Look, all through the round, for jobs that run without a lease. The first sight of any is enough."""
    query = f"""SELECT count(*) FROM jobs WHERE status = 'processing'
                AND (lease_until IS NULL OR lease_until < now() - interval '{OVERDUE_SECONDS} s')"""
    try:
        while not (number := await fleet.ask(lambda conn: conn.fetchval(query))):
            await asyncio.sleep(0.25)
        findings.append(f"{number} jobs ran more than {OVERDUE_SECONDS:g} s without a lease")
    except TimeoutError:
        findings.append("Postgres stayed away for too long to see whether a job ran without a lease")


def limits(fleet: Fleet, since: float) -> Mapping[str, int]:
    """How many jobs of each queue may have run at once since then.

    Where that grows with the workers, those count that lived then or had died shortly before: a worker counts as alive
    until its beat is too old.
    """
    lived = sum(end is None or end > since - HEARTBEAT_TIMEOUT_SECONDS for _, end in fleet.lives.values())
    specs: set[QueueSpec] = {kind.spec.queue for kind in registry.load(fleet.kinds).values()}
    return {spec.name: spec.concurrency * (lived if spec.per_worker else 1) for spec in specs}
