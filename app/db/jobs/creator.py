"""The user in whose name jobs are created, and the limit of their unfinished jobs."""

from __future__ import annotations

from uuid import UUID

from app.db.core.pool import Connection, Pool


class Creator:
    """A user in whose name the platform creates jobs, and an administrator: they are never refused.

    The API creates jobs for users with `app.web.jobs.pending_limit.LimitedCreator`.
    """

    def __init__(self, user_id: UUID) -> None:
        self.id = user_id

    async def reserve(self, source: Pool | Connection, number: int) -> None:
        """Count `number` jobs that are about to become unfinished. Raises LimitReached if these are too many."""

    def give_back(self, number: int) -> None:
        """Uncount reserved jobs that did not become unfinished, such as those whose dedupe key was taken."""
