"""Live updates for open dashboard pages, computed once per process and fanned out.

One listener per process receives what Postgres announces. A round, at most a few per second and none while no page is
open, reads the changed jobs in one query, renders the fragments that show them, and sends each viewer those they may
read. Panels (queues, workers …) are rendered once as well: after an announcement that concerns them, or every few
seconds if what they show is never announced (heartbeats, rates).

Events are numbered by the time in Unix milliseconds, by the database's clock. A page that reconnects with the number
of its last event receives all jobs that changed since, for some minutes; after that it receives the event to reload.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog

from app.db.core.notifications import NEW_JOBS, Changes, Observer
from app.db.core.pool import TRY_AGAIN, Pool
from app.db.jobs import views
from app.db.jobs.job import Job
from app.web.dashboard.core.panels import Panels
from app.web.dashboard.core.recent_changes import RecentChanges
from app.web.dashboard.core.viewers import RELOAD, JobFragment, Viewer, sse_event

log = structlog.get_logger(__name__)

ROUND_SECONDS = 0.3
MAX_NEW_JOBS_PER_ROUND = 200
"""Changed jobs that are on no open page."""
SLACK_MS = 3_000
"""For clocks that differ between hosts, and transactions that commit after others which began later."""
MAX_IDLE_SECONDS = 15.0

RenderJob = Callable[[Job, JobFragment], Mapping[str, Any]]


class LiveUpdates:
    def __init__(
        self,
        pool: Pool,
        changes: Changes,
        render_job: RenderJob,
        panels: Panels,
    ) -> None:
        self._pool = pool
        self._render_job = render_job
        self.panels = panels
        self._viewers: set[Viewer] = set()
        self._now_ms = changes.now_ms
        self._recent = RecentChanges(self._now_ms())
        self._due: set[UUID] = set()
        """Changed jobs that the next round sends."""
        self._new_jobs_since: int | None = None
        """Jobs created since then (Unix milliseconds) have not been looked for; None if there are no new jobs."""
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        changes.observe(Observer(self._on_jobs, self._on_platform, self._on_gap))

    def _on_jobs(self, job_ids: list[UUID]) -> None:
        self._recent.record(job_ids, self._now_ms())
        if self._viewers:
            self._due.update(job_ids)
            self.panels.jobs_changed()
            self._wake.set()

    def _on_platform(self, announcement: str) -> None:
        if announcement == NEW_JOBS:
            self._look_for_new_jobs(self._now_ms())
            return
        self.panels.announced(announcement)
        self._wake.set()

    def _look_for_new_jobs(self, since_ms: int) -> None:
        self._new_jobs_since = since_ms if self._new_jobs_since is None else min(since_ms, self._new_jobs_since)
        self._wake.set()

    def _on_gap(self) -> None:
        self._recent.restart(self._now_ms())
        for viewer in self._viewers:
            viewer.send(RELOAD)

    async def close(self) -> None:
        """End the streams of all viewers."""
        for viewer in self._viewers:
            viewer.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def subscribe(self, viewer: Viewer, since_ms: int) -> AsyncIterator[Viewer]:
        """Send `viewer` what has happened since (Unix milliseconds), and what happens while this is open."""
        self._viewers.add(viewer)
        viewer.panels = dict.fromkeys(viewer.panels, since_ms)
        if self._recent.covers(since_ms + SLACK_MS):
            self._catch_up(viewer, since_ms - SLACK_MS)
        else:
            viewer.send(RELOAD)
        self._wake.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            yield viewer
        finally:
            self._viewers.discard(viewer)
            if not self._viewers and self._task is not None:
                self._task.cancel()
                self._task = None

    def _catch_up(self, viewer: Viewer, since_ms: int) -> None:
        self._due.update(self._recent.since(since_ms))
        if viewer.filters is not None:
            self._look_for_new_jobs(since_ms)

    async def _run(self) -> None:
        while True:
            try:
                await self._round()
            except TRY_AGAIN as error:
                log.warning("live_updates_wait_for_postgres", error=repr(error))
            except Exception:
                log.exception("live_updates_failed")
            await asyncio.sleep(ROUND_SECONDS)
            try:
                async with asyncio.timeout(self._seconds_until_due()):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()

    def _seconds_until_due(self) -> float:
        """Until a panel that is on a page is due without an announcement."""
        return min([MAX_IDLE_SECONDS, *map(self.panels.render_interval_seconds, self._viewed_panels())])

    def _viewed_panels(self) -> set[str]:
        return {name for viewer in self._viewers for name in viewer.panels}

    async def _round(self) -> None:
        if self._due or self._new_jobs_since is not None:
            await self._send_jobs()
        for name in self._viewed_panels():
            await self._send_panel(name)

    async def _send_jobs(self) -> None:
        due, self._due = self._due, set()
        new_jobs_since, self._new_jobs_since = self._new_jobs_since, None
        shown = set[UUID]().union(*(viewer.shown for viewer in self._viewers))
        has_lists = any(viewer.filters is not None for viewer in self._viewers)
        others = sorted(due - shown, reverse=True)[: MAX_NEW_JOBS_PER_ROUND if has_lists else 0]
        job_ids = [*(due & shown), *others]
        newer_than = first_id(new_jobs_since - SLACK_MS) if new_jobs_since is not None and has_lists else None
        if not job_ids and newer_than is None:
            return
        number = self._now_ms()
        try:
            async with self._pool.acquire() as conn:
                jobs = await views.list_changed(conn, job_ids, newer_than, MAX_NEW_JOBS_PER_ROUND)
        except TRY_AGAIN:
            self._due |= due
            if new_jobs_since is not None:
                self._look_for_new_jobs(new_jobs_since)
            raise
        self._fan_out(number, jobs, deleted=set(job_ids).difference(job.id for job in jobs))

    def _fan_out(self, number: int, jobs: Sequence[Job], deleted: set[UUID]) -> None:
        """Send each viewer the jobs that concern them; each fragment is rendered once. `jobs` are newest first."""
        rendered: dict[tuple[UUID, JobFragment], Mapping[str, Any]] = {}
        for viewer in self._viewers:
            updates = []
            for job in reversed(jobs):  # oldest first: the page puts each new job at the top
                is_new = job.id not in viewer.shown
                if not viewer.may_read(job) or (is_new and not viewer.matches(job)):
                    continue
                key = (job.id, viewer.fragment)
                if key not in rendered:
                    rendered[key] = self._render_job(job, viewer.fragment)
                updates.append({**rendered[key], "new": is_new})
                viewer.shown.add(job.id)
            gone = [str(job_id) for job_id in deleted & viewer.shown]
            viewer.shown -= deleted
            viewer.limit_shown()
            if updates or gone:
                viewer.send(sse_event("jobs", number, {"jobs": updates, "gone": gone}))

    async def _send_panel(self, name: str) -> None:
        rendered = await self.panels.get(name)
        event = sse_event("panel", rendered.at_ms, {"name": name, "content": rendered.content})
        for viewer in self._viewers:
            if viewer.panels.get(name, rendered.at_ms) < rendered.at_ms:
                viewer.panels = {**viewer.panels, name: rendered.at_ms}
                viewer.send(event)


def first_id(at_ms: int) -> UUID:
    """Return the lowest UUIDv7 of that millisecond."""
    return UUID(int=(max(at_ms, 0) << 80) | (7 << 76))
