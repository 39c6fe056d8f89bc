"""The review queue: households that geocoding was not sure about, and deciding where they are."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.households import doubts
from app.db.households import records as households
from app.domain.geocoding.doubts import DoubtReason
from app.errors import AppError, BadRequest, Invalid, NotFound
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.households import map
from app.web.dashboard.households.table import ACCURACY
from app.web.households import reviews
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

PAGE_SIZE = 50
REASONS = {
    DoubtReason.AMBIGUOUS: "Several fit",
    DoubtReason.CONTRADICTORY: "Another address",
    DoubtReason.DISAGREEMENT: "Geocoders disagree",
    DoubtReason.UNCERTAIN: "Uncertain",
    DoubtReason.CLUSTER: "Many at one point",
    DoubtReason.OUTSIDE: "Far from its area",
}
"""In words, in the order of the tabs."""
DONE = {"accept": "The place was accepted.", "pin": "The household was placed.", "reject": "The place was rejected."}
REJECT = "Reject this place? The household is no longer on the map until another place is found or set."


async def index(request: Request) -> Response:
    """Show the queue, all of it or for one reason."""
    query = {name: request.query_params[name] for name in ("reason", "cursor") if request.query_params.get(name)}
    try:
        page = await internal_api.call(
            request, reviews.index, method="GET", path={}, query=query | {"limit": str(PAGE_SIZE)}
        )
    except Invalid:
        raise BadRequest("This page of the queue does not exist. Go back to the first one.") from None
    return html.page(
        request,
        "review.html",
        shown=page,
        reason=query.get("reason", ""),
        is_first="cursor" not in query,
        reasons={reason.value: label for reason, label in REASONS.items()},
        accuracy=ACCURACY,
    )


async def show(request: Request) -> Response:
    """Show one household with what is doubtful about it, on a map with all places that were found."""
    return await _show(request)


async def _show(request: Request, error: str = "", status: int = 200) -> Response:
    user: User = request.state.user
    household_id = path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        household = await households.get(conn, household_id)
        if household is None:
            raise NotFound("Household not found. It was deleted or merged since.")
        found = (await doubts.list_of(conn, [household_id], reader_id(user))).get(household_id, [])
    shown = [reviews.present_doubt(one) for one in found]
    candidates = [one for doubt in shown for one in doubt.candidates or ()]
    places: list[list[Any]] = [[one.latitude, one.longitude, one.address] for one in candidates]
    places += [
        [one.other_latitude, one.other_longitude, one.other_provider] for one in shown if one.other_latitude is not None
    ]
    return html.page(
        request,
        "review_household.html",
        status=status,
        household=household,
        doubts=shown,
        reasons=REASONS,
        candidates=candidates,
        places=orjson.dumps(places).decode(),
        accuracy=ACCURACY,
        map=map.map_settings(request),
        question=REJECT,
        error=error,
    )


async def decide(request: Request) -> Response:
    """Accept, pin or reject as the form says, and go on to the next household in the queue."""
    form = await read_form(request)
    decision = str(form.get("decision", ""))
    if decision == "reject" and (asking := confirm.ask(request, form, REJECT, "Reject the place")) is not None:
        return asking
    body: dict[str, Any] = {"decision": decision}
    try:
        if decision == "pin":
            names = ("candidate",) if form.get("candidate") else ("latitude", "longitude")
            body |= {name: _number(str(form.get(name, "")), name) for name in names}
        await internal_api.call(request, reviews.decide, body)
    except NotFound:
        raise
    except AppError as error:
        return await _show(request, error.detail, error.status)
    async with get_platform(request).pool.acquire() as conn:
        following = await doubts.list_doubtful(conn, None, after=path_id(request), limit=1)
    onward = f"/review/{following.rows[0].id}" if following.rows else "/review"
    return html.redirect(request, onward, DONE[decision])


def _number(text: str, name: str) -> float | int:
    """Return the number in a field. Raises Invalid."""
    try:
        return int(text) if name == "candidate" else float(text)
    except ValueError:
        raise Invalid([(name, "must be a number, in degrees such as 36.0879")]) from None
