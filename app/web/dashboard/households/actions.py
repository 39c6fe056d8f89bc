"""Actions on chosen households."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from app.db.core.table_views import ViewRow
from app.domain.geocoding.kinds import MAX_HOUSEHOLD_IDS
from app.web.dashboard.core import internal_api
from app.web.dashboard.core.data_actions import uuids
from app.web.dashboard.core.data_page import ActionResult, RowAction
from app.web.geocoding import geocode_households


async def geocode_again(request: Request, rows: Sequence[ViewRow]) -> ActionResult:
    """Create a job that asks the geocoders for these households again, whatever they answered before."""
    body = {"householdIds": uuids(rows), "skipGeocoded": False, "useCache": False}
    created = await internal_api.call(request, geocode_households.create, body)
    return ActionResult(f"{created['message']}.", f"/jobs/{created['jobId']}")


ACTIONS = (
    RowAction(
        "geocode",
        "Geocode again",
        "Geocode {rows} again? Coordinates that are found replace the present ones.",
        geocode_again,
        max_rows=MAX_HOUSEHOLD_IDS,
    ),
)
