"""website_revalidation: create jobs for the websites whose last validation is too old. Meant for a schedule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.websites import business_jobs, businesses, page_store
from app.domain.websites import kinds
from app.domain.websites.kinds import RevalidationArgs
from workers.core.context import JobContext

BATCH_SIZE = 200
"""Businesses whose jobs are created in one step."""

SPEC = kinds.WEBSITE_REVALIDATION


async def run(context: JobContext, args: RevalidationArgs) -> dict[str, Any]:
    job_types = list(dict.fromkeys(args.job_types))
    state = context.checkpoint or {"after": None, "jobs": 0}
    while True:
        async with context.step() as step:
            after = UUID(state["after"]) if state["after"] else None
            ids = await businesses.list_stale_ids(
                step.conn, stale_after_days=args.stale_after_days, after=after, limit=BATCH_SIZE
            )
            if ids:
                creator = Creator(await jobs.get_creator_id(step.conn, context.id))
                created = await business_jobs.insert_jobs(
                    step.conn, ids, job_types, creator=creator, priority=args.priority
                )
                state = {"after": str(ids[-1]), "jobs": state["jobs"] + sum(job.is_new for job in created)}
            else:
                await page_store.purge_pages(step.conn)
            step.processed, step.checkpoint = len(ids), state
            step.total = context.processed + len(ids)
        if not ids:
            return {"businesses": context.processed, "jobs": state["jobs"]}
