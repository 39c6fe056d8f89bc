"""The providers of places that are configured, by name and in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from app.settings import Settings
from providers.errors import ProviderError
from providers.places.base import Place, PlaceQuery, PlacesProvider
from providers.places.google import GooglePlaces
from providers.places.overpass import OverpassPlaces
from providers.rate_limit import RateLimiter
from workers.heatmaps.provider import build_places


def build_providers(
    settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter
) -> dict[str, PlacesProvider]:
    """Google where there is a key, Overpass where there is a server."""
    found: dict[str, PlacesProvider] = {}
    google = settings.providers.get(GooglePlaces.name)
    if google is not None and google.key:
        found[GooglePlaces.name] = GooglePlaces(
            google.url, google.key, session, limiter, settings.user_agent, rate=google.rate, daily=google.daily
        )
    overpass = build_places(settings, session, limiter)
    if overpass is not None:
        found[OverpassPlaces.name] = OverpassPlaces(overpass)
    return found


class PlaceSearch:
    """See `app.web.platform.PlaceSearch`."""

    def __init__(self, providers: Mapping[str, PlacesProvider]) -> None:
        self._providers = providers

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._providers)

    async def search(
        self, name: str | None, text: str, limit: int, point: tuple[float, float] | None, radius: float, country: str
    ) -> tuple[str, str, list[Place]]:
        """See the interface."""
        chosen = [self._providers[name]] if name else list(self._providers.values())
        latitude, longitude = point or (None, None)
        query = PlaceQuery(text, limit, latitude, longitude, radius, country)
        failure: ProviderError | None = None
        for provider in chosen:
            if provider.needs_point and point is None:
                continue
            try:
                return provider.name, provider.attribution, await provider.search(query)
            except ProviderError as error:
                failure = failure or error
        if failure is None:
            raise ValueError("needs a point: give latitude and longitude")
        raise ConnectionError(f"{failure.provider}: {failure}") from failure
