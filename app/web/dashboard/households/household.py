"""The page of one household: its location with the evidence for it, where both come from, and correcting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.geocoding import cache
from app.db.geocoding.cache import DatedAnswer
from app.db.households import edits, history
from app.db.households import records as households
from app.db.households.records import Household
from app.db.jobs import records as jobs
from app.domain.households.edits import BY_HAND, EDITABLE
from app.domain.households.input import api_name
from app.domain.jobs.status import Status
from app.domain.vocabulary.accuracy import Accuracy
from app.errors import AppError, Invalid, NotFound
from app.web.dashboard.core import html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.core.record_jobs import list_jobs
from app.web.dashboard.households import map
from app.web.dashboard.households.table import ACCURACY, PAGE
from app.web.geocoding import geocode_households
from app.web.households import edits as household_edits
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

CONTRADICTIONS = {"house_number": "house number", "postcode": "ZIP code", "state": "state", "city": "city"}
"""Parts of an address in words."""
LABELS = {
    "address": "Street",
    "unit": "Unit",
    "city": "City",
    "state": "State",
    "zip_code": "ZIP",
    "country": "Country",
    "county": "County",
    "precinct_number": "Precinct",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "provider": "Provider",
}
STATES = {
    Accuracy.ROOFTOP: "It is on the map at its building.",
    Accuracy.INTERPOLATED: "It is on the map; the position between known houses is estimated.",
    Accuracy.STREET: "Only its street is known: it may be anywhere along it.",
    Accuracy.POSTCODE: "Only its ZIP code is known: the point is the centre of that area, and not the house.",
    Accuracy.PLACE: "Only its city is known: the point is the centre of the city, and not the house.",
    Accuracy.REGION: "Only its region is known: the point is the centre of the region, and not the house.",
}
PLACED = "A person set its position."
NOT_FOUND = "It is not on the map: the last attempt found nothing."
NOT_ASKED = "It is not on the map: nobody has looked for this address yet."


async def show(request: Request) -> Response:
    """Show a household. Raises NotFound."""
    return await _page(request)


async def edit_address(request: Request) -> Response:
    """Correct the address, and create a job that looks for it if the form says so."""
    form = await read_form(request)
    values = {name: str(form.get(name, "")).strip() for name in _field_names()}
    body = {name: value or None for name, value in values.items()}
    try:
        await internal_api.call(request, household_edits.update, body, method="PATCH")
    except AppError as error:
        return await _page(request, values, error)
    return await _after(request, "Address saved.", geocode=form.get("then") == "geocode")


async def place(request: Request) -> Response:
    """Set the coordinates, or take the answer of the provider that the form names."""
    form = await read_form(request)
    if provider := form.get("provider"):
        values: dict[str, str] = {}
        body: dict[str, Any] = {"provider": str(provider)}
    else:
        values = {name: str(form.get(name, "")).strip() for name in ("latitude", "longitude")}
        body = {name: _degrees(value) for name, value in values.items()}
    try:
        await internal_api.call(request, household_edits.place, body, method="PUT")
    except AppError as error:
        return await _page(request, values, error)
    return await _after(request, "Position saved.", geocode=False)


async def _after(request: Request, message: str, *, geocode: bool) -> Response:
    here = f"/households/{path_id(request)}"
    if geocode:
        again = {"householdIds": [str(path_id(request))], "skipGeocoded": False, "useCache": False}
        try:
            await internal_api.call(request, geocode_households.create, again, path={})
        except AppError as error:
            return html.redirect(request, here, f"{message} It could not be geocoded: {error.detail}", tone="bad")
        message = f"{message} A job looks for it; this page shows what it finds."
    return html.redirect(request, here, message)


def _degrees(text: str) -> float | str | None:
    """Return the number of a field; other text is left for the REST interface to refuse by name."""
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError:
        return text


def _field_names() -> list[str]:
    """Return the names of the fields of an address on the wire."""
    return [api_name(name) for name in EDITABLE]


async def _page(request: Request, values: Mapping[str, str] | None = None, error: AppError | None = None) -> Response:
    """Render the page, with the input of a form and what was wrong with it. Raises NotFound."""
    user: User = request.state.user
    household_id = path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        household = await households.get(conn, household_id)
        origin = await history.get_origin(conn, household_id)
        if household is None or origin is None:
            raise NotFound("Household not found. It was deleted or merged since.")
        answers = await cache.list_answers(conn, household_edits.to_address(household).key)
        failures = await history.list_failures(conn, household_id, reader_id(user))
        changes = await edits.list_changes(conn, household_id)
        readable = await _readable(conn, user, origin.geocoded_job, origin.import_job)
        related = await list_jobs(conn, user, [{"householdIds": [str(household_id)]}])
    active = next((job for job in related if job.status in (Status.PENDING, Status.PROCESSING)), None)
    return html.page(
        request,
        "household.html",
        status=error.status if error else 200,
        page=PAGE,
        household=household,
        state=_state(household, bool(failures)),
        by_hand=BY_HAND,
        origin=origin,
        answers=answers,
        failures=failures,
        changes=changes,
        labels=LABELS,
        readable=readable,
        related=related,
        active=active,
        accuracy=ACCURACY,
        contradictions=CONTRADICTIONS,
        fields={api_name(name): LABELS[name] for name in EDITABLE},
        stored={api_name(name): getattr(household, name) or "" for name in EDITABLE},
        values=values or {},
        errors=dict(error.findings) if isinstance(error, Invalid) else {},
        error=error.detail if error else "",
        map=map.map_settings(request),
        candidates=_candidates(answers),
    )


async def _readable(conn: Connection, user: User, *ids: UUID | None) -> set[UUID]:
    return await jobs.list_readable(conn, list(ids), reader_id(user))


def _state(household: Household, has_failed: bool) -> str:
    if household.geocoding_provider == BY_HAND:
        return PLACED
    if household.accuracy is not None:
        return STATES[Accuracy(household.accuracy)]
    return NOT_FOUND if has_failed else NOT_ASKED


def _candidates(answers: list[DatedAnswer]) -> str:
    """Return what the providers found as JSON for the map: latitude, longitude and provider each."""
    places = [dated.answer.place for dated in answers]
    return orjson.dumps([[place.latitude, place.longitude, place.provider] for place in places if place]).decode()
