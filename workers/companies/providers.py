"""Builds the providers of jobs on companies from the settings: models, registers, directories and search."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from redis.asyncio import Redis

from app.settings import Settings
from providers.llm.asking import Client, Models
from providers.llm.base import Endpoint, Prices
from providers.llm.limits import RedisLimits
from providers.notify.mail import Mailer
from providers.places.google import GooglePlaces
from providers.rate_limit import RateLimiter
from providers.registers.companies_house import CompaniesHouse
from providers.search.brave import Brave
from providers.setup import ProviderConfig, Setup
from workers.core.resources import CompanyProviders
from workers.provider_configs import provider_configs


def build_company_providers(
    settings: Settings, session: aiohttp.ClientSession, redis: Redis, limiter: RateLimiter
) -> CompanyProviders:
    """Build the providers that are configured. The caller closes them."""
    agent = settings.user_agent
    house, brave = (settings.providers.get(name) for name in ("companies_house", "brave"))
    places = provider_configs(settings).get(GooglePlaces.name, ProviderConfig())
    return CompanyProviders(
        models=_models(settings, redis),
        registry=CompaniesHouse(session, limiter, key=house.key, url=house.url, user_agent=agent)
        if house and house.key
        else None,
        places=None
        if GooglePlaces.lacks(places)
        else GooglePlaces(Setup(places, session, limiter, agent, settings.contact)),
        search=Brave(session, limiter, key=brave.key, url=brave.url, user_agent=agent) if brave and brave.key else None,
        mailer=Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None,
    )


def _models(settings: Settings, redis: Redis) -> Models | None:
    endpoints = endpoints_of(settings)
    if not endpoints:
        return None
    from providers.llm.client import ChatClient  # which costs 40 MB: only where it is used

    clients: list[Client] = [ChatClient(endpoint, settings.user_agent) for endpoint in endpoints]
    return Models(clients, RedisLimits(redis, settings.llm_concurrency, settings.llm_tokens_per_minute))


def endpoints_of(settings: Settings) -> list[Endpoint]:
    """The models in the order in which they are asked."""
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
    """The address as the client wants it: with the version path, which is `/v1` where none is given."""
    url = url.rstrip("/").removesuffix("/chat/completions")
    return url if urlsplit(url).path else f"{url}/v1"
