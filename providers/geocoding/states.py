"""The state of the providers, for display."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from providers.breaker import State
from providers.geocoding.base import Geocoder


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The state of one provider.

    `used_today` counts the requests of all processes since 00:00 UTC, in the unit of `daily`. `errors`, `breaker` and
    the latencies cover this process since its start. `keeps_seconds` is how long an answer may be stored: None means
    for ever, 0 not at all.
    """

    name: str
    on: bool
    why_off: str | None
    needs_key: bool
    reverses: bool
    used_today: int
    daily: int | None
    errors: int
    breaker: str
    p50_ms: float | None
    p95_ms: float | None
    keeps_seconds: float | None
    attribution: str | None
    verified_on: date | None


def left_out(kind: type[Geocoder], why: str) -> ProviderState:
    """Return the state of a provider that is not in the chain."""
    return ProviderState(
        name=kind.name,
        on=False,
        why_off=why,
        needs_key=kind.needs_key,
        reverses=kind.reverses,
        used_today=0,
        daily=kind.daily,
        errors=0,
        breaker=State.CLOSED,
        p50_ms=None,
        p95_ms=None,
        keeps_seconds=_seconds(kind.keeps),
        attribution=kind.attribution,
        verified_on=kind.verified_on,
    )


async def in_chain(geocoder: Geocoder, why_off: str | None, errors: int, breaker: State) -> ProviderState:
    """Return the state of a provider in the chain. `why_off` is the reason known to its chain member, if any."""
    standing = await geocoder.standing()
    if why_off is None and standing.paused_for > 0:
        why_off = standing.reason or f"paused at its request for {standing.paused_for:.0f} s more"
    latencies = geocoder.latencies
    return ProviderState(
        name=geocoder.name,
        on=why_off is None,
        why_off=why_off,
        needs_key=geocoder.needs_key,
        reverses=geocoder.reverses,
        used_today=standing.used_today,
        daily=geocoder.active_daily,
        errors=errors,
        breaker=breaker,
        p50_ms=_milliseconds(latencies.percentile(0.5)) if latencies else None,
        p95_ms=_milliseconds(latencies.percentile(0.95)) if latencies else None,
        keeps_seconds=_seconds(geocoder.keeps),
        attribution=geocoder.attribution,
        verified_on=geocoder.verified_on,
    )


def _seconds(keeps: timedelta | None) -> float | None:
    return None if keeps is None else keeps.total_seconds()


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)
