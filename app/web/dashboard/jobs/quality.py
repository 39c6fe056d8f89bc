"""The quality of a geocoding job in two sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.vocabulary.accuracy import Accuracy

NONE = "none"
"""The share of what was not found."""
DESCRIBED = ("shares", "expectedError", "crossCheck")
"""Members of a result that the sentences are about."""


def describe_quality(result: Any) -> list[str]:
    """Return the shares by accuracy, how far the coordinates may be off, and what a second geocoder said."""
    if not isinstance(result, Mapping) or not isinstance(shares := result.get("shares"), Mapping) or not shares:
        return []
    ordered = [(name, shares[name]) for name in (*Accuracy, NONE) if name in shares]
    lines = [" · ".join(f"{'not found' if name == NONE else name} {share} %" for name, share in ordered)]
    if isinstance(error := result.get("expectedError"), Mapping):
        median, most = _metres(error["medianMetres"]), _metres(error["p90Metres"])
        lines.append(f"Half of the places are expected within {median} of the house, nine of ten within {most}.")
    if isinstance(check := result.get("crossCheck"), Mapping):
        lines.append(
            f"A second geocoder was asked for {check['asked']:,} addresses and found {check['compared']:,} of them:"
            f" {check['within100m']:,} within 100 m, {check['beyond1km']:,} more than 1 km away."
        )
    return lines


def count_doubts(result: Any) -> int:
    """Return how many doubts a job found: each is a household to review, for a reason."""
    doubts = result.get("doubts") if isinstance(result, Mapping) else None
    return sum(doubts.values()) if isinstance(doubts, Mapping) else 0


def _metres(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
