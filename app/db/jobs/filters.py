"""Filters of jobs, for lists and bulk actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.db.core.conditions import Conditions, escape_like
from app.db.jobs.archive import ARCHIVED_JOBS
from app.db.jobs.job import Job
from app.domain.jobs.status import ACTIVE
from app.domain.text.json_guard import load_stored

SEARCHED = "job_text(j.title, j.kind, j.data, j.error)"
"""The text in which a search looks, in lower case: a function of the schema, because an index is made on it."""
MAX_SEARCHED_CHARACTERS = 4_000
"""The beginning of a job's data, and of its error, that job_text() contains."""
NO_IDS = (UUID(int=1), UUID(int=0))
"""A range of ids that is empty."""
ID_PATTERN = "00000000-0000-0000-0000-000000000000"


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
    """The beginning of the job's id, or a part of its title, kind, data or error, or of its owner's name or e-mail
    address. Upper and lower case are the same."""
    is_archived: bool = False
    """Whether archived jobs are meant, instead of all others."""

    @property
    def table(self) -> str:
        """What to select from, as `j`."""
        return ARCHIVED_JOBS if self.is_archived else "jobs"

    def conditions(self, owner: UUID | None, args: list[Any] | None = None) -> Conditions:
        """Return the conditions on `jobs AS j`; `owner` limits them to one user's jobs, None to nobody's.

        `args` is the list to append arguments to; a new one if not given.
        """
        where = Conditions(args)
        where.add_if_given("j.created_by = {}", owner)
        where.add_if_given("j.status = {}", self.status)
        if self.status in ACTIVE:
            where.add("j.completed_at IS NULL")  # implied, but the planner does not know that
        where.add_if_given("j.kind = {}", self.kind)
        if self.queue is not None:
            where.add("j.queue = {}", self.queue)
            where.add("j.completed_at IS NULL OR j.completed_at IS NOT NULL")  # so partial indexes of both kinds apply
        where.add_if_given("j.id = ANY({})", self.ids)
        where.add_if_given("j.created_at >= {}", self.created_after)
        where.add_if_given("j.created_at < {}", self.created_before)
        where.add_if_given("j.data @> {}", self.data_contains)
        if self.text is not None:
            where.add(
                f"""{SEARCHED} LIKE lower({{0}}) OR j.id BETWEEN {{1}} AND {{2}} OR j.created_by IN (
                    SELECT id FROM users WHERE lower(email) LIKE lower({{0}}) OR lower(name) LIKE lower({{0}}))""",
                like_pattern(self.text),
                *(id_range(self.text) or NO_IDS),
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
            and (self.data_contains is None or contains(load_stored(job.data), load_stored(self.data_contains)))
            and (self.text is None or is_found(self.text.lower(), job))
        )


def is_found(text: str, job: Job) -> bool:
    """Whether the text, in lower case, is the beginning of the job's id or occurs where a search looks."""
    words = f"{job.title} {job.kind.replace('_', ' ')}"
    data, error = job.data[:MAX_SEARCHED_CHARACTERS], (job.error or "")[:MAX_SEARCHED_CHARACTERS]
    return (
        str(job.id).startswith(text)
        or text in f"{words} {data} {error}".lower()
        or text in job.creator_email.lower()
        or text in job.creator_name.lower()
    )


def like_pattern(text: str) -> str:
    """Return the LIKE pattern of a value that contains the text."""
    return f"%{escape_like(text)}%"


def id_range(text: str) -> tuple[UUID, UUID] | None:
    """Return the lowest and the highest id that begin with the text; None if no id does."""
    ends = [text.lower() + ID_PATTERN[len(text) :].replace("0", digit) for digit in "0f"]
    try:
        low, high = map(UUID, ends)
    except ValueError:
        return None
    return (low, high) if str(low) == ends[0] else None


def uuid7_at(at: datetime, offset: timedelta = timedelta()) -> UUID:
    """Return the lowest UUIDv7 of the moment `offset` after `at`; 1970 is the earliest."""
    milliseconds = (at - datetime.fromtimestamp(0, UTC) + offset) // timedelta(milliseconds=1)
    return UUID(int=min(max(0, milliseconds), 2**48 - 1) << 80)


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
