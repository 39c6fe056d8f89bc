"""Discover the providers of a package. A new provider is a new file in the package; no list needs to be changed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from types import ModuleType
from typing import ClassVar, Protocol, TypeVar


class Named(Protocol):
    name: ClassVar[str]


Provider = TypeVar("Provider", bound=Named)


def discover(package: ModuleType, base: type[Provider]) -> dict[str, type[Provider]]:
    """Return the providers of a package by name, sorted. Raises ValueError if two have the same name."""
    found: dict[str, type[Provider]] = {}
    for module_info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(module_info.name)
        for provider in _providers_of(module, base):
            register(found, provider)
    return dict(sorted(found.items()))


@cache  # each start of an API or worker discovers the same providers several times
def _providers_of(module: ModuleType, base: type[Provider]) -> tuple[type[Provider], ...]:
    """Return the concrete providers that the module itself defines."""
    return tuple(
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, base) and member.__module__ == module.__name__ and not inspect.isabstract(member)
    )


def register(known: dict[str, type[Provider]], provider: type[Provider]) -> None:
    """Add `provider` to `known`. Raises ValueError if its name is taken."""
    if (other := known.get(provider.name)) is not None:
        raise ValueError(f"two providers are named {provider.name!r}: {other.__module__} and {provider.__module__}")
    known[provider.name] = provider
