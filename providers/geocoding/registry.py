"""The geocoders there are. A new one is a new file in this package; nothing else names it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping, Sequence

import aiohttp

from providers import geocoding
from providers.geocoding.base import Geocoder, ProviderConfig, Setup
from providers.geocoding.fallback import GeocoderChain
from providers.rate_limit import RateLimiter


def discover() -> dict[str, type[Geocoder]]:
    """Every geocoder of the package by name, in the order of names. Raises ValueError where two share one."""
    found: dict[str, type[Geocoder]] = {}
    for module_info in pkgutil.iter_modules(geocoding.__path__, f"{geocoding.__name__}."):
        module = importlib.import_module(module_info.name)
        for _, member in inspect.getmembers(module, inspect.isclass):
            # What a module imports from another is not its own; what is abstract is nobody's provider.
            if issubclass(member, Geocoder) and member.__module__ == module.__name__ and not inspect.isabstract(member):
                register(found, member)
    return dict(sorted(found.items()))


def register(known: dict[str, type[Geocoder]], geocoder: type[Geocoder]) -> None:
    """Add `geocoder` to `known`. Raises ValueError where its name is taken."""
    if (other := known.get(geocoder.name)) is not None:
        raise ValueError(f"two geocoders are named {geocoder.name!r}: {other.__module__} and {geocoder.__module__}")
    known[geocoder.name] = geocoder


def build(
    names: Sequence[str],
    configs: Mapping[str, ProviderConfig],
    session: aiohttp.ClientSession,
    limiter: RateLimiter,
    user_agent: str,
    contact: str | None,
    allow_personal_data: bool = False,
) -> GeocoderChain:
    """The chain of the geocoders `names`, in that order; the chain says which ones lack a key or url and are left out.

    `allow_personal_data` lets public servers be asked that do not want to be asked for people's addresses. Names in
    `names` and `configs` are as `discover` spells them. Raises ValueError for one that nobody has.
    """
    known = discover()
    for name in (*names, *configs):
        if name not in known:
            raise ValueError(f"unknown geocoder {name!r}; known are {', '.join(known)}")
    chosen: list[Geocoder] = []
    left_out: dict[str, str] = {}
    for name in dict.fromkeys(names):
        config = configs.get(name, ProviderConfig())
        if reason := known[name].lacks(config, contact, allow_personal_data):
            left_out[name] = reason
        else:
            chosen.append(known[name](Setup(config, session, limiter, user_agent, contact)))
    return GeocoderChain(chosen, left_out, known)
