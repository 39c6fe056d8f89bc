"""Suggestions for an address while it is typed, from the reference data alone."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.reference import lookups, suggestions
from app.db.reference.suggestions import Suggestion
from app.domain.reference.typed_addresses import MAX_CHARACTERS, read_typed
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import operation
from app.web.http.responses import JSON
from app.web.platform import get_platform

MAX_SUGGESTIONS = 20


class SuggestQuery(RequestModel):
    q: str = Field(max_length=MAX_CHARACTERS)
    """What was typed so far: `12 n mai`, `12 main st dur`, `12 Main St, Durham`."""
    limit: int = Field(default=8, ge=1, le=MAX_SUGGESTIONS)
    country: str | None = Field(default=None, pattern="^[A-Za-z]{2}$")
    """ISO 3166-1 alpha-2; without it, the platform's default applies."""


class AddressSuggestion(ResponseModel):
    address: str
    """The address on one line, to be shown, and to be sent to `POST /api/v1/geocode`."""
    kind: Literal["house", "street"]
    latitude: float | None = Field(ge=-90, le=90)
    """Latitude of the house in degrees (WGS 84); null for a street."""
    longitude: float | None = Field(ge=-180, le=180)
    source: str
    """Name of the reference data."""
    source_date: str
    """The day of the data, or else of their import (ISO 8601)."""


class AddressSuggestions(ResponseModel):
    suggestions: list[AddressSuggestion]
    """The likeliest first. Houses of the number if there are any, otherwise streets."""


@operation("suggestAddresses", tag="Geocoding", query=SuggestQuery, returns={200: AddressSuggestions})
async def suggest(request: Request) -> Response:
    """Suggest addresses that begin as typed, from the reference data that answer your questions.

    No geocoder is asked: without reference data there are no suggestions.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, SuggestQuery)
    country = (query.country or platform.settings.default_country).lower()
    typed = read_typed(query.q)
    async with platform.pool.acquire() as conn, conn.transaction(readonly=True):
        await lookups.begin(conn)
        found = await suggestions.suggest(conn, user.id, country, typed, query.limit)
    return JSON(AddressSuggestions(suggestions=[_present(one) for one in found]))


@operation("suggest", tag="Geocoding", query=SuggestQuery, returns={200: AddressSuggestions})
async def suggest_briefly(request: Request) -> Response:
    """Suggest addresses, like `GET /api/v1/geocode/suggest`."""
    return await suggest(request)


def _present(one: Suggestion) -> AddressSuggestion:
    return AddressSuggestion(
        address=one.line,
        kind="street" if one.house is None else "house",
        latitude=one.house.latitude if one.house else None,
        longitude=one.house.longitude if one.house else None,
        source=one.street.source.name,
        source_date=one.street.source.date,
    )
