"""Build the providers of jobs on companies from the settings: models, register, directory, search and mail."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from redis.asyncio import Redis

from app.settings import Settings
from providers.llm.base import Endpoint, Prices
from providers.llm.limits import RedisLimits
from providers.llm.models import ModelClient, Models
from providers.notify.mail import Mailer
from providers.places.google import GooglePlaces
from providers.rate_limit import RateLimiter
from providers.registers.companies_house import CompaniesHouse
from providers.search.brave import Brave, SearchEngine
from providers.setup import ProviderConfig, Setup
from workers.core.resources import CompanyProviders
from workers.provider_configs import provider_configs


def build_company_providers(
    settings: Settings, session: aiohttp.ClientSession, redis: Redis, limiter: RateLimiter
) -> CompanyProviders:
    """Build what the settings configure; the caller closes it. Raises ValueError for a bad TRIGPOINT_SMTP_URL."""
    return CompanyProviders(
        models=_models(settings, redis),
        register=_register(settings, session, limiter),
        places=_places(settings, session, limiter),
        search_engine=_search_engine(settings, session, limiter),
        mailer=Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None,
    )


def _register(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter) -> CompaniesHouse | None:
    config = settings.providers.get("companies_house")
    if config is None or not config.key:
        return None
    return CompaniesHouse(session, limiter, key=config.key, url=config.url, user_agent=settings.user_agent)


def _places(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter) -> GooglePlaces | None:
    config = provider_configs(settings).get(GooglePlaces.name, ProviderConfig())
    if GooglePlaces.lacks(config):
        return None
    return GooglePlaces(Setup(config, session, limiter, settings.user_agent, settings.contact))


def _search_engine(settings: Settings, session: aiohttp.ClientSession, limiter: RateLimiter) -> SearchEngine | None:
    config = settings.providers.get("brave")
    if config is None or not config.key:
        return None
    return Brave(session, limiter, key=config.key, url=config.url, user_agent=settings.user_agent)


def _models(settings: Settings, redis: Redis) -> Models | None:
    endpoints = llm_endpoints(settings)
    if not endpoints:
        return None
    from providers.llm.client import ChatClient  # imported here because it takes 40 MB

    clients: list[ModelClient] = [ChatClient(endpoint, settings.user_agent) for endpoint in endpoints]
    return Models(clients, RedisLimits(redis, settings.llm_concurrency, settings.llm_tokens_per_minute))


def llm_endpoints(settings: Settings) -> list[Endpoint]:
    """Return the configured models in the order in which they are asked."""
    prices = None
    if settings.llm_price_prompt is not None and settings.llm_price_completion is not None:
        prices = Prices(settings.llm_price_prompt, settings.llm_price_completion)
    given = (
        ("llm", settings.llm_url, settings.llm_model, settings.llm_key),
        ("llm-fallback", settings.llm_fallback_url, settings.llm_fallback_model, settings.llm_fallback_key),
    )
    return [
        Endpoint(name, _with_version(url), model, key, prices, settings.llm_timeout_seconds)
        for name, url, model, key in given
        if url and model
    ]


def _with_version(url: str) -> str:
    """Return the base URL of the API; `/v1` is added to a URL without a path."""
    url = url.rstrip("/").removesuffix("/chat/completions")
    return url if urlsplit(url).path else f"{url}/v1"
