"""The filters that lists of jobs and bulk actions have in common."""

from __future__ import annotations

import orjson
from pydantic import BaseModel, ConfigDict, Field

from app.db.jobs.filters import Filters
from app.domain.jobs.status import Status
from app.web.http.schema_types import Members, Moment
from app.web.platform import Platform


class JobFilters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    type: str | None = Field(default=None, min_length=1)
    """A kind or one of its aliases."""
    queue: str | None = Field(default=None, min_length=1)
    createdAfter: Moment | None = None
    """Inclusive."""
    createdBefore: Moment | None = None
    """Exclusive."""
    dataContains: Members | None = None
    """Members that the job's `data` has with these values; lists and objects may hold more than is asked for."""
    q: str | None = Field(default=None, min_length=1, max_length=200)
    """The beginning of the job's id, or what stands somewhere in its `data`, in any case."""

    def chosen(self, platform: Platform) -> Filters:
        spec = platform.kind(self.type) if self.type else None
        return Filters(
            status=self.status,
            kind=spec.kind if spec else self.type,
            queue=self.queue,
            created_after=self.createdAfter,
            created_before=self.createdBefore,
            data_contains=orjson.dumps(self.dataContains).decode() if self.dataContains else None,
            text=self.q,
        )
