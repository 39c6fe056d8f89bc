"""The jobs that changed in the last minutes, so that a page that reconnects can catch up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from uuid import UUID

MAX_REMEMBERED = 20_000


class RecentChanges:
    """Job ids by the time of their last change, in Unix milliseconds. The oldest beyond MAX_REMEMBERED are dropped."""

    def __init__(self, now_ms: int) -> None:
        self._changed_at: OrderedDict[UUID, int] = OrderedDict()
        self._complete_since = now_ms

    def record(self, job_ids: Iterable[UUID], at_ms: int) -> None:
        for job_id in job_ids:
            self._changed_at.pop(job_id, None)
            self._changed_at[job_id] = at_ms
        while len(self._changed_at) > MAX_REMEMBERED:
            self._complete_since = self._changed_at.popitem(last=False)[1]

    def restart(self, now_ms: int) -> None:
        """Note that announcements may have been missed until now."""
        self._complete_since = now_ms

    def covers(self, since_ms: int) -> bool:
        """Whether every change after `since_ms` is remembered."""
        return since_ms >= self._complete_since

    def since(self, since_ms: int) -> Iterator[UUID]:
        """Yield the jobs that changed at or after `since_ms`, latest change first."""
        for job_id in reversed(self._changed_at):
            if self._changed_at[job_id] < since_ms:
                return
            yield job_id
