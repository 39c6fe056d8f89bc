"""Builds the shared resources of handlers from the settings: for a worker, and for an API that runs jobs itself."""

from __future__ import annotations

import aiohttp
from redis.asyncio import Redis

from app.db.core.connect import Timeouts
from app.db.core.pool import Pool
from app.settings import Settings
from providers.notify.webhook import Webhooks
from providers.rate_limit import RateLimiter
from providers.web import NetworkPolicy
from providers.web.mx import MxLookup
from workers.companies.providers import build_company_providers
from workers.core.exit_containment import refuse_to_handlers
from workers.core.resources import Resources
from workers.geocoding.chain import build_chain
from workers.heatmaps.poi_provider import build_poi_provider
from workers.websites.fetcher import build_fetcher


def handler_timeouts(settings: Settings) -> Timeouts:
    """Return the Postgres timeouts of handlers and of the heartbeats that keep their leases."""
    return Timeouts(
        acquire_seconds=30.0,
        command_seconds=30.0,
        idle_transaction_seconds=settings.lease_seconds / 2,
        transaction_seconds=settings.lease_seconds,
    )


def open_resources(
    settings: Settings, pool: Pool, http: aiohttp.ClientSession, limiter: RateLimiter, redis: Redis
) -> Resources:
    """Open the configured providers. Raises ValueError for an unknown provider."""
    refuse_to_handlers(pool, "pool", "close", "terminate", "expire_connections")
    refuse_to_handlers(http, "http", "close", "detach")
    refuse_to_handlers(http.connector, "http.connector", "close")
    resources = Resources(
        settings,
        pool,
        http,
        build_chain(settings, http, limiter, pool),
        build_fetcher(settings, pool),
        MxLookup(enabled=settings.mx_lookups),
        build_company_providers(settings, http, redis, limiter),
        Webhooks(settings.user_agent, NetworkPolicy(settings.fetch_allow)),
        places=build_poi_provider(settings, http, limiter),
    )
    for shared, name in (
        (resources, "resources"),
        (resources.fetcher, "fetcher"),
        (resources.webhooks, "webhooks"),
        (resources.company_providers, "company_providers"),
    ):
        refuse_to_handlers(shared, name, "close")
    return resources
