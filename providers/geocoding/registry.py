"""All geocoders. A new geocoder is a new file in this package; no list needs to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aiohttp

from app.domain.vocabulary.known_addresses import ReferenceData
from providers import discovery, geocoding
from providers.geocoding.base import Geocoder
from providers.geocoding.fallback import GeocoderChain
from providers.rate_limit import RateLimiter
from providers.setup import ProviderConfig, Setup


def discover() -> dict[str, type[Geocoder]]:
    """Return all geocoder classes by name. See `providers.discovery`."""
    return discovery.discover(geocoding, Geocoder)  # type: ignore[type-abstract]  # it is compared with, never made


def build(
    names: Sequence[str],
    configs: Mapping[str, ProviderConfig],
    session: aiohttp.ClientSession,
    limiter: RateLimiter,
    user_agent: str,
    contact: str | None,
    allow_personal_data: bool = False,
    reference: ReferenceData | None = None,
) -> GeocoderChain:
    """Build the chain of the geocoders `names`, in that order, without those that lack a required setting.

        `allow_personal_data` permits sending people's addresses to public servers whose policy forbids it. `names` and
        `configs` use the names of `discover`. Raises ValueError for an unknown name.
    --
    """
    known = discover()
    for name in (*names, *configs):
        if name not in known:
            raise ValueError(f"unknown geocoder {name!r}; known are {', '.join(known)}")
    chosen: list[Geocoder] = []
    left_out: dict[str, str] = {}
    for name in dict.fromkeys((*names, *known)):
        config = configs.get(name, ProviderConfig())
        reason = known[name].lacks(config, contact, allow_personal_data)
        if name not in names:
            left_out[name] = "; ".join(filter(None, ["it is not in TRIGPOINT_GEOCODERS", reason]))
        elif reason is not None:
            left_out[name] = reason
        else:
            chosen.append(known[name](Setup(config, session, limiter, user_agent, contact, reference)))
    return GeocoderChain(chosen, left_out, known)
