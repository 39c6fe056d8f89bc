"""What open dashboards are told as it happens, found out once for all of them.

Postgres says what changed, to one listener a process. A round, at most a few a second and none while nobody looks,
reads the jobs that changed in one query, makes the pieces of the pages that show them, and gives each viewer those they
may see. Boards (queues, workers …) are made once, too, when an announcement concerns them, or every few seconds where
what they show is never announced (beats, rates).

Events are numbered by the time in milliseconds: who comes back with the number of the last one hears of all jobs that
changed since, for some minutes; after that they are told to load the page anew.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from app.db.accounts import keys
from app.db.accounts.users import User
from app.db.core.notifications import NEW_JOBS, Changes, Ears
from app.db.core.pool import TRY_AGAIN, Pool
from app.db.jobs import views
from app.db.jobs.filters import Filters
from app.db.jobs.job import Job
from app.web.dashboard.core.panels import Boards
from app.web.http.responses import encode

log = structlog.get_logger(__name__)

ROUND_SECONDS = 0.3
REMEMBERED = 20_000
"""Jobs whose changes are remembered for those who come back."""
MOST_A_ROUND = 200
"""Jobs that nobody has on the page yet."""
SLACK_MS = 3_000
"""Clocks of hosts, and transactions that commit after others which began later."""
KEYS_SECONDS = 15.0
MOST_SHOWN = 500
"""Jobs that one page is told of: the newest."""
MOST_UNREAD = 100
"""Events that a viewer who does not read them may have; then the page is loaded anew instead."""

RELOAD = b"event: reload\ndata: {}\n\n"


@dataclass(eq=False)
class Viewer:
    """One open page."""

    user: User
    key_id: UUID
    filters: Filters | None = None
    """Of a list of jobs: new ones that match are told."""
    shown: set[UUID] = field(default_factory=set)
    """Jobs on the page, told of whatever they become."""
    granted: UUID | None = None
    """A job of somebody else's that they may read."""
    form: str = "row"
    """How jobs are described to them."""
    boards: Mapping[str, int] = field(default_factory=dict)
    """Names, and the time of what they were told last."""
    events: deque[bytes] = field(default_factory=deque)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def tell(self, event: bytes) -> None:
        if len(self.events) >= MOST_UNREAD:
            self.events.clear()
            event = RELOAD
        self.events.append(event)
        self.woken.set()


