"""Conversion of the settings to the configurations of providers."""

from __future__ import annotations

from app.settings import Settings
from providers.setup import ProviderConfig


def provider_configs(settings: Settings) -> dict[str, ProviderConfig]:
    """Return the configurations by provider name, for providers with at least one setting."""
    return {
        name: ProviderConfig(one.url, one.key, one.rate, one.daily, one.permanent)
        for name, one in settings.providers.items()
    }
