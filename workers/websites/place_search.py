"""Searches for businesses with the configured place providers, the next one if a provider fails."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from app.settings import Settings
from providers.errors import ProviderError
from providers.places import registry
from providers.places.base import Place, PlaceQuery, PlacesProvider
from providers.rate_limit import RateLimiter
from workers.provider_configs import provider_configs


def build_search(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter) -> ProviderPlaceSearch:
    """Build the search with every place provider that is configured."""
    configs = provider_configs(settings)
    return ProviderPlaceSearch(*registry.build(configs, session, limiter, settings.user_agent, settings.contact))


class ProviderPlaceSearch:
    """See `app.web.platform.PlaceSearch`."""

    def __init__(self, providers: Mapping[str, PlacesProvider], lacking: Mapping[str, str]) -> None:
        self._providers = providers
        self.lacking = lacking

    @property
    def names(self) -> tuple[str, ...]:
        """See the interface."""
        return tuple(self._providers)

    async def search(
        self, name: str | None, text: str, limit: int, point: tuple[float, float] | None, radius: float, country: str
    ) -> tuple[str, str, list[Place]]:
        """See the interface."""
        candidates = [self._providers[name]] if name else list(self._providers.values())
        latitude, longitude = point or (None, None)
        query = PlaceQuery(text, limit, latitude, longitude, radius, country)
        first_error: ProviderError | None = None
        for provider in candidates:
            if provider.needs_point and point is None:
                continue
            try:
                return provider.name, provider.attribution, await provider.search(query)
            except ProviderError as error:
                first_error = first_error or error
        if first_error is None:
            raise ValueError("needs a point: give latitude and longitude")
        raise ConnectionError(f"{first_error.provider}: {first_error}") from first_error
