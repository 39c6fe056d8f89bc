"""Actions on chosen businesses and exclusions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from starlette.requests import Request

from app.db.core.table_views import ViewRow
from app.db.websites.businesses import list_ids_to_visit
from app.domain.websites.kinds import WebsiteKind
from app.errors import BadRequest
from app.web.dashboard.core import internal_api
from app.web.dashboard.core.data_actions import uuids
from app.web.dashboard.core.data_page import ActionResult, RowAction
from app.web.platform import get_platform
from app.web.websites import validations


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
)
