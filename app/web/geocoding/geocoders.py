"""The geocoders and their status."""

from __future__ import annotations

from datetime import date
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.domain.geocoding.options import usable, why_unusable
from app.errors import Invalid
from app.web.accounts import auth
from app.web.http.models import ResponseModel
from app.web.http.operation import operation
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform


class GeocoderModel(ResponseModel):
    """A geocoder."""

    name: str
    """The `providerId` of requests."""
    on: bool
    """Whether it is in use."""
    why_off: str | None
    """Why it is not in use, and which setting is missing."""
    needs_key: bool
    """Whether it requires an API key."""
    reverses: bool
    """Whether it can look up points, for `GET /api/v1/reverse`."""
    used_today: int
    """Requests since 00:00 UTC, over all workers."""
    daily: int | None
    """Requests allowed per day; null for any number."""
    errors: int
    """Failed requests since the start of the processes that asked it within the last hour."""
    breaker: Literal["closed", "open", "half_open"]
    """State of its circuit breaker: while that is open, the geocoder is not asked."""
    p50_ms: float | None
    """Median duration of its last requests, in milliseconds."""
    p95_ms: float | None
    """The duration that 95 % of its last requests did not exceed, in milliseconds."""
    keeps_seconds: float | None
    """How long its answers may be cached; null for ever, 0 not at all."""
    attribution: str | None
    """The text that it wants shown with its results."""
    verified_on: date | None
    """When the limits above were last compared with its documentation."""


class GeocoderList(ResponseModel):
    """All known geocoders."""

    geocoders: list[GeocoderModel]
    """Those in use first, in the order in which they are asked."""


@operation("listGeocoders", tag="Geocoding", returns={200: GeocoderList})
async def index(request: Request) -> Response:
    """List all geocoders: whether they are in use or why not, limits, today's requests, errors and latencies."""
    await auth.require(request)
    return JSON(GeocoderList(geocoders=await list_presented(get_platform(request))))


async def list_presented(platform: Platform) -> list[GeocoderModel]:
    """Return the status of all geocoders, those of the chain first."""
    return [present_geocoder(status) for status in await platform.geocoder.statuses()]


def present_geocoder(status: GeocoderStatus) -> GeocoderModel:
    return GeocoderModel(
        name=status.name,
        on=status.on,
        why_off=status.why_off,
        needs_key=status.needs_key,
        reverses=status.reverses,
        used_today=status.used_today,
        daily=status.daily,
        errors=status.errors,
        breaker=status.breaker,  # type: ignore[arg-type]  # checked by the model
        p50_ms=status.p50_ms,
        p95_ms=status.p95_ms,
        keeps_seconds=status.keeps_seconds,
        attribution=status.attribution,
        verified_on=status.verified_on,
    )


def check_available(platform: Platform, provider_id: str | None) -> None:
    """Raise Invalid for a geocoder that cannot be used, naming those that can; None is always allowed."""
    if provider_id is None:
        return
    available = platform.geocoder.available()
    if (why := why_unusable(provider_id, available)) is not None:
        raise Invalid([("providerId", why)], supportedProviders=usable(available))
