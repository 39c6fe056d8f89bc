"""Houses from the reference data in our own database: no requests, no limits, and finer than most services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID

from app.domain.vocabulary.evidence import PossiblePlace
from app.domain.vocabulary.known_addresses import AddressQuestion, KnownAddress
from app.domain.vocabulary.roads import Agreement, compare
from providers.errors import Ambiguous, ProviderError
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.confidence import BASE, Assessment, Match, assess, lower_for_distance
from providers.setup import Setup

MAX_NAMED = 3
"""Addresses that the message of a tie names."""
MISSPELT_FACTOR, LACKING_FACTOR, OTHER_TOWN_FACTOR = 0.8, 0.95, 0.85
"""Text factors of an address with a misspelt street, with a direction or suffix that the query lacks, and with the
name of a municipality in place of the town."""


class Local(Geocoder):
    """The accuracy is `rooftop`, `interpolated` or `street`. A query that fits several addresses is Ambiguous."""

    name: ClassVar[str] = "local"
    batch_size: ClassVar[int] = 1_000
    batch_timeout: ClassVar[float] = 30.0
    verified_on: ClassVar[date | None] = date(2026, 11, 28)
    reverses: ClassVar[bool] = True
    keeps: timedelta | None = timedelta(0)
    is_idle = True

    def __init__(self, setup: Setup) -> None:
        self._reference = setup.reference

    async def prepare(self) -> None:
        """See Geocoder."""
        self.is_idle = self._reference is None or not await self._reference.has_any()

    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        """See Geocoder. Raises Ambiguous."""
        [reply] = await self.geocode_batch([query], timeout)
        if isinstance(reply, ProviderError):
            raise reply
        return reply

    async def geocode_batch(self, queries: Sequence[Query], timeout: float) -> list[Location | None | ProviderError]:
        """See Geocoder."""
        if self._reference is None:
            return [None] * len(queries)
        found = await self._reference.find([_question(query) for query in queries])
        return [self._reply(query, one) for query, one in zip(queries, found, strict=True)]

    async def reverse(
        self, latitude: float, longitude: float, timeout: float, asker: UUID | None = None
    ) -> Location | None:
        """See Geocoder. A house that is not at the point counts as its street, and one farther off is not returned."""
        found = await self._reference.nearest(latitude, longitude, asker) if self._reference is not None else None
        if found is None:
            return None
        location = Location(
            latitude=found.latitude,
            longitude=found.longitude,
            accuracy=found.accuracy,
            confidence=BASE[found.accuracy],
            provider=self.name,
            matched_address=found.line,
            attribution=found.attribution,
            evidence=found.evidence,
        )
        return lower_for_distance(location, latitude, longitude)

    def _reply(
        self, query: Query, found: KnownAddress | tuple[KnownAddress, ...] | None
    ) -> Location | None | ProviderError:
        if isinstance(found, tuple):
            candidates = tuple(PossiblePlace(one.line, one.latitude, one.longitude) for one in found)
            names = "; ".join(place.address for place in candidates[:MAX_NAMED])
            more = f" and {len(candidates) - MAX_NAMED} more" if len(candidates) > MAX_NAMED else ""
            return Ambiguous(f"ambiguous: {names}{more}", candidates, provider=self.name)
        return None if found is None else self._location(query, found)

    def _location(self, query: Query, found: KnownAddress) -> Location:
        assessment = _assess(query, found)
        return Location(
            latitude=found.latitude,
            longitude=found.longitude,
            accuracy=assessment.accuracy,
            confidence=assessment.confidence,
            provider=self.name,
            matched_address=found.line,
            attribution=found.attribution,
            contradicts=assessment.contradicts,
            evidence=found.evidence,
        )


def _assess(query: Query, found: KnownAddress) -> Assessment:
    differs, matched = found.evidence.differs, found.evidence.matched
    same_place = ("postcode" in matched or not query.postcode) and ("city" in matched or not query.city)
    is_placed = bool(query.postcode or query.city)
    if not differs and same_place and is_placed and {"house_number", "street"}.issubset(matched):
        return Assessment(found.accuracy, BASE[found.accuracy], ())  # the same parts: nothing is left to compare
    misspelt = "spelling" in differs
    contradicts = query.road is not None and compare(query.road, found.road) is Agreement.VARIANT
    city = query.city if "city" in matched else None
    match = Match(
        house_number=found.house_number,
        # what differs otherwise, such as a letter of a short name, was judged by the only house that fits
        road=found.road if contradicts or not differs else query.road,
        cities=() if "city" in differs or not found.city else (found.city, *([city] if city else ())),
        state=found.state or None,
        postcode=found.postcode or None,
        country=query.country,
    )
    factor = MISSPELT_FACTOR if misspelt else 1.0
    factor *= LACKING_FACTOR if "direction" in differs else 1.0
    factor *= OTHER_TOWN_FACTOR if "city" in differs else 1.0
    return assess(query, match, found.accuracy, factor)


def _question(query: Query) -> AddressQuestion:
    return AddressQuestion(
        query.house_number,
        query.road,
        query.city,
        query.state,
        query.postcode,
        query.country.lower(),
        query.asker,
    )
