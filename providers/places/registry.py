"""All place providers. A new provider is a new file in this package; no list needs to be changed."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from providers import discovery, places
from providers.places.base import PlacesProvider
from providers.rate_limit import RateLimiter
from providers.setup import ProviderConfig, Setup


def discover() -> dict[str, type[PlacesProvider]]:
    """Return all place providers by name. See `providers.discovery`."""
    return discovery.discover(places, PlacesProvider)  # type: ignore[type-abstract]  # it is compared with, never made


def build(
    configs: Mapping[str, ProviderConfig],
    session: aiohttp.ClientSession,
    limiter: RateLimiter,
    user_agent: str,
    contact: str | None = None,
) -> tuple[dict[str, PlacesProvider], dict[str, str]]:
    """Return the usable providers by name, and for each of the others the setting that is missing."""
    built: dict[str, PlacesProvider] = {}
    lacking: dict[str, str] = {}
    for name, provider in discover().items():
        config = configs.get(name, ProviderConfig())
        if setting := provider.lacks(config):
            lacking[name] = setting
        else:
            built[name] = provider(Setup(config, session, limiter, user_agent, contact))
    return built, lacking
