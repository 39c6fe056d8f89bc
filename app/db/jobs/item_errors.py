"""The items of a job that failed. `ledger.checkpoint` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.db.core.conditions import Conditions
from app.db.core.pages import Page, Total
from app.db.core.pool import Connection
from app.db.jobs.causes import CAUSE
from app.domain.jobs.causes import VARIABLE_PARTS
from app.domain.text.json_guard import load_stored_object

COLUMNS = "id, item_id, address, error, at, detail"


@dataclass(frozen=True, slots=True)
class RecordedError:
    """An `ItemError` as it was committed."""

    id: int
    """Ascends in the order in which the errors were committed."""
    item_id: str | None
    address: str | None
    error: str
    at: datetime
    detail: dict[str, Any] | None
    """Further members of the error as the kind shows it."""


def _errors(rows: Sequence[asyncpg.Record]) -> list[RecordedError]:
    return [RecordedError(**{**row, "detail": row["detail"] and load_stored_object(row["detail"])}) for row in rows]


async def list_newest(conn: Connection, job_id: UUID, *, limit: int) -> list[RecordedError]:
    """Return the last errors of a job, the newest first."""
    return _errors(
        await conn.fetch(f"SELECT {COLUMNS} FROM job_errors WHERE job_id = $1 ORDER BY id DESC LIMIT $2", job_id, limit)
    )


async def list_errors(
    conn: Connection, job_id: UUID, *, after: int | None = None, limit: int, offset: int = 0
) -> Page[RecordedError]:
    """Return a page of a job's errors, the oldest first. `after` is the id of the last error of the page before."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM job_errors WHERE job_id = $1 AND id > $2 ORDER BY id LIMIT $3 OFFSET $4",
        job_id,
        0 if after is None else after,
        limit + 1,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM job_errors WHERE job_id = $1", job_id)
    return Page.of(_errors(rows), limit, Total(total, is_estimate=False))


async def list_after(
    conn: Connection, job_id: UUID, after: int, *, limit: int, cause: str | None = None
) -> list[RecordedError]:
    """Return the errors of a job with an id above `after` (a cursor), the oldest first; `cause` is a digest."""
    where = Conditions()
    where.add("job_id = {}", job_id)
    where.add("id > {}", after)
    if cause is not None:
        where.add(f"md5({CAUSE.format(pattern='{0}')}) = {{1}}", VARIABLE_PARTS, cause)
    return _errors(
        await conn.fetch(
            f"SELECT {COLUMNS} FROM job_errors WHERE {where} ORDER BY id LIMIT {where.arg(limit)}", *where.args
        )
    )
