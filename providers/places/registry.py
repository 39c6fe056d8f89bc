"""The providers of places there are. A new one is a new file in this package; nothing else names it."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from providers import discovery, places
from providers.places.base import PlacesProvider
from providers.rate_limit import RateLimiter
from providers.setup import ProviderConfig, Setup


def discover() -> dict[str, type[PlacesProvider]]:
    """See `providers.discovery`."""
    return discovery.discover(places, PlacesProvider)  # type: ignore[type-abstract]  # it is compared with, never made


def build(
    configs: Mapping[str, ProviderConfig],
    session: aiohttp.ClientSession,
    limiter: RateLimiter,
    user_agent: str,
    contact: str | None = None,
) -> tuple[dict[str, PlacesProvider], dict[str, str]]:
    """Those that can be asked, in the order of their names; and of each other one the setting that it lacks."""
    built: dict[str, PlacesProvider] = {}
    lacking: dict[str, str] = {}
    for name, provider in discover().items():
        config = configs.get(name, ProviderConfig())
        if setting := provider.lacks(config):
            lacking[name] = setting
        else:
            built[name] = provider(Setup(config, session, limiter, user_agent, contact))
    return built, lacking
