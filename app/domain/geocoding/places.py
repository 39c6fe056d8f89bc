"""Results of a lookup: places with their coordinates and precision."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.vocabulary.accuracy import EXPECTED_ERROR_METRES, Accuracy
from app.domain.vocabulary.distance import great_circle_metres
from app.domain.vocabulary.evidence import Evidence, PossiblePlace


@dataclass(frozen=True, slots=True)
class GeocodedPlace:
    """The coordinates of an address in degrees (WGS 84), who supplied them, and how far they can be trusted.

    `confidence` (0 to 1) is on one scale for all providers. `raw_score` is the provider's own number, whose meaning
    differs between providers. `attribution` is the text that the provider wants shown with the result.
    """

    latitude: float
    longitude: float
    accuracy: Accuracy
    confidence: float
    provider: str
    matched_address: str
    raw_score: float | None
    attribution: str | None
    evidence: Evidence | None = None
    """What it rests on, if the provider says so; only its expected error is stored."""

    @property
    def expected_error_metres(self) -> float:
        """How far the position may be off: as the geocoder says, or else as usual for the accuracy."""
        stated = self.evidence.expected_error_metres if self.evidence else None
        return EXPECTED_ERROR_METRES[self.accuracy] if stated is None else stated

    def metres_to(self, latitude: float, longitude: float) -> float:
        """Return the great-circle distance to a point in degrees."""
        return great_circle_metres(self.latitude, self.longitude, latitude, longitude)


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The result for one address or point: a place, or why there is none."""

    place: GeocodedPlace | None
    error: str | None
    candidates: tuple[PossiblePlace, ...] = ()
    """Addresses that fit equally well, of which none was chosen."""
