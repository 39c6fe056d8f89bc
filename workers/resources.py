"""What handlers may use of the platform: opened once by `workers.main`, closed once."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from app.db.pool import Pool
from app.settings import Settings
from providers.geocoding.fallback import GeocoderChain
from providers.web import Fetcher
from workers.intelligence import Intelligence


@dataclass(frozen=True)
class Resources:
    settings: Settings
    pool: Pool
    http: aiohttp.ClientSession
    geocoders: GeocoderChain
    fetcher: Fetcher
    intelligence: Intelligence

    @property
    def lease_seconds(self) -> float:
        return self.settings.lease_seconds
