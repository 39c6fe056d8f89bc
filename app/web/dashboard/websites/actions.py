"""Actions on chosen businesses and exclusions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from starlette.requests import Request

from app.db.core.table_views import ViewRow
from app.db.websites.businesses import get_business, list_ids_to_visit
from app.domain.websites.businesses import ExclusionBy
from app.domain.websites.kinds import WebsiteKind
from app.errors import AppError, BadRequest
from app.web.dashboard.core import internal_api
from app.web.dashboard.core.data_actions import uuids
from app.web.dashboard.core.data_page import ActionResult, RowAction
from app.web.platform import get_platform
from app.web.websites import exclusions, validations

MAX_EXCLUDED = 200


async def visit(job_types: Sequence[WebsiteKind], request: Request, rows: Sequence[ViewRow]) -> ActionResult:
    """Create jobs that visit the websites of those of the businesses that have one and are not excluded."""
    chosen = [UUID(text) for text in uuids(rows)]
    async with get_platform(request).pool.acquire() as conn:
        visited = await list_ids_to_visit(conn, chosen, after=None, limit=len(chosen))
    if not visited:
        raise BadRequest("None of these businesses has a website that may be visited. No job was created.")
    body = {"businessIds": [str(business_id) for business_id in visited], "jobTypes": list(job_types)}
    created = await internal_api.call(request, validations.create, body)
    skipped = len(chosen) - len(visited)
    reason = f" {skipped:,} without a website, or excluded, were left out." if skipped else ""
    jobs = "1 job was" if created["total"] == 1 else f"{created['total']:,} jobs were"
    return ActionResult(f"{jobs} created.{reason}", "" if created["total"] > 1 else _job_path(created))


def _job_path(created: dict[str, list[dict[str, str | None]]]) -> str:
    job_id = created["jobs"][0]["jobId"]
    return f"/jobs/{job_id}" if job_id else ""


async def exclude(request: Request, rows: Sequence[ViewRow]) -> ActionResult:
    """Exclude the businesses by the domains of their websites, those without a website by their names."""
    chosen = [UUID(text) for text in uuids(rows)]
    async with get_platform(request).pool.acquire() as conn:
        found = [business for id_ in chosen if (business := await get_business(conn, id_)) is not None]
    for business in found:
        by, value = (ExclusionBy.DOMAIN, business.domain) if business.domain else (ExclusionBy.NAME, business.name)
        await internal_api.call(request, exclusions.create, {"by": by, "value": value})
    return ActionResult(f"{len(found):,} excluded, with all businesses of the same domain or name.")


async def lift(request: Request, rows: Sequence[ViewRow]) -> ActionResult:
    """Delete the exclusions, up to the first that cannot be deleted."""
    lifted = 0
    for exclusion_id in uuids(rows):
        try:
            await internal_api.call(request, exclusions.delete, method="DELETE", path={"id": exclusion_id})
        except AppError as error:
            if not lifted:
                raise
            return ActionResult(f"{lifted} of {len(rows)} exclusions were lifted. {error.detail}")
        lifted += 1
    return ActionResult("1 exclusion was lifted." if lifted == 1 else f"{lifted} exclusions were lifted.")


EXCLUSION_ACTIONS = (
    RowAction(
        "lift",
        "Lift",
        "Lift {rows}? The websites of these businesses are visited again.",
        lift,
        max_rows=MAX_EXCLUDED,
        is_dangerous=True,
    ),
)
ACTIONS = (
    RowAction(
        "check",
        "Check websites",
        "Visit the websites of {rows} and check that they work?",
        partial(visit, ["website_validation"]),
    ),
    RowAction(
        "contacts",
        "Find contacts",
        "Visit the websites of {rows} and look for e-mail addresses, profiles and phone numbers?",
        partial(visit, ["email_scraping", "social_scraping"]),
    ),
    RowAction(
        "exclude",
        "Exclude",
        "Exclude {rows}? The websites of these, and of all others with the same domain or name, are not visited.",
        exclude,
        max_rows=MAX_EXCLUDED,
        is_dangerous=True,
    ),
)
