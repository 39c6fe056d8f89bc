"""website_revalidation: have websites looked at again whose last validation is too old. Made by a schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.db.jobs import records as jobs
from app.db.websites import business_jobs, businesses, pages
from app.domain.jobs.spec import JobSpec, QueueSpec
from workers.core.context import JobContext

AT_ONCE = 200
"""Businesses whose jobs are made in one step."""


class RevalidationArgs(BaseModel):
    """The job's `data`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    stale_after_days: float = Field(default=30, gt=0, le=3650)
    job_types: list[Literal["website_validation", "email_scraping", "social_scraping"]] = Field(
        default=["website_validation", "email_scraping", "social_scraping"], min_length=1
    )
    priority: int = Field(default=7, ge=1, le=9)
    """Behind what people ask for."""


SPEC = JobSpec(
    kind="website_revalidation",
    queue=QueueSpec("revalidation", concurrency=1),
    args=RevalidationArgs,
    timeout=timedelta(hours=1),
    max_attempts=3,
    dedupe_key=lambda args: "all",
)


async def run(context: JobContext, args: RevalidationArgs) -> dict[str, Any]:
    from workers import registry  # which imports the handlers, this one too

    kinds = registry.load()
    specs = [kinds[name].spec for name in dict.fromkeys(args.job_types)]
    state = context.checkpoint or {"after": None, "jobs": 0}
    while True:
        async with context.step() as step:
            after = UUID(state["after"]) if state["after"] else None
            ids = await businesses.stale(step.conn, args.stale_after_days, after, AT_ONCE)
            if ids:
                creator = await jobs.get_creator_id(step.conn, context.id)
                made = await business_jobs.enqueue(step.conn, ids, specs, user_id=creator, priority=args.priority)
                state = {"after": str(ids[-1]), "jobs": state["jobs"] + business_jobs.new(made)}
            else:
                await pages.purge(step.conn)
            step.processed, step.checkpoint = len(ids), state
            step.total = context.processed + len(ids)
        if not ids:
            return {"businesses": context.processed, "jobs": state["jobs"]}
