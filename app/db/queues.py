"""The queues' rows: the code's and the environment's values, and an admin's overrides beside them."""

from __future__ import annotations

from collections.abc import Iterable

from app.db.pool import Connection
from app.domain.jobs import QueueSpec


async def declare(conn: Connection, queues: Iterable[QueueSpec]) -> None:
    """Write the specs at start; what an admin overrode stays overridden."""
    specs = sorted(set(queues), key=lambda q: q.name)
    await conn.execute(
        """INSERT INTO queues (name, route, priority, concurrency, per_worker, dispatch_size)
           SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::int[], $5::bool[], $6::smallint[])
           ON CONFLICT (name) DO UPDATE
           SET (route, priority, concurrency, per_worker, dispatch_size) =
               (excluded.route, excluded.priority, excluded.concurrency, excluded.per_worker, excluded.dispatch_size)
           WHERE (queues.route, queues.priority, queues.concurrency, queues.per_worker, queues.dispatch_size)
               IS DISTINCT FROM
               (excluded.route, excluded.priority, excluded.concurrency, excluded.per_worker, excluded.dispatch_size)
        """,
        [q.name for q in specs],
        [q.route for q in specs],
        [q.priority for q in specs],
        [q.concurrency for q in specs],
        [q.per_worker for q in specs],
        [q.dispatch_size for q in specs],
    )
