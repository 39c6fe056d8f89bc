"""Reports of an import job: the rows it rejected, and the header of its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS
from app.domain.imports.kinds import IMPORT_SPECS
from app.domain.imports.row_problems import RejectedRow


async def insert_rejected_rows(conn: Connection, job_id: UUID, rows: Sequence[RejectedRow]) -> None:
    """Store rejected rows; a line that the job has reported already is kept as it is."""
    await conn.executemany(
        """INSERT INTO import_rejects (job_id, line, cells, code, error) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (job_id, line) DO NOTHING""",
        [(job_id, row.line, row.cells, str(row.code), row.error) for row in rows],
    )


async def list_rejected_rows(conn: Connection, job_id: UUID, after_line: int, limit: int) -> list[RejectedRow]:
    """Return the rejected rows after a line, in the order of the file."""
    rows = await conn.fetch(
        "SELECT line, cells, code, error FROM import_rejects WHERE job_id = $1 AND line > $2 ORDER BY line LIMIT $3",
        job_id,
        after_line,
        limit,
    )
    return [RejectedRow(**row) for row in rows]


async def find_layout(conn: Connection, job_id: UUID) -> dict[str, Any] | None:
    """Return the layout of the file of an import job; None if the job is not an import."""
    layout = await conn.fetchval(
        f"""SELECT u.layout FROM {ALL_JOBS} AS j JOIN uploads AS u ON u.id = (j.data ->> 'uploadId')::uuid
           WHERE j.id = $1 AND j.kind = ANY($2)""",
        job_id,
        [spec.kind for spec in IMPORT_SPECS],
    )
    return None if layout is None else orjson.loads(layout)


async def delete_after_line(conn: Connection, job_id: UUID, line: int) -> None:
    """Delete what an earlier attempt reported about rows that are read again."""
    await conn.execute("DELETE FROM import_rejects WHERE job_id = $1 AND line > $2", job_id, line)
    await conn.execute("DELETE FROM job_errors WHERE job_id = $1 AND (detail->>'line')::int > $2", job_id, line)
