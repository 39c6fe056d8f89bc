"""The geocoders and their status."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.errors import Invalid
from app.web.accounts import auth
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform


async def index(request: Request) -> Response:
    """List all geocoders: whether they are on, today's requests, errors, circuit breaker and latencies.

    200 `{"geocoders": [geocoder]}` as `present_geocoder`.
    """
    await auth.require(request)
    return JSON({"geocoders": await list_presented(get_platform(request))})


async def list_presented(platform: Platform) -> list[dict[str, Any]]:
    """Return the status of all geocoders as JSON, those of the chain first."""
    return [present_geocoder(status) for status in await platform.geocoder.statuses()]


def present_geocoder(status: GeocoderStatus) -> dict[str, Any]:
    """Return a geocoder's status as JSON."""
    return {
        "name": status.name,
        "on": status.on,
        "whyOff": status.why_off,
        "needsKey": status.needs_key,
        "usedToday": status.used_today,
        "daily": status.daily,
        "errors": status.errors,
        "breaker": status.breaker,
        "p50Ms": status.p50_ms,
        "p95Ms": status.p95_ms,
        "keepsSeconds": status.keeps_seconds,
        "attribution": status.attribution,
        "verifiedOn": status.verified_on,
    }


def check_available(platform: Platform, provider_id: str | None) -> None:
    """Raise Invalid for a geocoder that cannot be used, naming those that can; None is always allowed."""
    if provider_id is None:
        return
    available = platform.geocoder.available()
    if (why := available.get(provider_id, "there is no geocoder of that name")) is not None:
        names = [name for name, absent in available.items() if absent is None]
        choices = f"choose one of {', '.join(names)}" if names else "no geocoder is available, see /api/v1/geocoders"
        raise Invalid([("providerId", f"cannot be used ({why}); {choices}")], supportedProviders=names)
