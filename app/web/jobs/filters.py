"""The filters that the list of jobs, bulk actions and the dashboard share."""

from __future__ import annotations

import orjson
from pydantic import Field

from app.db.jobs.filters import Filters
from app.domain.jobs.status import Status
from app.errors import Invalid
from app.web.http.models import RequestModel
from app.web.http.schema_types import JsonObject, Timestamp
from app.web.platform import Platform


class JobFilters(RequestModel):
    status: Status | None = None
    type: str | None = Field(default=None, min_length=1)
    """A kind or one of its aliases."""
    queue: str | None = Field(default=None, min_length=1)
    created_after: Timestamp | None = None
    """Inclusive."""
    created_before: Timestamp | None = None
    """Exclusive."""
    data_contains: JsonObject | None = None
    """Members that the job's `data` must have with these values; lists and objects in it may hold more."""
    q: str | None = Field(default=None, min_length=1, max_length=200)
    """The beginning of the job's id, or text that occurs in its title, type, `data` or error or in its owner's name or
    e-mail address, ignoring case."""

    def to_filters(self, platform: Platform) -> Filters:
        """Return the filters for the database. Raises Invalid for a type or a queue that does not exist."""
        spec = platform.kind(self.type) if self.type else None
        if self.type and spec is None:
            raise Invalid([("type", f"unknown job type; expected one of {', '.join(sorted(platform.specs))}")])
        queues = {each.queue.name for each in platform.specs.values()}
        if self.queue and self.queue not in queues:
            raise Invalid([("queue", f"unknown queue; expected one of {', '.join(sorted(queues))}")])
        return Filters(
            status=self.status,
            kind=spec.kind if spec else None,
            queue=self.queue,
            created_after=self.created_after,
            created_before=self.created_before,
            data_contains=orjson.dumps(self.data_contains).decode() if self.data_contains else None,
            text=self.q,
        )
