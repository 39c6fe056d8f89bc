"""Ends what is open when the access behind it ends: streams, long polls and downloads.

One task per process asks the database, every few seconds and after each announcement, which of the keys and sessions in
use are still live, and who their users are now. It sleeps while nothing is open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from app.db.accounts import sessions
from app.db.accounts.sessions import Caller
from app.db.accounts.users import User
from app.db.core.notifications import Changes, Observer
from app.db.core.pool import TRY_AGAIN, Pool
from app.errors import Unauthorized

log = structlog.get_logger(__name__)

CHECK_SECONDS = 2.0
"""With CACHE_SECONDS less than five: what is opened just before the cache notices is still checked in time."""
ANNOUNCED = ("KEY_", "USER_", "SIGNED_OUT")
"""Beginnings of the announcements after which an access may have changed."""
ENDED = "The key was revoked or has expired, its user was disabled, or the session was signed out."


class Access:
    """The access of something open, as it is now."""

    def __init__(self, caller: Caller, wake: Callable[[], None]) -> None:
        self._caller = caller
        self._wake = wake
        self._user: User | None = caller.user

    @property
    def key(self) -> tuple[UUID, bytes | None]:
        """The key and session, as `sessions.list_live_users` takes them."""
        return self._caller.key_id, self._caller.session_hash

    @property
    def is_changed(self) -> bool:
        """Whether the access has ended, or its user has got another role."""
        return self._user is None or self._user.role != self._caller.user.role

    def require_user(self) -> User:
        """Return the user with their present role. Raises Unauthorized once the access has ended."""
        if self._user is None:
            raise Unauthorized(ENDED)
        return self._user

    def update(self, user: User | None) -> bool:
        """Take over the user as they are now, None if the access has ended. Returns whether that is a change."""
        if self._user == user:
            return False
        self._user = user
        self._wake()
        return True


class AccessWatch:
    def __init__(self, pool: Pool, changes: Changes, forget: Callable[[], None]) -> None:
        """`forget` empties the process's cache of callers; it is called when a key, a user or a session has changed."""
        self._pool = pool
        self._forget = forget
        self._open: set[Access] = set()
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        changes.observe(Observer(lambda job_ids: None, self._on_platform, self.check_soon))

    @asynccontextmanager
    async def watch(self, caller: Caller, wake: Callable[[], None] = lambda: None) -> AsyncIterator[Access]:
        """Yield the caller's access, and call `wake` after each change of it, until the context ends."""
        access = Access(caller, wake)
        self._open.add(access)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            yield access
        finally:
            self._open.discard(access)
            if not self._open and self._task is not None:
                self._task.cancel()
                self._task = None

    def check_soon(self) -> None:
        """Forget what is cached, and check everything that is open at once."""
        self._forget()
        self._due.set()

    def _on_platform(self, announcement: str) -> None:
        if announcement.startswith(ANNOUNCED):
            self.check_soon()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._due.wait()
            except TimeoutError:
                pass
            self._due.clear()
            try:
                await self._check()
            except TRY_AGAIN as error:
                log.warning("access_checks_wait_for_postgres", error=repr(error))
            except Exception:
                log.exception("access_check_failed")

    async def _check(self) -> None:
        async with self._pool.acquire() as conn:
            users = await sessions.list_live_users(conn, {access.key for access in self._open})
        changed = [access for access in list(self._open) if access.update(users.get(access.key))]
        if changed:
            self._forget()
