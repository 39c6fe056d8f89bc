"""The geocoders there are, and how they stand."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.errors import Invalid
from app.web.accounts import auth
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform


async def index(request: Request) -> Response:
    """Each one on or why not, what it was asked today, errors, breaker, times."""
    await auth.require(request)
    platform = get_platform(request)
    return JSON({"geocoders": await platform.geocoder.states()})


def check(platform: Platform, provider_id: str | None) -> None:
    """Raises Invalid for a geocoder that cannot be asked for, with those that can."""
    if provider_id is None:
        return
    available = platform.geocoder.available()
    if (why := available.get(provider_id, "there is none of that name")) is not None:
        names = [name for name, absent in available.items() if absent is None]
        message = f"cannot be asked ({why}); choose one of {', '.join(names) or 'none: see /api/v1/geocoders'}"
        raise Invalid([("providerId", message)], supportedProviders=names)
