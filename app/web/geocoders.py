"""The geocoders there are, and how they stand."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.web import auth
from app.web.platform import Platform
from app.web.responses import JSON


async def index(request: Request) -> Response:
    """Each one on or why not, what it was asked today, errors, breaker, times."""
    await auth.require(request)
    platform: Platform = request.app.state.platform
    return JSON({"geocoders": await platform.geocoder.states()})
