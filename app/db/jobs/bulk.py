"""Bulk cancel, retry and delete, one transaction per batch.

`list_candidates` returns a batch, `lock_available` locks the jobs of it that nobody else has locked, and `apply`
changes these. So a batch never waits for a worker's row while it holds another, and cannot deadlock with the recorder
or the sweep. The rest of the batch (jobs within a step) is changed one job per transaction, which waits but holds
nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs import actions
from app.db.jobs.creator import Creator
from app.db.jobs.filters import Filters
from app.domain.jobs.status import ACTIVE, TERMINAL, Status

MAX_BATCH_SIZE = 1000
SEARCH_TIMEOUT_SECONDS = 60.0
"""For filters without an index in a ledger of millions."""


class Action(StrEnum):
    CANCEL = "cancel"
    RETRY = "retry"
    DELETE = "delete"


ALLOWED_STATUSES: dict[Action, frozenset[Status]] = {
    Action.CANCEL: ACTIVE,
    Action.RETRY: frozenset({Status.FAILED, Status.CANCELLED}),
    Action.DELETE: TERMINAL,
}
"""The statuses in which an action is possible."""


async def count_matches(conn: Connection, filters: Filters, owner: UUID | None) -> tuple[int, UUID | None]:
    """Return the number of jobs that match, and the id of the newest of them (None if there are none)."""
    where = filters.conditions(owner)
    row = await conn.fetchrow(
        f"SELECT count(*) AS jobs, max(j.id::text)::uuid AS newest FROM jobs AS j WHERE {where}",
        *where.args,
        timeout=SEARCH_TIMEOUT_SECONDS,
    )
    assert row is not None
    return row["jobs"], row["newest"]


async def list_candidates(
    conn: Connection, action: Action, filters: Filters, owner: UUID | None, *, after: UUID, until: UUID
) -> list[UUID]:
    """Return the next batch of jobs that the action can change, with `after` < id <= `until`, by id. Locks none."""
    where = filters.conditions(owner)
    where.add("j.status = ANY({})", list(ALLOWED_STATUSES[action]))
    where.add("j.id > {}", after)
    where.add("j.id <= {}", until)
    rows = await conn.fetch(
        f"SELECT j.id FROM jobs AS j WHERE {where} ORDER BY j.id LIMIT {MAX_BATCH_SIZE}",
        *where.args,
        timeout=SEARCH_TIMEOUT_SECONDS,
    )
    return [row["id"] for row in rows]


async def lock_available(conn: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Lock those of these jobs that no other transaction has locked. Returns their ids."""
    rows = await conn.fetch("SELECT id FROM jobs WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED", ids)
    return [row["id"] for row in rows]


async def apply(
    conn: Connection, action: Action, ids: Sequence[UUID], creator: Creator, *, from_start: bool = False
) -> list[UUID]:
    """Apply the action to these jobs, where their status allows it. Returns their ids.

    `creator` and `from_start` are for a retry, which raises as `actions.retry_all`.
    """
    match action:
        case Action.CANCEL:
            return await actions.cancel_all(conn, ids)
        case Action.RETRY:
            return await actions.retry_all(conn, ids, creator, from_start=from_start)
        case Action.DELETE:
            return await actions.delete_all(conn, ids)
