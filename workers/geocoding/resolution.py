"""The resolution of an address, and conversions between our types and those of the providers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.db.geocoding.cache import CachedAnswer
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from providers.geocoding.base import Location, Query


class AnswerSource(StrEnum):
    """Where a resolution comes from."""

    ASKED = "asked"
    """A geocoder was asked over the network."""
    CACHED = "kept"
    SHARED = "shared"
    """Another item of the job has the same address."""
    LOCAL = "local"
    """Neither network nor cache was needed: the offline geocoder answered, or the address could not be read."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The result for an address: its place, or why there is none."""

    place: GeocodedPlace | None
    reason: str
    """The answers of the providers, if no place was found."""
    places: tuple[GeocodedPlace, ...]
    """All places that were found, including `place`."""
    source: AnswerSource

    def for_duplicate(self) -> Resolution:
        """Return the resolution for another item with the same address."""
        source = self.source if self.source is AnswerSource.LOCAL else AnswerSource.SHARED
        return Resolution(self.place, self.reason, self.places, source)


def to_query(address: Address) -> Query:
    """Return the address as geocoders take it."""
    return Query(
        street=address.street,
        city=address.city,
        county=address.county,
        state=address.state,
        postcode=address.zip_code,
        country=address.country,
    )


def to_place(location: Location) -> GeocodedPlace:
    """Return a geocoder's location as a place."""
    return GeocodedPlace(
        latitude=location.latitude,
        longitude=location.longitude,
        accuracy=location.accuracy,
        confidence=location.confidence,
        provider=location.provider,
        matched_address=location.matched_address,
        raw_score=location.raw_score,
        attribution=location.attribution,
    )


def to_cached(location: Location) -> CachedAnswer:
    """Return a geocoder's location in the form in which it is cached."""
    return CachedAnswer(location.provider, to_place(location), location.contradicts)
