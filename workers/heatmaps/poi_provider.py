"""The provider of points of interest that the settings ask for."""

from __future__ import annotations

import aiohttp

from app.settings import Settings
from providers.pois.overpass import Overpass
from providers.rate_limit import RateLimiter


def build_poi_provider(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter) -> Overpass | None:
    """Return the configured provider, None if there is none."""
    config = settings.providers.get(Overpass.name)
    if config is None or not config.url:
        return None
    return Overpass(config.url, session, limiter, settings.user_agent, rate=config.rate, daily=config.daily)
