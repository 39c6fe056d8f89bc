"""A limit on the requests that are held open at the same time: streams of events, and long polls.

Each holds a connection and is checked every few seconds, so that one user could otherwise take all that a process has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.errors import TooManyRequests
from app.web import platform

RETRY_AFTER_SECONDS = 30


class OpenRequests:
    """The open requests of one API process."""

    def __init__(self, max_per_user: int, max_per_process: int) -> None:
        """0 means no limit."""
        self._max_per_user = max_per_user
        self._max_per_process = max_per_process
        self._open: Counter[UUID] = Counter()
        self._total = 0

    def enter(self, user_id: UUID) -> bool:
        """Count a request until `leave` is called. Returns False, and counts nothing, beyond a limit."""
        if 0 < self._max_per_user <= self._open[user_id] or 0 < self._max_per_process <= self._total:
            return False
        self._open[user_id] += 1
        self._total += 1
        return True

    def leave(self, user_id: UUID) -> None:
        self._total -= 1
        self._open[user_id] -= 1
        if not self._open[user_id]:
            del self._open[user_id]

    @contextmanager
    def held(self, user_id: UUID) -> Iterator[bool]:
        """Yield whether the user may hold a request open until the context ends."""
        entered = self.enter(user_id)
        try:
            yield entered
        finally:
            if entered:
                self.leave(user_id)


class EventStream(StreamingResponse):
    """A stream of server-sent events, which counts as open until it ends."""

    def __init__(
        self,
        events: AsyncIterator[bytes],
        open_requests: platform.OpenRequests,
        user_id: UUID,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Raises TooManyRequests beyond a limit."""
        if not open_requests.enter(user_id):
            raise TooManyRequests(
                "Too many streams and long polls are open. Close some of yours, or get the job from time to time"
                " instead: the header Retry-After of GET /api/v1/jobs/{id} says when.",
                retry_after=RETRY_AFTER_SECONDS,
            )
        super().__init__(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no", **(headers or {})})
        self._open_requests = open_requests
        self._user_id = user_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._open_requests.leave(self._user_id)
