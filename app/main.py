"""The API process: its composition root, served as `uvicorn --factory app.main:create`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from redis.asyncio import Redis
from starlette.applications import Starlette

from app import logs
from app.db import queues
from app.db.changes import Changes
from app.db.pool import Patience, open_pool
from app.dispatch import Dispatcher
from app.queue import Sender
from app.settings import Settings, load
from app.web.platform import Platform
from app.web.problems import HANDLERS
from app.web.routes import ROUTES
from providers.geocoding.registry import discover
from providers.rate_limit import RedisRateLimiter
from providers.web import normalise
from workers import registry
from workers.geocoding.chain import build_chain
from workers.geocoding.direct import DirectGeocoder

API_PATIENCE = Patience(acquire=1.5, command=3.0, idle_transaction=5.0)
"""So that a request is answered, if with 503, within five seconds."""


def create(settings: Settings | None = None) -> Starlette:
    """The application; without settings those of the environment."""
    settings = settings or load()
    logs.configure(settings.log_level, json=settings.log_json)
    specs = {kind: loaded.spec for kind, loaded in registry.load(settings.extra_kinds).items()}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        pool = await open_pool(
            settings.database_url, size=settings.api_connections, name="trigpoint api", patience=API_PATIENCE
        )
        sender = Sender(settings.redis_url, settings.queue_prefix)
        changes = Changes(settings.database_url)
        dispatcher = Dispatcher(pool, sender)
        async with pool.acquire() as conn, conn.transaction():
            await queues.declare(conn, (settings.queue(spec.queue) for spec in specs.values()))
        await changes.start()
        limits: Redis = Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=3)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            geocoder = DirectGeocoder(pool, build_chain(settings, http, RedisRateLimiter(limits)))
            names = frozenset(discover())
            app.state.platform = Platform(
                settings, pool, specs, dispatcher, sender, changes, names, geocoder, normalise
            )
            yield
        await limits.aclose()
        await changes.stop()
        await dispatcher.close()
        await sender.close()
        await pool.close()

    return Starlette(routes=ROUTES, exception_handlers=HANDLERS, lifespan=lifespan)
