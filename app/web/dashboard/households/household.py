"""The page of one household: its location with the evidence for it, and where both come from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.geocoding import cache
from app.db.households import history
from app.db.households import records as households
from app.db.households.records import Household
from app.db.jobs import records as jobs
from app.domain.addresses.postal_address import Address
from app.errors import NotFound
from app.web.dashboard.core import html
from app.web.dashboard.households.table import ACCURACY, PAGE
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

CONTRADICTIONS = {"house_number": "house number", "postcode": "ZIP code", "state": "state", "city": "city"}
"""Parts of an address in words."""


async def show(request: Request) -> Response:
    """Show a household. Raises NotFound."""
    user: User = request.state.user
    household_id = path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        household = await households.get(conn, household_id)
        origin = await history.get_origin(conn, household_id)
        if household is None or origin is None:
            raise NotFound("Household not found. It was deleted or merged since.")
        answers = await cache.list_answers(conn, to_address(household).key)
        failures = await history.list_failures(conn, household_id, reader_id(user))
        readable = await jobs.list_readable(conn, [origin.geocoded_job, origin.import_job], reader_id(user))
    return html.page(
        request,
        "household.html",
        page=PAGE,
        household=household,
        origin=origin,
        answers=answers,
        failures=failures,
        readable=readable,
        accuracy=ACCURACY,
        contradictions=CONTRADICTIONS,
    )


def to_address(household: Household) -> Address:
    """Return the household's address as geocoders are asked for it."""
    return Address(
        street=household.address,
        city=household.city,
        county=household.county,
        state=household.state,
        zip_code=household.zip_code,
        country=household.country,
    )
