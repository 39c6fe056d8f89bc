"""The page of geocoding providers: on or off, today's requests, errors and latencies."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.web.dashboard.core import html
from app.web.dashboard.core.panels import Panel
from app.web.geocoding import geocoders
from app.web.platform import Platform, get_platform


def panel(platform: Platform) -> Panel:
    async def render() -> str:
        return html.fragment("provider_parts.html", "rows", await geocoders.list_presented(platform))

    return Panel(render, max_age_seconds=5)


async def index(request: Request) -> Response:
    platform = get_platform(request)
    return html.page(request, "providers.html", providers=await geocoders.list_presented(platform))
