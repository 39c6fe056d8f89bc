"""Discover the providers of a package. A new provider is a new file in the package; no list needs to be changed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
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
        for _, member in inspect.getmembers(module, inspect.isclass):
            # Skip classes that a module only imports, and abstract base classes.
            if issubclass(member, base) and member.__module__ == module.__name__ and not inspect.isabstract(member):
                register(found, member)
    return dict(sorted(found.items()))


def register(known: dict[str, type[Provider]], provider: type[Provider]) -> None:
    """Add `provider` to `known`. Raises ValueError if its name is taken."""
    if (other := known.get(provider.name)) is not None:
        raise ValueError(f"two providers are named {provider.name!r}: {other.__module__} and {provider.__module__}")
    known[provider.name] = provider
