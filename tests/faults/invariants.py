"""Invariants that hold after a round, whatever happened to the processes. They are checked in the database alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from uuid import UUID

import asyncpg

from app.db.core.pool import Connection
from app.domain.jobs.status import TERMINAL
from tests.faults.workload import PRECINCT, Wanted

Record = asyncpg.Record

TERMINAL_EVENTS = frozenset(str(status) for status in TERMINAL)
PUTS_BACK = frozenset({"retried", "snoozed", "handed_over", "interrupted", "rescued"})
ENDS_A_RUN = TERMINAL_EVENTS | PUTS_BACK

MOVES: Mapping[tuple[str, str], str] = {
    ("waiting", "claimed"): "running",
    ("waiting", "cancelled"): "ended",
    **{("running", name): "waiting" for name in PUTS_BACK},
    **{("running", name): "ended" for name in TERMINAL_EVENTS},
    ("running", "cancel_requested"): "running",
    ("ended", "sent_in_again"): "waiting",
}
"""The events that may follow in a timeline, by the state of the job, and its next state."""


@dataclass(frozen=True)
class Run:
    """From a claim to whatever ended it."""

    job_id: UUID
    queue: str
    fence: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Ledger:
    """The tables as they are once all is quiet."""

    jobs: Mapping[UUID, Record]
    events: Mapping[UUID, Sequence[Record]]
    """By job, in the order in which they were written."""
    effects: Mapping[UUID, Sequence[Record]]

    @classmethod
    async def read(cls, conn: Connection) -> Ledger:
        jobs = await conn.fetch("SELECT * FROM jobs")
        events = await conn.fetch("SELECT * FROM job_events ORDER BY job_id, id")
        effects = await conn.fetch("SELECT * FROM effects ORDER BY job_id, at")
        job_id = itemgetter("job_id")
        return cls(
            {row["id"]: row for row in jobs},
            defaultdict(list, {key: list(rows) for key, rows in groupby(events, job_id)}),
            defaultdict(list, {key: list(rows) for key, rows in groupby(effects, job_id)}),
        )

    def runs(self) -> list[Run]:
        """The runs of all jobs; the timelines must be sound (see `timeline`)."""
        runs = []
        for job_id, events in self.events.items():
            claimed: Record | None = None
            for event in events:
                if event["event"] == "claimed":
                    claimed = event
                elif event["event"] in ENDS_A_RUN and claimed is not None:
                    queue = self.jobs[job_id]["queue"]
                    runs.append(Run(job_id, queue, claimed["fence"], claimed["at"], event["at"]))
                    claimed = None
        return runs


def check(ledger: Ledger, wanted: Mapping[UUID, Wanted], limits: Mapping[str, int]) -> list[str]:
    """Yield the findings about the counting jobs of a round and the timelines of all jobs."""
    findings = list(created(ledger, wanted))
    for job_id, job in ledger.jobs.items():
        findings += (f"job {job_id} ({job['kind']}): {text}" for text in timeline(job, ledger.events[job_id]))
    for job_id in wanted.keys() & ledger.jobs.keys():
        job, effects = ledger.jobs[job_id], ledger.effects[job_id]
        texts = [*counted(job, effects), *as_designed(job, wanted[job_id])]
        findings += (f"job {job_id} ({job['kind']}): {text}" for text in texts)
    runs = ledger.runs()
    return findings + [*fenced(ledger, runs), *limited(runs, limits)]


def created(ledger: Ledger, answered: Iterable[UUID]) -> Iterator[str]:
    """Each create with a response created its jobs once."""
    made = {job_id for job_id, job in ledger.jobs.items() if job["kind"].startswith("count_")}
    if missing := set(answered) - made:
        yield f"{len(missing)} jobs were promised and are not there: {sorted(missing)[:3]}"
    if more := made - set(answered):
        yield f"{len(more)} jobs are there that no answer named: {sorted(more)[:3]}"


def timeline(job: Record, events: Sequence[Record]) -> Iterator[str]:
    """Each move is allowed by the life cycle, and the fence grows by one with each claim only."""
    state, fence = "waiting", 0
    for event in events:
        name = event["event"]
        if (state, name) not in MOVES:
            yield f"{name} while {state}"
        state = MOVES.get((state, name), state)
        fence += name == "claimed"
        if event["fence"] != fence:
            yield f"{name} under fence {event['fence']}, the current one being {fence}"
    terminal = [event["event"] for event in events if event["event"] in TERMINAL_EVENTS]
    if state != "ended" or terminal[-1] != job["status"]:
        yield f"is {job['status']}, and by its timeline {state}: {', '.join(terminal) or 'never ended'}"
    lives = 1 + sum(event["event"] == "sent_in_again" for event in events)
    if len(terminal) != lives:
        yield f"ended {len(terminal)} times in {lives} lives"
    if job["lease_until"] is not None or job["worker_id"] is not None:
        yield "has ended and still holds a lease"
    if job["attempt"] > job["max_attempts"]:
        yield f"attempt {job['attempt']} of {job['max_attempts']}"


def counted(job: Record, effects: Sequence[Record]) -> Iterator[str]:
    """Each effect happened once, and as many as are counted; all of them if the job completed."""
    items = Counter(effect["item"] for effect in effects)
    if twice := [item for item, times in items.items() if times > 1]:
        yield f"items done more than once: {sorted(twice)[:5]}"
    if len(effects) != job["processed_items"]:
        yield f"{len(effects)} effects, and {job['processed_items']} items counted"
    if job["status"] == "completed" and job["processed_items"] != job["total_items"]:
        yield f"completed with {job['processed_items']} of {job['total_items']} items"
    fences = [effect["fence"] for effect in effects]
    if fences != sorted(fences):
        yield "a later effect has an earlier fence"


def as_designed(job: Record, wanted: Wanted) -> Iterator[str]:
    """A job that no user touched ends as its arguments say: crashes and deploys do not count as attempts."""
    args = wanted.args
    if wanted.touched:
        return
    if job["status"] != args.ends:
        yield f"{job['status']} instead of {args.ends}: {job['error']}"
    elif job["attempt"] != args.attempts:
        yield f"{job['status']} in attempt {job['attempt']} instead of {args.attempts}"
    if job["status"] == "completed" and (job["processed_items"], job["failed_items"]) != (
        args.items,
        args.failed_items,
    ):
        yield f"counted {job['processed_items']} items, {job['failed_items']} of them failed; its data say otherwise"


def fenced(ledger: Ledger, runs: Iterable[Run]) -> Iterator[str]:
    """Each effect was committed under a fence while that was the current one."""
    windows = {(run.job_id, run.fence): run for run in runs}
    for job_id, effects in ledger.effects.items():
        for effect in effects:
            run = windows.get((job_id, effect["fence"]))
            if run is None or not run.start <= effect["at"] <= run.end:
                yield f"job {job_id}: item {effect['item']} was done under fence {effect['fence']} outside of its run"


def limited(runs: Iterable[Run], limits: Mapping[str, int]) -> Iterator[str]:
    """No queue ran more jobs at a time than its limit over all workers, according to the timelines."""
    for queue, group in groupby(sorted(runs, key=attrgetter("queue")), key=attrgetter("queue")):
        moves = sorted(move for run in group for move in ((run.start, 1), (run.end, -1)))
        running = most = 0
        for _, change in moves:
            running += change
            most = max(most, running)
        if most > limits[queue]:
            yield f"queue {queue} ran {most} jobs at once and may run {limits[queue]}"


async def households(conn: Connection, job_ids: Iterable[UUID]) -> list[str]:
    """Each household is either geocoded or in the error log, once, and the counters agree."""
    findings = []
    for job_id in job_ids:
        job = await conn.fetchrow("SELECT * FROM jobs WHERE id = $1", job_id)
        if job is None or job["status"] != "completed":
            findings.append(f"households job {job_id} is {job['status'] if job else 'gone'}: {job and job['error']}")
            continue
        row = await conn.fetchrow(
            """WITH named AS (
                   SELECT item_id::uuid AS id, count(*) AS times FROM job_errors WHERE job_id = $1 GROUP BY item_id
               )
               SELECT count(*) FILTER (WHERE h.geocoded AND n.id IS NULL) AS geocoded,
                      count(*) FILTER (WHERE n.times = 1 AND NOT h.geocoded) AS failed,
                      count(*) FILTER (WHERE n.times > 1 OR (h.geocoded AND n.id IS NOT NULL)) AS twice
               FROM households AS h LEFT JOIN named AS n USING (id) WHERE h.precinct_number = $2""",
            job_id,
            PRECINCT,
        )
        assert row is not None
        of_job = (job["processed_items"], job["failed_items"], job["total_items"])
        found = (row["geocoded"] + row["failed"], row["failed"], row["geocoded"] + row["failed"])
        if row["twice"] or of_job != found:
            findings.append(
                f"households job {job_id}: counted {of_job}, found {found}, {row['twice']} accounted for twice"
            )
    return findings
