"""Whether the files of a job have all rows of its input."""

from __future__ import annotations

from app.db.jobs.job import Job
from app.domain.jobs.status import Status


def partial_status(job: Job) -> str | None:
    """Return the status of a job that has not done all its rows; None if its files are whole."""
    is_whole = job.status == Status.COMPLETED or (
        job.status == Status.FAILED and job.total_items is not None and job.processed_items >= job.total_items
    )
    return None if is_whole else str(job.status)
