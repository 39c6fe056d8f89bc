"""The resources that handlers share. They are opened by `workers.providers` and closed once."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from app.db.core.pool import Pool
from app.domain.companies.research.extractive import EXTRACTIVE_MODEL
from app.settings import Settings
from providers.geocoding.fallback import GeocoderChain
from providers.llm.models import Models
from providers.notify.mail import Mailer
from providers.notify.webhook import Webhooks
from providers.places.google import GooglePlaces
from providers.pois.overpass import Overpass
from providers.registers.companies_house import CompaniesHouse
from providers.search.brave import SearchEngine
from providers.web import Fetcher
from providers.web.mx import MxLookup


@dataclass(frozen=True)
class CompanyProviders:
    """Providers for jobs on companies. Each is None unless it is configured."""

    models: Models | None
    register: CompaniesHouse | None
    places: GooglePlaces | None
    search_engine: SearchEngine | None
    mailer: Mailer | None

    @property
    def report_model(self) -> str:
        """The name of the model that writes reports; `extractive` without a model."""
        return self.models.name if self.models else EXTRACTIVE_MODEL

    async def close(self) -> None:
        """Close the connections to the models."""
        if self.models:
            await self.models.close()


@dataclass(frozen=True)
class Resources:
    """Settings, connections and providers, shared by all handlers of a process."""

    settings: Settings
    pool: Pool
    http: aiohttp.ClientSession
    geocoders: GeocoderChain
    fetcher: Fetcher
    mail: MxLookup
    company_providers: CompanyProviders
    webhooks: Webhooks
    places: Overpass | None = None
    """The provider of points of interest, if one is configured."""

    @property
    def lease_seconds(self) -> float:
        """The time for which a claim holds without a heartbeat, in seconds."""
        return self.settings.lease_seconds

    async def close(self) -> None:
        """Close the providers. The pool and the HTTP session are closed by their owner."""
        await self.fetcher.close()
        await self.webhooks.close()
        await self.company_providers.close()
