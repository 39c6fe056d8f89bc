"""Moving many jobs at a person's word, a batch a transaction.

`candidates` names a batch, `lock_free` locks of it what nobody holds just now, and `act` moves those. So a batch never
waits for a worker's row while it holds another, and there is no deadlock with recorder or sweep. What is left of the
batch (a job in the midst of a step) is moved one job a transaction, which waits, but with nothing in its hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs import actions
from app.db.jobs.filters import Filters
from app.domain.jobs.status import ACTIVE, TERMINAL, Status

MOST_A_BATCH = 1000
SEARCH_SECONDS = 60.0
"""For filters without an index in a ledger of millions."""


class Action(StrEnum):
    CANCEL = "cancel"
    RETRY = "retry"
    DELETE = "delete"


SOURCES: dict[Action, frozenset[Status]] = {
    Action.CANCEL: ACTIVE,
    Action.RETRY: frozenset({Status.FAILED, Status.CANCELLED}),
    Action.DELETE: TERMINAL,
}
"""The states from which an action is possible."""


async def count(conn: Connection, filters: Filters, owner: UUID | None) -> tuple[int, UUID | None]:
    """How many jobs there are to the filters, and the newest of them."""
    where = filters.conditions(owner)
    row = await conn.fetchrow(
        f"SELECT count(*) AS jobs, max(j.id::text)::uuid AS newest FROM jobs AS j WHERE {where}",
        *where.args,
        timeout=SEARCH_SECONDS,
    )
    assert row is not None
    return row["jobs"], row["newest"]


async def candidates(
    conn: Connection, action: Action, filters: Filters, owner: UUID | None, *, after: UUID, until: UUID
) -> list[UUID]:
    """The next batch, in the order of their ids, of jobs that the action may move; nothing is locked yet."""
    where = filters.conditions(owner)
    where.add("j.status = ANY({})", list(SOURCES[action]))
    where.add("j.id > {}", after)
    where.add("j.id <= {}", until)
    rows = await conn.fetch(
        f"SELECT j.id FROM jobs AS j WHERE {where} ORDER BY j.id LIMIT {MOST_A_BATCH}",
        *where.args,
        timeout=SEARCH_SECONDS,
    )
    return [row["id"] for row in rows]


async def lock_free(conn: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Lock those of these jobs that nobody holds just now."""
    rows = await conn.fetch("SELECT id FROM jobs WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED", ids)
    return [row["id"] for row in rows]


async def act(conn: Connection, action: Action, ids: Sequence[UUID], *, from_start: bool = False) -> list[UUID]:
    """Move these jobs, where their states allow it; answers which were. `from_start` counts for a retry alone."""
    match action:
        case Action.CANCEL:
            return await actions.cancel_all(conn, ids)
        case Action.RETRY:
            return await actions.retry_all(conn, ids, from_start=from_start)
        case Action.DELETE:
            return await actions.delete_all(conn, ids)