class Feed:
    def __init__(
        self,
        pool: Pool,
        changes: Changes,
        describe: Callable[[Job, str], Mapping[str, Any]],
        boards: Boards,
        forget_keys: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._describe = describe
        self.boards = boards
        self._forget_keys = forget_keys
        self._viewers: set[Viewer] = set()
        self._heard: OrderedDict[UUID, int] = OrderedDict()
        """Jobs that changed, and when (Unix milliseconds), in that order."""
        self._since = now_ms()
        """All that was announced after it is in `_heard`."""
        self._due: set[UUID] = set()
        self._news_from: int | None = None
        self._keys_checked = 0.0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        changes.observe(Ears(self._jobs, self._platform, self._gap))

    def _jobs(self, ids: list[UUID]) -> None:
        at = now_ms()
        for job_id in ids:
            self._heard.pop(job_id, None)
            self._heard[job_id] = at
        while len(self._heard) > REMEMBERED:
            self._since = self._heard.popitem(last=False)[1]
        if self._viewers:
            self._due.update(ids)
            self.boards.jobs_changed()
            self._wake.set()

    def _platform(self, what: str) -> None:
        if what == NEW_JOBS:
            self._news(now_ms())
            return
        if what.startswith(("KEY_", "USER_")):
            self._forget_keys()
            self._keys_checked = 0.0
        self.boards.announced(what)
        self._wake.set()

    def _news(self, at: int) -> None:
        self._news_from = at if self._news_from is None else min(at, self._news_from)
        self._wake.set()

    def _gap(self) -> None:
        self._since = now_ms()
        for viewer in self._viewers:
            viewer.tell(RELOAD)

    async def close(self) -> None:
        """Let every viewer go."""
        for viewer in self._viewers:
            viewer.over = True
            viewer.woken.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def watch(self, viewer: Viewer, since: int) -> AsyncIterator[Viewer]:
        """`viewer` is told of what happened since (Unix milliseconds), and of what comes, while this is open."""
        self._viewers.add(viewer)
        viewer.boards = dict.fromkeys(viewer.boards, since)
        if since < self._since - SLACK_MS:
            viewer.tell(RELOAD)
        else:
            self._catch_up(viewer, since - SLACK_MS)
        self._wake.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._rounds())
        try:
            yield viewer
        finally:
            self._viewers.discard(viewer)
            if not self._viewers and self._task is not None:
                self._task.cancel()
                self._task = None

    def _catch_up(self, viewer: Viewer, since: int) -> None:
        for job_id in reversed(self._heard):
            if self._heard[job_id] < since:
                break
            self._due.add(job_id)
        if viewer.filters is not None:
            self._news(since)

    async def _rounds(self) -> None:
        while True:
            try:
                await self._round()
            except TRY_AGAIN as error:
                log.warning("live_updates_wait_for_postgres", error=repr(error))
            except Exception:
                log.exception("live_updates_failed")
            await asyncio.sleep(ROUND_SECONDS)
            try:
                async with asyncio.timeout(self._patience()):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()

    def _patience(self) -> float:
        """Until a board that is looked at, or the keys, are due by themselves."""
        pauses = [self.boards.every(name) for name in self._looked_at()]
        return min([KEYS_SECONDS, *pauses])

    def _looked_at(self) -> set[str]:
        return {name for viewer in self._viewers for name in viewer.boards}

    async def _round(self) -> None:
        if time.monotonic() - self._keys_checked > KEYS_SECONDS:
            await self._check_keys()
        if self._due or self._news_from is not None:
            await self._tell_of_jobs()
        for name in self._looked_at():
            await self._tell_of_board(name)

    async def _check_keys(self) -> None:
        self._keys_checked = time.monotonic()
        async with self._pool.acquire() as conn:
            good = await keys.list_live_ids(conn, {viewer.key_id for viewer in self._viewers})
        for viewer in self._viewers:
            if viewer.key_id not in good:
                viewer.over = True
                viewer.tell(RELOAD)

    async def _tell_of_jobs(self) -> None:
        due, self._due = self._due, set()
        news_from, self._news_from = self._news_from, None
        shown = set[UUID]().union(*(viewer.shown for viewer in self._viewers))
        lists = any(viewer.filters is not None for viewer in self._viewers)
        others = sorted(due - shown, reverse=True)[: MOST_A_ROUND if lists else 0]
        ids = [*(due & shown), *others]
        newer = first_id(news_from - SLACK_MS) if news_from is not None and lists else None
        if not ids and newer is None:
            return
        number = now_ms()
        try:
            async with self._pool.acquire() as conn:
                jobs = await views.list_changed(conn, ids, newer, MOST_A_ROUND)
        except TRY_AGAIN:
            self._due |= due
            if news_from is not None:
                self._news(news_from)
            raise
        pieces: dict[tuple[UUID, str], Mapping[str, Any]] = {}
        gone = set(ids).difference(job.id for job in jobs)
        for viewer in self._viewers:
            told = []
            for job in reversed(jobs):  # the oldest first: each new one goes to the top
                if (as_new := concerns(viewer, job)) is not None:
                    key = (job.id, viewer.form)
                    if key not in pieces:
                        pieces[key] = self._describe(job, viewer.form)
                    told.append({**pieces[key], "new": as_new})
                    viewer.shown.add(job.id)
            lost = [str(job_id) for job_id in gone & viewer.shown]
            viewer.shown -= gone
            if len(viewer.shown) > 2 * MOST_SHOWN:
                viewer.shown = set(sorted(viewer.shown)[-MOST_SHOWN:])
            if told or lost:
                viewer.tell(event("jobs", number, {"jobs": told, "gone": lost}))

    async def _tell_of_board(self, name: str) -> None:
        made = await self.boards.content(name)
        what = event("board", made.at_ms, {"name": name, "content": made.content})
        for viewer in self._viewers:
            if viewer.boards.get(name, made.at_ms) < made.at_ms:
                viewer.boards = {**viewer.boards, name: made.at_ms}
                viewer.tell(what)


def concerns(viewer: Viewer, job: Job) -> bool | None:
    """None where the job is none of the viewer's business; else whether it belongs at the top of their list."""
    if not (viewer.user.is_admin or job.created_by == viewer.user.id or job.id == viewer.granted):
        return None
    if job.id in viewer.shown:
        return False
    return True if viewer.filters is not None and viewer.filters.hold_for(job) else None


def event(name: str, number: int, content: Mapping[str, Any]) -> bytes:
    return b"event: %s\nid: %d\ndata: %s\n\n" % (name.encode(), number, encode(content))


def now_ms() -> int:
    return int(time.time() * 1000)


def first_id(at_ms: int) -> UUID:
    """The lowest UUIDv7 of that millisecond."""
    return UUID(int=(max(at_ms, 0) << 80) | (7 << 76))


def ids(text: str, most: int) -> Iterable[UUID]:
    """The job ids of a page, as its script sends them."""
    for part in text.split(",")[:most]:
        try:
            yield UUID(part)
        except ValueError:
            continue
