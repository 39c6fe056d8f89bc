"""What about a result a person should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from app.domain.geocoding.doubts import DoubtReason, FoundDoubt
from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.accuracy import Accuracy
from workers.geocoding.resolution import Resolution

MAX_CANDIDATES = 10
APART_METRES = 1_000.0
"""Two geocoders disagree about a street or house if their places are farther apart than this …"""
HOUSES_APART_METRES = 250.0
"""… or this, if both found the house."""
MIN_CONFIDENCE = 0.5


def find_doubts(resolution: Resolution) -> list[FoundDoubt]:
    """Return what is doubtful about a result; a place coarser than a street only by its address."""
    return list(_doubts(resolution))


def _doubts(resolution: Resolution) -> Iterator[FoundDoubt]:
    place = resolution.place
    if resolution.candidates and (place is None or not place.accuracy.reaches(Accuracy.INTERPOLATED)):
        candidates = [asdict(candidate) for candidate in resolution.candidates[:MAX_CANDIDATES]]
        yield FoundDoubt(DoubtReason.AMBIGUOUS, {"candidates": candidates})
    if place is None:
        return
    if resolution.contradicts:
        found = {"parts": list(resolution.contradicts), "provider": place.provider, "found": place.matched_address}
        yield FoundDoubt(DoubtReason.CONTRADICTORY, found)
    if not place.accuracy.reaches(Accuracy.STREET):
        return
    if (apart := _farthest(place, resolution)) is not None:
        yield apart
    if place.confidence < MIN_CONFIDENCE and not resolution.contradicts:
        yield FoundDoubt(DoubtReason.UNCERTAIN, {"confidence": place.confidence})


def _farthest(chosen: GeocodedPlace, resolution: Resolution) -> FoundDoubt | None:
    far = []
    for other in resolution.places:
        if other.provider == chosen.provider or not other.accuracy.reaches(Accuracy.STREET):
            continue
        metres = chosen.metres_to(other.latitude, other.longitude)
        are_houses = chosen.accuracy.reaches(Accuracy.INTERPOLATED) and other.accuracy.reaches(Accuracy.INTERPOLATED)
        if metres > (HOUSES_APART_METRES if are_houses else APART_METRES):
            far.append((metres, other))
    if not far:
        return None
    metres, other = max(far, key=lambda entry: entry[0])
    return FoundDoubt(
        DoubtReason.DISAGREEMENT,
        {
            "metres": round(metres),
            "provider": other.provider,
            "found": other.matched_address,
            "latitude": other.latitude,
            "longitude": other.longitude,
        },
    )
