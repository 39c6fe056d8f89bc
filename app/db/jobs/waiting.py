"""The jobs that wait in each queue, as far as one admission has to look at them.

How much is read depends on how many jobs may run, never on how many wait. One statement reads the oldest jobs of each
queue. Only if several users wait for fewer slots than they want, a second one reads whose turn it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, repeat
from typing import Any
from uuid import UUID

from app.db.core.pool import Connection
from app.domain.jobs.turns import QueueState, WaitingJob, take_turns

READY = "status = 'pending' AND lease_until IS NULL AND run_at IS NULL"

MORE_USERS = 8
"""How many users are looked at beyond the number of jobs that may run."""
SHARES = 4
"""How many equal shares of the jobs that may run are looked at for each user. What is left goes to the oldest jobs."""
OVERDUE_SECONDS = 60
"""How long a queue may go without a slot before it gets one ahead of better queues."""
MAX_SERVED = 64
"""Users that a queue remembers."""
NIL = UUID(int=0)

Line = tuple[QueueState, list[WaitingJob]]
"""A queue and jobs that wait in it."""


def select_oldest(queues: str, condition: str = "true") -> str:
    """Return the statement that reads the oldest waiting jobs of each queue, one more than may run.

    `queues` is a query with the columns of `QueueState` and `paused_at`. Only jobs are read for which `condition`
    holds. A paused queue only has the jobs that were pinned since.
    """
    ready = f"{READY} AND {condition}"
    columns = "id, priority, created_by, created_at"
    margin = "(open.name, line.priorities[open.wanted + 1], line.users[1])"
    return f"""
WITH open AS (SELECT *, least(concurrency - held, free)::int AS wanted FROM ({queues}) AS q)
SELECT open.*, extract(epoch FROM served_at)::float8 AS last_turn, line.ids, line.priorities, line.users,
       line.since < now() - interval '{OVERDUE_SECONDS} s'
           AND coalesce(served_at, '-infinity') < now() - interval '{OVERDUE_SECONDS} s' AS overdue,
       cardinality(line.ids) > open.wanted AND (
           coalesce((SELECT priority = line.priorities[open.wanted + 1] FROM jobs
                     WHERE (queue, priority, created_by) > {margin} AND queue <= open.name AND {ready}
                     ORDER BY queue, priority, created_by LIMIT 1), false)
           OR coalesce((SELECT priority = line.priorities[open.wanted + 1] FROM jobs
                        WHERE (queue, priority, created_by) < {margin} AND queue >= open.name AND {ready}
                        ORDER BY queue DESC, priority DESC, created_by DESC LIMIT 1), false)
       ) AS is_contested
FROM open CROSS JOIN LATERAL (
    SELECT array_agg(id) AS ids, array_agg(priority) AS priorities, array_agg(created_by) AS users,
           min(created_at) AS since
    FROM (
        (SELECT {columns} FROM jobs
         WHERE open.paused_at IS NULL AND queue = open.name AND {ready}
         ORDER BY priority, id LIMIT open.wanted + 1)
        UNION ALL
        (SELECT {columns} FROM jobs
         WHERE open.paused_at IS NOT NULL AND pinned_at >= open.paused_at AND queue = open.name AND {ready}
         ORDER BY priority, id LIMIT open.wanted)
    ) AS oldest
) AS line
WHERE open.wanted > 0 AND line.ids IS NOT NULL
"""


def select_turns(condition: str = "true") -> str:
    """Return the statement that reads the first jobs of the users who wait in contested queues, and who holds slots.

    $1 to $5 are arrays with an entry per queue: its name, the priority at which not all jobs may run, the last of its
    oldest jobs, how many jobs it wants, and the user who was served last. The users are found one by one: from that one
    on to the last, and from the first to that one.
    """
    # Rows are compared, and checked afterwards, since only jobs_turns_idx has their order: with equalities the planner
    # might search along another index, through all finished jobs. The sub-selects keep it from making a new plan for
    # each call.
    ready = f"{READY} AND {condition}"
    return f"""
WITH RECURSIVE contested AS (
    SELECT * FROM unnest((SELECT $1::text[]), (SELECT $2::smallint[]), (SELECT $3::uuid[]), (SELECT $4::int[]),
                         (SELECT $5::uuid[])) AS c (name, priority, last, wanted, latest)
), users AS (
    SELECT name, priority, last, wanted, arc.created_by, arc.until, NULL::uuid AS id, 0 AS number
    FROM contested CROSS JOIN LATERAL (
        SELECT latest AS created_by, NULL::uuid AS until UNION ALL SELECT '{NIL}', latest WHERE latest > '{NIL}'
    ) AS arc
    UNION ALL
    SELECT u.name, u.priority, u.last, u.wanted, next.created_by, u.until, next.id, u.number + 1
    FROM users AS u CROSS JOIN LATERAL (
        SELECT priority, created_by, id FROM jobs
        WHERE (queue, priority, created_by) > (u.name, u.priority, u.created_by) AND queue <= u.name AND {ready}
        ORDER BY queue, priority, created_by, id LIMIT 1
    ) AS next
    WHERE u.number < u.wanted + {MORE_USERS} AND next.priority = u.priority
    AND (u.until IS NULL OR next.created_by <= u.until)
), counted AS (
    SELECT *, CASE WHEN wanted > number_of_users THEN least(wanted, wanted * {SHARES} / number_of_users) ELSE 1 END
           AS share
    FROM users CROSS JOIN (SELECT count(*) AS number_of_users FROM users WHERE number > 0) AS total WHERE number > 0
)
SELECT c.name, j.ids, j.users, h.holders, h.slots,
       EXISTS (SELECT FROM users AS u WHERE u.name = c.name AND u.number >= c.wanted + {MORE_USERS}) AS crowded
