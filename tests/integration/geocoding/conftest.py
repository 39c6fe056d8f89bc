"""Stand-ins for providers in this process, and a platform that uses them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.settings import ProviderSettings, Settings
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.nominatim import NominatimStandIn
from tests.servers.standin import KEY


@pytest.fixture
async def nominatim() -> AsyncIterator[NominatimStandIn]:
    async with NominatimStandIn() as server:
        yield server


@pytest.fixture
async def locationiq() -> AsyncIterator[LocationIQStandIn]:
    async with LocationIQStandIn() as server:
        yield server


@pytest.fixture
def settings(
    settings: Settings, nominatim: NominatimStandIn, locationiq: LocationIQStandIn, tmp_path: Path
) -> Settings:
    """Nominatim, then LocationIQ, then what is packaged."""
    return settings.model_copy(
        update={
            "uploads_url": tmp_path.as_uri(),
            "geocoders": ("nominatim", "locationiq", "offline"),
            "providers": {
                "nominatim": ProviderSettings(url=nominatim.url),
                "locationiq": ProviderSettings(url=locationiq.url, key=KEY),
            },
        }
    )
