"""The status of a geocoder, as the API and the dashboard show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class GeocoderStatus:
    """Whether a geocoder is in use, how often it was asked, and how it responded."""

    name: str
    on: bool
    why_off: str | None
    needs_key: bool
    reverses: bool
    """Whether it can look up points."""
    used_today: int
    """Requests, over all workers."""
    daily: int | None
    """Requests allowed per day."""
    errors: int
    breaker: str
    """State of the circuit breaker: closed, open or half_open."""
    p50_ms: float | None
    p95_ms: float | None
    keeps_seconds: float | None
    """How long answers may be cached; None for ever."""
    attribution: str | None
    verified_on: date | None
    """When its limits were last compared with the provider's documentation."""
