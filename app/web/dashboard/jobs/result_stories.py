"""The results of jobs for people who do not program: sentences first, then figures, then the next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from app.domain.jobs.spec import JobSpec
from app.web.dashboard.jobs import company_stories, import_stories, place_stories
from app.web.dashboard.jobs.story import Story

STORIES: Mapping[type[BaseModel], Callable[[UUID, Any], Story]] = {
    **place_stories.STORIES,
    **import_stories.STORIES,
    **company_stories.STORIES,
}
"""By the schema of the result: a function of the job's id and the result."""


def tell(spec: JobSpec | None, job_id: UUID, result: Any) -> Story | None:
    """Return the story of a result; None for a kind without one, and for a result of another shape.

    Jobs that failed or were cancelled may have a part of a result, and old jobs one of an earlier version.
    """
    if spec is None or spec.result is None or spec.result not in STORIES:
        return None
    try:
        return STORIES[spec.result](job_id, spec.result.model_validate(result))
    except ValueError:  # also of a word that is no longer used
        return None
