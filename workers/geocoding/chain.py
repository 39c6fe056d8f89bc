"""The chain of geocoders as the settings want it: for the worker and for the API."""

from __future__ import annotations

import aiohttp

from app.settings import Settings
from providers.geocoding import registry
from providers.geocoding.base import ProviderConfig
from providers.geocoding.fallback import GeocoderChain
from providers.pois.overpass import Overpass
from providers.rate_limit import RateLimiter

OTHERS = frozenset({Overpass.name, "companies_house", "google_places", "brave"})
"""Providers that are configured in the same way and are no geocoders."""


def build_chain(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter) -> GeocoderChain:
    """Raises ValueError for a provider that nobody has."""
    configs = {
        name: ProviderConfig(one.url, one.key, one.rate, one.daily, one.permanent)
        for name, one in settings.providers.items()
        if name not in OTHERS
    }
    return registry.build(
        settings.geocoders,
        configs,
        session,
        limiter,
        settings.user_agent,
        settings.contact,
        settings.allow_public_personal_data,
    )
