"""Rows of a job that were deleted when their period was over."""

from __future__ import annotations

from datetime import timedelta

from app.db.jobs.job import Job
from app.domain.jobs.retention import BY_NAME, period_of
from app.errors import NotFound
from app.web.platform import Platform


def require_kept(platform: Platform, job: Job, retention: str, *, is_empty: bool) -> None:
    """Raise NotFound if the job has no rows of this kind any more because they are only kept for some time."""
    kept = BY_NAME[retention]
    days = period_of(kept, platform.settings.retention)
    if not is_empty or not days or job.completed_at is None:
        return
    if platform.changes.now() - job.completed_at >= timedelta(days=days):
        raise NotFound(f"They were deleted: {kept.what} are kept for {days:g} days after the end of their job.")
