"""An open page, and the server-sent events queued for it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from app.db.accounts.users import User
from app.db.jobs.filters import Filters
from app.db.jobs.job import Job
from app.web.http.responses import encode

MAX_UNREAD_EVENTS = 100
"""A page that is further behind receives the event to reload instead."""
MAX_SHOWN_JOBS = 500
"""One page follows this many jobs, the newest."""

JobFragment = Literal["row", "status_card"]
"""Macros of job_parts.html: a row of a list, or the status at the head of a job's page."""

RELOAD = b"event: reload\ndata: {}\n\n"


@dataclass(eq=False)
class Viewer:
    """One open page: what it shows, and the events that it has not read yet."""

    user: User
    filters: Filters | None = None
    """For a list of jobs: new jobs that match are added to it."""
    shown: set[UUID] = field(default_factory=set)
    """Jobs on the page; every change of them is sent."""
    readable_job: UUID | None = None
    """A job of another user that this user may read."""
    fragment: JobFragment = "row"
    panels: Mapping[str, int] = field(default_factory=dict)
    """Names of panels on the page, each with the time (Unix milliseconds) of the rendering that was sent last."""
    events: deque[bytes] = field(default_factory=deque)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def send(self, event: bytes) -> None:
        if self.closed and event != RELOAD:
            return
        if len(self.events) >= MAX_UNREAD_EVENTS:
            self.events.clear()
            event = RELOAD
        self.events.append(event)
        self.woken.set()

    def end(self) -> None:
        """Send nothing more but to reload: the access has ended or changed, and so does what the page may show."""
        self.events.clear()
        self.closed = True
        self.send(RELOAD)

    def close(self) -> None:
        self.closed = True
        self.woken.set()

    def may_read(self, job: Job) -> bool:
        return self.user.is_admin or job.created_by == self.user.id or job.id == self.readable_job

    def matches(self, job: Job) -> bool:
        """Whether a job that is not on the page belongs to its list."""
        return self.filters is not None and self.filters.matches(job)

    def limit_shown(self) -> None:
        """Stop following the oldest jobs of a page that shows too many."""
        if len(self.shown) > 2 * MAX_SHOWN_JOBS:
            self.shown = set(sorted(self.shown)[-MAX_SHOWN_JOBS:])


def sse_event(name: str, number: int, content: Mapping[str, Any]) -> bytes:
    """Encode a server-sent event; the browser repeats `number` as Last-Event-ID when it reconnects."""
    return b"event: %s\nid: %d\ndata: %s\n\n" % (name.encode(), number, encode(content))
