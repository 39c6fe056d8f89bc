"""Geocoders that ask over HTTP: limits, identification and the reading of coordinates, the same for all of them."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

from providers.errors import ProviderError, Unavailable
from providers.geocoding.base import Geocoder, Location, Query, Setup
from providers.http import Request, error_of, get_json


class OnlineGeocoder(Geocoder):
    """A geocoder behind one GET: a subclass gives `path`, `params`, `read`, and `judge` if its errors are its own."""

    #: Appended to the configured url, which is without a version path.
    path: ClassVar[str]

    def __init__(self, setup: Setup) -> None:
        self.config = setup.config
        self.contact = setup.contact
        self.url = (setup.config.url or self.public_url or "").rstrip("/") + self.path
        self.active_windows, self.active_daily = self.limits(setup.config)
        self._session = setup.session
        self._limiter = setup.limiter
        self._headers = {"User-Agent": setup.user_agent, "Accept": "application/json"}

    @abstractmethod
    def params(self, query: Query) -> Mapping[str, str]:
        """The query string that asks for `query`."""

    @abstractmethod
    def read(self, query: Query, answer: Any) -> Location | None:
        """The location in the JSON of a 200, None for no match; `garbled` where it has another shape."""

    def judge(self, status: int, text: str, retry_after: float | None) -> ProviderError | None:
        """What a reply other than 200 means: an error, or None for "no match"."""
        return error_of(self.name, status, text, retry_after)

    async def geocode(self, query: Query, timeout: float) -> Location | None:
        """See Geocoder."""
        request = Request(
            provider=self.name,
            url=self.url,
            params=self.params(query),
            headers=self._headers,
            timeout=timeout,
            secrets=(self.config.key,) if self.config.key else (),
        )
        answer = await get_json(self._session, request, self._admit, self.judge)
        return None if answer is None else self.read(query, answer)

    async def pause(self, seconds: float) -> None:
        """See Geocoder; the pause holds for every process that shares the limiter."""
        await self._limiter.penalise(self.name, seconds)

    def garbled(self, what: str) -> NoReturn:
        """Refuse an answer that is not what the provider documents."""
        raise Unavailable(f"garbled answer: {what}", provider=self.name)

    def coordinates(self, latitude: object, longitude: object) -> tuple[float, float]:
        """Degrees as floats, from numbers or their strings; refuses what lies on no globe."""
        try:
            lat, lon = float(latitude), float(longitude)  # type: ignore[arg-type]  # what float() refuses is caught
        except (TypeError, ValueError):
            self.garbled("no coordinates")
        if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
            self.garbled("coordinates out of range")
        return lat, lon

    async def _admit(self) -> None:
        await self._limiter.acquire(self.name, self.active_windows, self.active_daily)
