"""The jobs of a record: those whose arguments name it."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import search
from app.db.jobs.filters import Filters
from app.db.jobs.job import Job
from app.web.jobs.access import reader_id

MAX_JOBS = 10


async def list_jobs(conn: Connection, user: User, arguments: Sequence[dict[str, object]]) -> list[Job]:
    """Return the newest jobs that the user may read and whose arguments contain one of these, newest first."""
    found: dict[object, Job] = {}
    for wanted in arguments:
        filters = Filters(data_contains=orjson.dumps(wanted).decode())
        page = await search.list_page(conn, filters, reader_id(user), limit=MAX_JOBS)
        found |= {job.id: job for job in page.jobs}
    return sorted(found.values(), key=lambda job: job.id, reverse=True)[:MAX_JOBS]