FROM contested AS c CROSS JOIN LATERAL (
    SELECT array_agg(line.id) AS ids, array_agg(u.created_by) AS users
    FROM counted AS u CROSS JOIN LATERAL (
        SELECT u.id, u.priority, u.created_by WHERE u.id > u.last
        UNION ALL
        (SELECT id, priority, created_by FROM jobs
         WHERE (queue, priority, created_by, id) > (u.name, u.priority, u.created_by, greatest(u.id, u.last))
         AND queue <= u.name AND {ready}
         ORDER BY queue, priority, created_by, id LIMIT u.share - 1)
    ) AS line
    WHERE u.name = c.name AND line.priority = u.priority AND line.created_by = u.created_by
) AS j CROSS JOIN LATERAL (
    SELECT array_agg(created_by) AS holders, array_agg(jobs) AS slots
    FROM (
        SELECT created_by, count(*)::int AS jobs FROM jobs
        WHERE queue = c.name AND lease_until IS NOT NULL GROUP BY created_by
    ) AS held
) AS h
"""


# A row that somebody else has locked is skipped: admission waits for nobody who changes a queue.
RECORD_TURN = """
UPDATE queues SET served = $2, served_at = CASE WHEN $3 THEN now() ELSE served_at END
WHERE name = (SELECT name FROM queues WHERE name = $1 FOR NO KEY UPDATE SKIP LOCKED)
"""
QUEUE_COLUMNS = sorted({field.name for field in fields(QueueState)} - {"crowded"})


@dataclass(frozen=True)
class Statements:
    """The statements of `select_oldest` and `select_turns` for the same waiting jobs."""

    oldest: str
    turns: str


async def list_next(
    conn: Connection, statements: Statements, args: Sequence[object] = (), condition_args: Sequence[object] = ()
) -> list[tuple[QueueState, WaitingJob]]:
    """Return the jobs that may run now, in their order, and remember whose turn it was.

    `args` are those of the first statement, `condition_args` follow the arrays of the second one. The caller holds the
    admission lock and admits all of these jobs in the same transaction.
    """
    rows = await conn.fetch(statements.oldest, *args)
    lines = [_to_line(row) for row in rows]
    per_route = Counter[str]()
    for queue, jobs in lines:
        per_route[queue.route] += min(len(jobs), queue.wanted)
    competing = [
        (queue, jobs)
        for (queue, jobs), row in zip(lines, rows, strict=True)
        if row["paused_at"] is None  # of a paused queue, no other jobs may be read
        and (
            row["is_contested"]
            or (
                len({job.user for job in jobs}) > 1
                and (len(jobs) > queue.wanted or per_route[queue.route] > queue.free)
            )
        )
    ]
    if competing:
        found = await _list_turns(conn, competing, statements.turns, condition_args)
        lines = [found.get(queue.name, (queue, jobs)) for queue, jobs in lines]
    turns = take_turns(lines)
    for turn in turns.taken:
        await conn.execute(RECORD_TURN, turn.queue, turn.served[-MAX_SERVED:], turn.is_contended)
    return turns.admitted


def _to_line(row: Any) -> Line:
    queue = QueueState(**{name: row[name] for name in QUEUE_COLUMNS})
    return queue, list(map(WaitingJob, row["ids"], row["priorities"], row["users"]))


async def _list_turns(
    conn: Connection, lines: Sequence[Line], statement: str, condition_args: Sequence[object]
) -> dict[str, Line]:
    """Return the lines by queue, with the first jobs of the users who wait, and with the slots that users hold."""
    rows = await conn.fetch(
        statement,
        [queue.name for queue, _ in lines],
        [jobs[-1].priority for _, jobs in lines],
        [jobs[-1].id for _, jobs in lines],
        [queue.wanted for queue, _ in lines],
        [queue.served[-1] if queue.served else NIL for queue, _ in lines],
        *condition_args,
    )
    by_name = {row["name"]: row for row in rows}
    found: dict[str, Line] = {}
    for queue, jobs in lines:
        row = by_name[queue.name]
        running = dict(zip(row["holders"] or (), row["slots"] or (), strict=True))
        more = map(WaitingJob, row["ids"] or (), repeat(jobs[-1].priority), row["users"] or ())
        waiting = [job._replace(running=running.get(job.user, 0)) for job in chain(jobs, more)]
        found[queue.name] = replace(queue, crowded=row["crowded"]), waiting
    return found
