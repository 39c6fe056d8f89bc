"""What the settings say of the providers, in the providers' own terms."""

from __future__ import annotations

from app.settings import Settings
from providers.setup import ProviderConfig


def provider_configs(settings: Settings) -> dict[str, ProviderConfig]:
    """By name; a provider that is not among them has nothing set."""
    return {
        name: ProviderConfig(one.url, one.key, one.rate, one.daily, one.permanent)
        for name, one in settings.providers.items()
    }
