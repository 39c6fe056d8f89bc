"""Which jobs a list or a bulk action is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Filters:
    """All of them hold at once; one that is None holds for every job."""

    status: str | None = None
    kind: str | None = None
    queue: str | None = None
    ids: Sequence[UUID] | None = None
    created_after: datetime | None = None
    """Inclusive."""
    created_before: datetime | None = None
    """Exclusive."""
    data_contains: str | None = None
    """JSON text that the job's data must contain, as jsonb's `@>` has it."""

    def where(self, owner: UUID | None) -> tuple[str, list[Any]]:
        """The condition on `jobs AS j`, and its arguments from $1 on. `owner` None means everybody's jobs.

        Only what is asked for stands in the text: a plan made for all filters at once would use no index.
        """
        conditions = [
            ("j.created_by = ${}", owner),
            ("j.status = ${}", self.status),
            ("j.kind = ${}", self.kind),
            ("j.queue = ${}", self.queue),
            ("j.id = ANY(${})", self.ids),
            ("j.created_at >= ${}", self.created_after),
            ("j.created_at < ${}", self.created_before),
            ("j.data @> ${}", self.data_contains),
        ]
        given = [(sql, value) for sql, value in conditions if value is not None]
        text = " AND ".join(sql.format(number) for number, (sql, _) in enumerate(given, 1))
        return text or "true", [value for _, value in given]
