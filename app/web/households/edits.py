"""Correcting a household: its address, and where it is."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.geocoding import cache
from app.db.households import edits, reviews
from app.db.households import records as households
from app.db.households.records import Household
from app.db.reference import confirmed
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from app.domain.households.edits import BY_HAND, EDITABLE, edit
from app.domain.households.input import NewHousehold
from app.domain.vocabulary.accuracy import Accuracy
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.households.records import HouseholdModel, present_household
from app.web.http import request_parsing
from app.web.http.models import RequestModel
from app.web.http.operation import operation
from app.web.http.responses import JSON
from app.web.platform import get_platform


class HouseholdChangeRequest(RequestModel):
    """Fields that are given are set, the others are kept; null removes a value."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"address": "12 Main St", "zipCode": "94520"}]})

    address: str | None = Field(default=None, max_length=200)
    """House number and street."""
    unit: str | None = Field(default=None, max_length=50)
    city: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=100)
    """In the US a state or territory, by code or name."""
    zip_code: str | None = Field(default=None, max_length=20)
    country: str | None = Field(default=None, max_length=60)
    """By ISO 3166-1 code or name."""
    county: str | None = Field(default=None, max_length=100)
    precinct_number: str | None = Field(default=None, max_length=50)


class HouseholdPlacement(RequestModel):
    """Coordinates, or the provider whose stored answer is right."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"latitude": 36.0879, "longitude": -94.3091}, {"provider": "census"}]}
    )

    latitude: float | None = Field(default=None, ge=-90, le=90)
    """In degrees (WGS 84)."""
    longitude: float | None = Field(default=None, ge=-180, le=180)
    provider: str | None = Field(default=None, max_length=100)
    """A geocoder that found the address; its answer must still be stored."""


@operation("updateHousehold", tag="Households", body=HouseholdChangeRequest, returns={200: HouseholdModel})
async def update(request: Request) -> Response:
    """Correct the address of a household.

    It loses its coordinates if its address, city, state, postcode or country changes. Imports of the same voters keep
    the correction; loading a household with the same `externalId` again replaces it.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    household_id = request_parsing.path_id(request)
    change = await request_parsing.read_model(request, HouseholdChangeRequest)
    changes = change.model_dump(exclude_unset=True)
    async with platform.pool.acquire() as conn, conn.transaction():
        old = await _lock(conn, request)
        new = edit({name: getattr(old, name) for name in EDITABLE}, changes, platform.settings.default_country)
        if not isinstance(new, NewHousehold):
            raise Invalid(new)
        if await edits.update_address(conn, old, new, user.id):
            await reviews.settle(conn, household_id)
        stored = await households.get(conn, household_id)
    assert stored is not None  # it is locked
    return JSON(present_household(stored))


@operation(
    "placeHousehold", tag="Households", body=HouseholdPlacement, returns={200: HouseholdModel}, errors=[Conflict]
)
async def place(request: Request) -> Response:
    """Set the coordinates of a household by hand, or choose the answer of a geocoder.

    Coordinates that were set by hand have the provider `by hand`. Jobs replace them only if `householdIds` names the
    household. They are kept as reference data, for your questions, or if you are an administrator for those of all.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    household_id = request_parsing.path_id(request)
    placement = await request_parsing.read_model(request, HouseholdPlacement)
    async with platform.pool.acquire() as conn, conn.transaction():
        old = await _lock(conn, request)
        chosen = await _find_place(conn, old, placement)
        await edits.update_location(conn, old, chosen, user.id)
        await confirm_place(conn, user, old, chosen)
        stored = await households.get(conn, household_id)
    assert stored is not None  # it is locked
    return JSON(present_household(stored))


async def confirm_place(conn: Connection, user: User, household: Household, place: GeocodedPlace) -> None:
    """Take a household that a person placed out of the review queue, and keep its house as reference data."""
    point = place.latitude, place.longitude
    await reviews.decide(conn, household.id, "pinned", point, user.id)
    if place.accuracy is Accuracy.ROOFTOP and place.provider == BY_HAND:
        await confirmed.keep(conn, user.id, shared=user.is_admin, address=to_address(household), place=point)


async def _lock(conn: Connection, request: Request) -> Household:
    household_id = request_parsing.path_id(request)
    household = await edits.lock(conn, household_id)
    if household is None:
        raise NotFound(f"Household {household_id} not found. It was deleted or merged since.")
    return household


async def _find_place(conn: Connection, household: Household, asked: HouseholdPlacement) -> GeocodedPlace:
    """Return the place that was asked for. Raises Invalid, or Conflict if there is no such answer."""
    if asked.provider is not None:
        if asked.latitude is not None or asked.longitude is not None:
            raise Invalid([("provider", "cannot be combined with coordinates; send one of both")])
        answers = await cache.list_answers(conn, to_address(household).key)
        places = [dated.answer.place for dated in answers if dated.answer.provider == asked.provider]
        if not places or places[0] is None:
            raise Conflict(
                f"There is no stored answer of {asked.provider} with coordinates for this address. Geocode it again,"
                " or set its coordinates."
            )
        return places[0]
    missing = [name for name in ("latitude", "longitude") if getattr(asked, name) is None]
    if missing:
        raise Invalid([(name, "is required, in degrees such as 36.0879") for name in missing])
    assert asked.latitude is not None and asked.longitude is not None
    return GeocodedPlace(asked.latitude, asked.longitude, Accuracy.ROOFTOP, 1.0, BY_HAND, "", None, None)


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
