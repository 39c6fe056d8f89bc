"""Doubtful households, and a person's decision about each: its place is accepted, pinned or rejected."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.households import doubts, edits, reviews
from app.db.households import records as households
from app.db.households.doubts import HouseholdDoubt
from app.domain.geocoding.doubts import DoubtReason
from app.domain.geocoding.places import GeocodedPlace
from app.domain.households.edits import BY_HAND
from app.domain.vocabulary.accuracy import Accuracy
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.households.edits import confirm_place
from app.web.households.records import HouseholdModel, present_household
from app.web.http import request_parsing
from app.web.http.models import KeysetPageModel, RequestModel, ResponseModel, is_none
from app.web.http.operation import operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.platform import get_platform


class ReviewQuery(KeysetPaging):
    reason: DoubtReason | None = None
    """Only households with this doubt."""


class DoubtCandidate(ResponseModel):
    address: str
    latitude: float
    longitude: float


class DoubtModel(ResponseModel):
    """A reason for a person to look at a household."""

    reason: DoubtReason
    explanation: str
    """In a sentence."""
    at: datetime
    candidates: list[DoubtCandidate] | None = Field(default=None, exclude_if=is_none)
    """Addresses that fit an `ambiguous` one, for whoever created the job that found them, and administrators."""
    other_provider: str | None = Field(default=None, exclude_if=is_none)
    """Of `disagreement`: the geocoder that found another place. A place of `local` is for whoever created the job, and
    administrators."""
    other_latitude: float | None = Field(default=None, exclude_if=is_none)
    other_longitude: float | None = Field(default=None, exclude_if=is_none)


class DoubtfulHousehold(ResponseModel):
    household: HouseholdModel
    doubts: list[DoubtModel]


class ReviewPage(KeysetPageModel):
    households: list[DoubtfulHousehold]
    by_reason: dict[str, int]
    """Households to be reviewed for each reason, whatever the query asks for."""


class ReviewDecision(RequestModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"decision": "accept"},
                {"decision": "pin", "latitude": 36.0012, "longitude": -78.9011},
                {"decision": "pin", "candidate": 0},
            ]
        }
    )

    decision: Literal["accept", "pin", "reject"]
    """`accept` the place that it has; `pin` it to coordinates or a candidate, which is kept as reference data; `reject`
    the place: the household loses it, and jobs do not store it again."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    """Latitude for `pin`, in degrees (WGS 84)."""
    longitude: float | None = Field(default=None, ge=-180, le=180)
    candidate: int | None = Field(default=None, ge=0, le=100)
    """Number of a candidate, from 0: its position is used for `pin`, instead of coordinates."""


def explain(doubt: HouseholdDoubt) -> str:
    """Return what is doubtful as a sentence."""
    detail = doubt.detail
    match doubt.reason:
        case DoubtReason.AMBIGUOUS:
            known = len(detail.get("candidates", ()))
            return f"{known or 'Several'} addresses of the reference data fit equally well."
        case DoubtReason.CONTRADICTORY:
            parts = " and ".join(str(part).replace("_", " ") for part in detail.get("parts", ()))
            return f"{detail.get('provider')} found another {parts}: {detail.get('found')}."
        case DoubtReason.DISAGREEMENT:
            where = f", at {detail['found']}" if detail.get("found") else ""
            return f"{detail.get('provider')} finds it {detail.get('metres', 0):,} m away{where}."
        case DoubtReason.UNCERTAIN:
            return f"The confidence is only {detail.get('confidence', 0):.0%}."
        case DoubtReason.CLUSTER:
            return f"{detail.get('addresses', 0):,} addresses are at this one point."
        case DoubtReason.OUTSIDE:
            far = detail.get("metres", 0) / 1000
            return (
                f"It is {far:,.1f} km from the middle of {detail.get('area')} {detail.get('name')}, beyond the others."
            )


def present_doubt(doubt: HouseholdDoubt) -> DoubtModel:
    detail: dict[str, Any] = doubt.detail
    is_other = doubt.reason is DoubtReason.DISAGREEMENT
    return DoubtModel(
        reason=doubt.reason,
        explanation=explain(doubt),
        at=doubt.at,
        candidates=[DoubtCandidate(**one) for one in detail["candidates"]] if "candidates" in detail else None,
        other_provider=detail.get("provider") if is_other else None,
        other_latitude=detail.get("latitude") if is_other else None,
        other_longitude=detail.get("longitude") if is_other else None,
    )


@operation("listDoubtfulHouseholds", tag="Households", query=ReviewQuery, returns={200: ReviewPage})
async def index(request: Request) -> Response:
    """List households that a person should look at, because geocoding was not sure where they are."""
    user = await auth.require(request)
    query = request_parsing.parse_query(request, ReviewQuery)
    async with get_platform(request).pool.acquire() as conn:
        page = await doubts.list_doubtful(
            conn, query.reason, after=query.cursor, limit=query.limit, offset=query.offset
        )
        found = await doubts.list_of(conn, [household.id for household in page.rows], reader_id(user))
        by_reason = await doubts.count_by_reason(conn)
    shown = [
        DoubtfulHousehold(
            household=present_household(household), doubts=[present_doubt(one) for one in found.get(household.id, ())]
        )
        for household in page.rows
    ]
    fields = keyset_fields(page, query, lambda household: household.id)
    return JSON(ReviewPage(households=shown, by_reason=by_reason, **fields))


@operation(
    "reviewHousehold", tag="Households", body=ReviewDecision, returns={200: HouseholdModel}, errors=[Conflict, NotFound]
)
async def decide(request: Request) -> Response:
    """Accept, pin or reject the place of a household, which leaves the list of doubtful ones.

    Any household can be reviewed. What is pinned is kept as reference data: for your questions, or if you are an
    administrator for those of all users.
    """
    user = await auth.require(request)
    household_id = request_parsing.path_id(request)
    asked = await request_parsing.read_model(request, ReviewDecision)
    async with get_platform(request).pool.acquire() as conn, conn.transaction():
        household = await edits.lock(conn, household_id)
        if household is None:
            raise NotFound(f"Household {household_id} not found. It was deleted or merged since.")
        if asked.decision == "pin":
            found = await doubts.list_of(conn, [household_id], reader_id(user))
            latitude, longitude = _point(asked, found.get(household_id, []))
            place = GeocodedPlace(latitude, longitude, Accuracy.ROOFTOP, 1.0, BY_HAND, "", None, None)
            await edits.update_location(conn, household, place, user.id)
            await confirm_place(conn, user, household, place)
        else:
            if household.latitude is None or household.longitude is None:
                raise Conflict("The household has no place that could be accepted or rejected. Pin it to coordinates.")
            point = household.latitude, household.longitude
            if asked.decision == "reject":
                await reviews.remove_location(conn, household)
            decision: reviews.Decision = "accepted" if asked.decision == "accept" else "rejected"
            await reviews.decide(conn, household_id, decision, point, user.id)
            details = {"id": str(household_id), "latitude": point[0], "longitude": point[1]}
            await audit.record(conn, f"HOUSEHOLD_PLACE_{decision.upper()}", details, user_id=user.id)
        stored = await households.get(conn, household_id)
    assert stored is not None  # it is locked
    return JSON(present_household(stored))


def _point(asked: ReviewDecision, found: list[HouseholdDoubt]) -> tuple[float, float]:
    """Return latitude and longitude of the pin. Raises Invalid."""
    if asked.candidate is not None:
        candidates = [one for doubt in found for one in doubt.detail.get("candidates", ())]
        if asked.latitude is not None or asked.longitude is not None:
            raise Invalid([("candidate", "cannot be combined with coordinates; send one of both")])
        if asked.candidate >= len(candidates):
            raise Invalid([("candidate", f"must be below {len(candidates)}, the number of candidates")])
        chosen = candidates[asked.candidate]
        return chosen["latitude"], chosen["longitude"]
    missing = [name for name in ("latitude", "longitude") if getattr(asked, name) is None]
    if missing:
        raise Invalid([(name, "is required to pin a household, in degrees such as 36.0879") for name in missing])
    assert asked.latitude is not None and asked.longitude is not None
    return asked.latitude, asked.longitude
