"""Finding the providers of a package: a new one is a new file in it; nothing else names it."""

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
    """Every provider of the package by name, in the order of names. Raises ValueError where two share one."""
    found: dict[str, type[Provider]] = {}
    for module_info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(module_info.name)
        for _, member in inspect.getmembers(module, inspect.isclass):
            # What a module imports from another is not its own; what is abstract is nobody's provider.
            if issubclass(member, base) and member.__module__ == module.__name__ and not inspect.isabstract(member):
                register(found, member)
    return dict(sorted(found.items()))


def register(known: dict[str, type[Provider]], provider: type[Provider]) -> None:
    """Add `provider` to `known`. Raises ValueError where its name is taken."""
    if (other := known.get(provider.name)) is not None:
        raise ValueError(f"two providers are named {provider.name!r}: {other.__module__} and {provider.__module__}")
    known[provider.name] = provider
