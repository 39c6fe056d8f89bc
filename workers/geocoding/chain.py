"""The chain of geocoders that the settings ask for."""

from __future__ import annotations

import aiohttp

from app.db.core.pool import Pool
from app.settings import Settings
from providers.geocoding import registry
from providers.geocoding.fallback import GeocoderChain
from providers.places.registry import discover as places_providers
from providers.rate_limit import RateLimiter
from workers.geocoding.database_reference import DatabaseReference
from workers.provider_configs import provider_configs

OTHER_PROVIDERS = frozenset({"companies_house", "brave"})
"""Providers with the same kind of settings that are neither geocoders nor places providers."""


def build_chain(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter, pool: Pool) -> GeocoderChain:
    """Return the configured chain. Raises ValueError for an unknown provider."""
    others = OTHER_PROVIDERS | places_providers().keys()
    return registry.build(
        settings.geocoders,
        {name: config for name, config in provider_configs(settings).items() if name not in others},
        session,
        limiter,
        settings.user_agent,
        settings.contact,
        settings.allow_public_personal_data,
        DatabaseReference(pool),
    )
