"""Checks of the database, and of what the platform does in it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import asyncpg

from app.cli.diagnosis.findings import Finding, note, ok, problem
from app.db.core import diagnosis
from app.db.core.connect import connect
from app.db.core.diagnosis import MIN_VERSION, ServerFacts
from app.db.core.disk_probe import find_disk_fault
from app.db.core.faults import describe_fault
from app.db.core.pool import Connection
from app.db.core.schema import find_write_fault
from app.db.core.snapshots import list_old_snapshots
from app.db.jobs import queues, workers
from app.db.jobs.queues import Queue
from app.db.jobs.workers import WorkerStatus
from app.domain.text.server_urls import mask_url
from app.settings import Settings
from app.version import VERSION

MAX_SKEW_SECONDS = 5.0
MAX_LAG_MS = 1_000.0
MAX_AGE_SECONDS = 600.0
MAX_DEAD_SHARE = 0.5


async def check(settings: Settings) -> list[Finding]:
    """Check the database of the settings. Raises nothing."""
    shown = mask_url(settings.database_url)
    try:
        conn = await connect(settings.database_url, name="trigpoint doctor")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [problem("postgres", f"{shown}: {describe_fault(error).reason}")]
    try:
        if (fault := await find_write_fault(conn)) is not None:
            return [problem("postgres", f"{shown}: {fault}")]
        facts = await diagnosis.read_facts(conn)
        found = [ok("postgres", f"PostgreSQL {facts.version} at {shown}, and the schema fits"), *of_server(facts)]
        found += of_clock(facts.now.timestamp() - time.time())
        found += await _of_use(conn, settings)
        found += of_work(facts, await workers.list_workers(conn), await queues.list_queues(conn))
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [problem("postgres", f"{shown}: {describe_fault(error).reason} ({type(error).__name__}: {error})")]
    finally:
        await conn.close()
    return found


async def _of_use(conn: Connection, settings: Settings) -> list[Finding]:
    found = []
    if (fault := await find_disk_fault(conn)) is not None:
        found.append(problem("postgres", fault))
    found += [note("postgres", f"{snapshot}: end it") for snapshot in await list_old_snapshots(conn)]
    if await diagnosis.shares_sessions(settings.database_url):
        found += of_pooler(settings)
    return found


def of_pooler(settings: Settings) -> list[Finding]:
    """Return what is wrong with the settings behind a pooler in transaction mode."""
    found = []
    if settings.statement_cache:
        found.append(
            problem("postgres", "a pooler in transaction mode is between: set TRIGPOINT_STATEMENT_CACHE=false")
        )
    if settings.listen_url is None:
        found.append(
            problem("postgres", "a pooler in transaction mode passes no notifications on: set TRIGPOINT_LISTEN_URL to"
                    " the server itself, or pages and long polls are late")
        )  # fmt: skip
    return found or [ok("postgres", "a pooler in transaction mode is between, and the settings fit")]


def of_server(facts: ServerFacts) -> list[Finding]:
    """Return what is wrong with the server's settings."""
    found = []
    if facts.version_number < MIN_VERSION:
        found.append(problem("postgres", f"PostgreSQL {facts.version} is too old: 15 or later is needed"))
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if facts.settings.get(name) == "off":
            found.append(problem("postgres", f"{name} is off: a power failure may lose confirmed jobs; turn it on"))
    for name in ("autovacuum", "track_counts"):
        if facts.settings.get(name) == "off":
            found.append(problem("postgres", f"{name} is off: jobs become slower and slower; turn it on"))
    most = int(facts.settings.get("max_connections", "100"))
    if facts.connections > 0.8 * most:
        found.append(
            note("postgres", f"{facts.connections} of {most} connections are in use: raise max_connections, or lower"
                 " TRIGPOINT_API_CONNECTIONS and TRIGPOINT_WORKER_CONNECTIONS")
        )  # fmt: skip
    if facts.dead_share > MAX_DEAD_SHARE:
        found.append(
            note("postgres", "most rows of the table of jobs are dead: end old transactions, or run VACUUM jobs")
        )
    return found


def of_clock(ahead_seconds: float) -> list[Finding]:
    """Return whether the database's clock, which is ahead by so much, agrees with this machine's."""
    if abs(ahead_seconds) <= MAX_SKEW_SECONDS:
        return []
    direction = "ahead of" if ahead_seconds > 0 else "behind"
    return [
        note(
            "clock",
            f"the database's clock is {abs(ahead_seconds):,.0f} s {direction} this machine's: set up NTP on both",
        )
    ]


def of_work(facts: ServerFacts, found_workers: Sequence[WorkerStatus], all_queues: Sequence[Queue]) -> list[Finding]:
    """Return what keeps jobs from running."""
    found = []
    if not facts.has_admin:
        found.append(problem("accounts", "nobody is an administrator: run `trigpoint migrate`, which creates one"))
    alive = [worker for worker in found_workers if worker.alive]
    if alive:
        found.append(ok("workers", f"{len(alive)} alive, {sum(worker.slots for worker in alive)} slots"))
    else:
        found.append(problem("workers", "none is alive: start one with `trigpoint worker`"))
    for worker in alive:
        who = f"{worker.hostname} (pid {worker.pid})"
        if worker.version != VERSION:
            found.append(note("workers", f"{who} runs version {worker.version}, not {VERSION}: restart it"))
        if worker.loop_lag_ms > MAX_LAG_MS:
            found.append(
                note("workers", f"the loop of {who} stood still for {worker.loop_lag_ms:,.0f} ms: give it CPU")
            )
    found += of_queues(all_queues, has_workers=bool(alive))
    if facts.disabled_schedules:
        found.append(note("schedules", f"{facts.disabled_schedules} were disabled because of an error: see"
                          " `trigpoint schedules list`"))  # fmt: skip
    if facts.failed_jobs:
        found.append(
            note("jobs", f"{facts.failed_jobs:,} failed within a day: see `trigpoint jobs list --status failed`")
        )
    return found


def of_queues(all_queues: Sequence[Queue], *, has_workers: bool) -> list[Finding]:
    """Return the queues whose jobs wait."""
    found = []
    for queue in all_queues:
        if queue.paused:
            found.append(note("queues", f"{queue.name} is paused with {queue.ready:,} jobs: `trigpoint queues resume"
                              f" {queue.name}`"))  # fmt: skip
        elif queue.ready and not queue.workers and has_workers:
            found.append(problem("queues", f"{queue.name} has {queue.ready:,} jobs and no worker serves its route"
                                 f" {queue.route!r}: start one with WORKER_ROUTE={queue.route}"))  # fmt: skip
        elif (queue.oldest_ready_seconds or 0) > MAX_AGE_SECONDS:
            found.append(note("queues", f"the oldest job of {queue.name} is due for"
                              f" {(queue.oldest_ready_seconds or 0) / 60:,.0f} min: add workers or raise its"
                              " concurrency"))  # fmt: skip
    return found or [ok("queues", f"{len(all_queues)}, and none is stuck")]
