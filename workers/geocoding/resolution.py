"""The resolution of an address, and conversions between our types and those of the providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from app.db.geocoding.cache import CachedAnswer
from app.domain.addresses.parts import split_unit
from app.domain.addresses.placeholders import is_placeholder
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.evidence import PossiblePlace
from app.domain.vocabulary.po_boxes import is_po_box
from providers.geocoding.base import Location, Query

FLATS = frozenset({"apt", "apartment", "flat", "unit", "suite", "ste", "room", "rm", "#"})


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
    contradicts: tuple[str, ...] = ()
    """The parts of the address for which `place` has another value."""
    candidates: tuple[PossiblePlace, ...] = ()
    """Addresses of the reference data of which none could be chosen."""
    second: str | None = None
    """The geocoder that was asked for a second opinion; what it found is among `places`."""

    def for_duplicate(self) -> Resolution:
        """Return the resolution for another item with the same address."""
        source = self.source if self.source is AnswerSource.LOCAL else AnswerSource.SHARED
        return replace(self, source=source)


def describe(contradicts: Sequence[str]) -> str:
    """Return what is wrong with an answer: "found another direction and postcode"."""
    return f"found another {' and '.join(part.replace('_', ' ') for part in contradicts)}"


def has_street(address: Address) -> bool:
    """Whether an address has a street on which there may be a house.

    A PO box is none, nor is a number or a unit alone, nor a placeholder behind a number: 123 Unknown.
    """
    if not address.street or is_po_box(address.street):
        return False
    road = Query(split_unit(address.street)[0], country=address.country).road or ""
    says_something = any(map(str.isalnum, road)) and not is_placeholder("address", road, address.country)
    return says_something and not _is_unit(road)


def _is_unit(road: str) -> bool:
    """Whether a road is nothing but a flat. Pier 39 is an address as well, Apt 5 is none."""
    words = road.casefold().split()
    return len(words) == 2 and words[0].rstrip(".") in FLATS and any(map(str.isdigit, words[1]))


def to_query(address: Address, asker: UUID | None = None) -> Query:
    """Return the address as geocoders take it, asked by a user.

    One that is asked for a PO box would find a street of that name.
    """
    return Query(
        street=address.street if has_street(address) else None,
        city=address.city,
        county=address.county,
        state=address.state,
        postcode=address.zip_code,
        country=address.country,
        asker=asker,
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
        evidence=location.evidence,
    )


def to_cached(location: Location) -> CachedAnswer:
    """Return a geocoder's location in the form in which it is cached."""
    return CachedAnswer(location.provider, to_place(location), location.contradicts)
