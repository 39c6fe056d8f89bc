"""Actions on chosen companies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.requests import Request

from app.db.core.table_views import ViewRow
from app.domain.companies.kinds import MAX_SCORED_COMPANIES
from app.errors import AppError
from app.web.companies import jobs, records, research
from app.web.dashboard.core import internal_api
from app.web.dashboard.core.data_actions import uuids
from app.web.dashboard.core.data_page import ActionResult, RowAction
from app.web.dashboard.core.guard import Handler

MAX_RESEARCHES = 20
"""Each costs money and minutes."""
MAX_DELETED = 200


async def create_jobs(handler: Handler, request: Request, rows: Sequence[ViewRow]) -> ActionResult:
    """Create the jobs of a route for these companies."""
    created = await internal_api.call(request, handler, {"companies": uuids(rows)})
    if "jobId" in created:
        return ActionResult("The job was created.", f"/jobs/{created['jobId']}")
    total = created["total"]
    return ActionResult("1 job was created." if total == 1 else f"{total:,} jobs were created.")


async def research_all(request: Request, rows: Sequence[ViewRow]) -> ActionResult:
    """Create a research of each company, as far as the user's quota goes."""
    created = 0
    for company_id in uuids(rows):
        try:
            await internal_api.call(request, research.create, {"companyId": company_id})
        except AppError as error:
            if not created:
                raise
            return ActionResult(f"{created} of {len(rows)} companies: {error.detail}")
        created += 1
    done = "1 company is" if created == 1 else f"{created} companies are"
    return ActionResult(f"{done} researched, unless there is a fresh report.")


async def delete_all(request: Request, rows: Sequence[ViewRow]) -> ActionResult:
    """Delete the companies, up to the first that cannot be deleted."""
    deleted = 0
    for company_id in uuids(rows):
        try:
            await internal_api.call(request, records.delete, method="DELETE", path={"id": company_id})
        except AppError as error:
            if not deleted:
                raise
            return ActionResult(f"{deleted} of {len(rows)} companies were deleted. {error.detail}", "/companies")
        deleted += 1
    return ActionResult(
        "1 company was deleted." if deleted == 1 else f"{deleted} companies were deleted.", "/companies"
    )


ACTIONS = (
    RowAction(
        "research",
        "Research",
        "Write a report on {rows}? Each takes some minutes and counts towards your quota.",
        research_all,
        max_rows=MAX_RESEARCHES,
    ),
    RowAction(
        "enrich",
        "Enrich",
        "Look up facts about {rows} in registers, directories and on their websites?",
        partial(create_jobs, jobs.enrich),
        max_rows=MAX_SCORED_COMPANIES,
    ),
    RowAction(
        "detect",
        "Detect signals",
        "Look for signals of {rows}?",
        partial(create_jobs, jobs.detect),
        max_rows=MAX_SCORED_COMPANIES,
    ),
    RowAction("score", "Score", "Score {rows} again?", partial(create_jobs, jobs.score), max_rows=MAX_SCORED_COMPANIES),
    RowAction(
        "delete",
        "Delete",
        "Delete {rows} with all reports, scores and signals? This cannot be undone.",
        delete_all,
        max_rows=MAX_DELETED,
        is_admin=True,
        is_dangerous=True,
    ),
)
