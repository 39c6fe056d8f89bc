"""What handlers may use of the platform: opened once by `workers.main`, closed once."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from redis.asyncio import Redis

from app.db.core.pool import Patience, Pool
from app.settings import Settings
from providers.geocoding.fallback import GeocoderChain
from providers.notify.webhook import Webhooks
from providers.pois.overpass import Overpass
from providers.rate_limit import RateLimiter
from providers.web import Fetcher, Reach
from providers.web.mail import MailServers
from workers.companies.providers import Intelligence, build_intelligence
from workers.geocoding.chain import build_chain
from workers.heatmaps.poi_provider import build_poi_provider
from workers.websites.fetcher import build_fetcher


@dataclass(frozen=True)
class Resources:
    settings: Settings
    pool: Pool
    http: aiohttp.ClientSession
    geocoders: GeocoderChain
    fetcher: Fetcher
    mail: MailServers
    intelligence: Intelligence
    webhooks: Webhooks
    places: Overpass | None = None
    """Who has points of interest, where somebody is configured."""

    @property
    def lease_seconds(self) -> float:
        return self.settings.lease_seconds

    async def close(self) -> None:
        """What was opened here; the pool and the session are their openers'."""
        await self.fetcher.close()
        await self.webhooks.close()
        await self.intelligence.close()


def patience(settings: Settings) -> Patience:
    """What handlers, and whoever keeps their leases, have with Postgres."""
    return Patience(
        acquire=30.0,
        command=30.0,
        idle_transaction=settings.lease_seconds / 2,
        transaction=settings.lease_seconds,
    )


def open_resources(
    settings: Settings, pool: Pool, http: aiohttp.ClientSession, limiter: RateLimiter, redis: Redis
) -> Resources:
    """With the providers that are configured. Raises ValueError for one that nobody has."""
    return Resources(
        settings,
        pool,
        http,
        build_chain(settings, http, limiter),
        build_fetcher(settings, pool),
        MailServers(asks=settings.mx_lookups),
        build_intelligence(settings, http, redis, limiter),
        Webhooks(settings.user_agent, Reach(settings.fetch_allow)),
        places=build_poi_provider(settings, http, limiter),
    )
