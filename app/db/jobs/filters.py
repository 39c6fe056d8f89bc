"""Filters of jobs, for lists and bulk actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.core.conditions import Conditions
from app.db.jobs.job import Job


@dataclass(frozen=True)
class Filters:
    """All filters must match; a filter that is None matches every job."""

    status: str | None = None
    kind: str | None = None
    queue: str | None = None
    ids: Sequence[UUID] | None = None
    created_after: datetime | None = None
    """Inclusive."""
    created_before: datetime | None = None
    """Exclusive."""
    data_contains: str | None = None
    """JSON text of an object that the job's data must contain, in the sense of jsonb's `@>`."""
    text: str | None = None
    """The beginning of the job's id, or a part of its data as text; upper and lower case are the same."""

    def conditions(self, owner: UUID | None) -> Conditions:
        """Return the conditions on `jobs AS j`; `owner` limits them to one user's jobs, None to nobody's."""
        where = Conditions()
        where.add_if_given("j.created_by = {}", owner)
        where.add_if_given("j.status = {}", self.status)
        where.add_if_given("j.kind = {}", self.kind)
        where.add_if_given("j.queue = {}", self.queue)
        where.add_if_given("j.id = ANY({})", self.ids)
        where.add_if_given("j.created_at >= {}", self.created_after)
        where.add_if_given("j.created_at < {}", self.created_before)
        where.add_if_given("j.data @> {}", self.data_contains)
        where.add_if_given(
            "starts_with(j.id::text, lower({0})) OR strpos(lower(j.data::text), lower({0})) > 0", self.text
        )
        return where

    def matches(self, job: Job) -> bool:
        """Evaluate the same filters in memory against a job that was already fetched, without a query."""
        return (
            self.status in (None, job.status)
            and self.kind in (None, job.kind)
            and self.queue in (None, job.queue)
            and (self.ids is None or job.id in self.ids)
            and (self.created_after is None or job.created_at >= self.created_after)
            and (self.created_before is None or job.created_at < self.created_before)
            and (self.data_contains is None or contains(orjson.loads(job.data), orjson.loads(self.data_contains)))
            and (self.text is None or found(self.text.lower(), str(job.id), job.data.lower()))
        )


def found(text: str, job_id: str, data: str) -> bool:
    """Whether the text is the beginning of the id or occurs in the data; all in lower case."""
    return job_id.startswith(text) or text in data


def contains(whole: Any, part: Any) -> bool:
    """Return whether the JSON value `whole` contains `part` in the sense of jsonb's `@>`; `part` is an object."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and contains(whole[k], v) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(contains(element, v) for element in whole) for v in part)
    return type(whole) is not dict and _scalar(whole) == _scalar(part)


def _scalar(value: Any) -> tuple[bool, Any]:
    """Return the value so that true differs from 1, as in JSON."""
    return isinstance(value, bool), value
