"""The chain of geocoders as the settings want it: for the worker and for the API."""

from __future__ import annotations

import aiohttp

from app.settings import Settings
from providers.geocoding import registry
from providers.geocoding.fallback import GeocoderChain
from providers.places.registry import discover as places_providers
from providers.rate_limit import RateLimiter
from workers.provider_configs import provider_configs

OTHERS = frozenset({"companies_house", "brave"})
"""Providers that are configured in the same way and are neither geocoders nor providers of places."""


def build_chain(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter) -> GeocoderChain:
    """Raises ValueError for a provider that nobody has."""
    others = OTHERS | places_providers().keys()
    configs = provider_configs(settings)
    return registry.build(
        settings.geocoders,
        {name: config for name, config in configs.items() if name not in others},
        session,
        limiter,
        settings.user_agent,
        settings.contact,
        settings.allow_public_personal_data,
    )
