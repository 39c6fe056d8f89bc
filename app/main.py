"""The API process: its composition root, served as `uvicorn --factory app.main:create`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import structlog
from redis.asyncio import Redis
from starlette.applications import Starlette

from app import logs
from app.db.core.notifications import Changes
from app.db.core.pool import TRY_AGAIN, Patience, Pool, open_pool
from app.db.jobs import queues
from app.dispatch import Dispatcher
from app.domain.companies.lead_scores import check_weights
from app.domain.jobs.spec import QueueSpec
from app.queue import Sender
from app.settings import Settings, load
from app.web.dashboard.routes import PAGES
from app.web.dashboard.wiring import open_feed
from app.web.http.problems import HANDLERS
from app.web.platform import Platform
from app.web.routes import ROUTES
from providers.rate_limit import RedisRateLimiter
from providers.web import normalise
from workers import registry
from workers.core.inline import InRequest
from workers.core.resources import open_resources, patience
from workers.geocoding.lookup import DirectGeocoder
from workers.websites.place_search import build_search

API_PATIENCE = Patience(acquire=1.5, command=3.0, idle_transaction=5.0)
"""So that a request is answered, if with 503, within five seconds."""

STARTING_SECONDS = 2.0
"""How long a start waits for Postgres; after that requests are answered, with 503, until it is there."""

log = structlog.get_logger("trigpoint.api")


async def _declare(pool: Pool, specs: Sequence[QueueSpec]) -> None:
    """Write the queues, as soon as Postgres is there."""
    while True:
        try:
            async with pool.acquire() as conn, conn.transaction():
                return await queues.declare(conn, specs)
        except TRY_AGAIN as error:
            log.warning("waiting for Postgres", error=repr(error))
            await asyncio.sleep(0.5)


def create(settings: Settings | None = None) -> Starlette:
    """The application; without settings those of the environment."""
    settings = settings or load()
    logs.configure(settings.log_level, json=settings.log_json)
    check_weights(settings.scoring_weights, settings.scoring_half_lives)
    kinds = registry.load(settings.extra_kinds)
    specs = {kind: loaded.spec for kind, loaded in kinds.items()}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        pool = await open_pool(
            settings.database_url, size=settings.api_connections, name="trigpoint api", patience=API_PATIENCE
        )
        work = await open_pool(
            settings.database_url,
            size=settings.worker_connections,
            name="trigpoint requests",
            patience=patience(settings),
        )
        sender = Sender(settings.redis_url, settings.queue_prefix)
        changes = Changes(settings.database_url)
        dispatcher = Dispatcher(pool, sender)
        declaring = asyncio.create_task(_declare(pool, [settings.queue(spec.queue) for spec in specs.values()]))
        await asyncio.wait({declaring}, timeout=STARTING_SECONDS)
        if declaring.done():
            declaring.result()
        await changes.start()
        limits: Redis = Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=3)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            resources = open_resources(settings, work, http, RedisRateLimiter(limits), limits)
            app.state.platform = Platform(
                settings,
                pool,
                specs,
                dispatcher,
                sender,
                changes,
                DirectGeocoder(pool, resources.geocoders),
                InRequest(kinds, resources, dispatcher),
                build_search(settings, http, RedisRateLimiter(limits)),
                normalise,
            )
            app.state.feed = open_feed(app, app.state.platform)
            yield
            declaring.cancel()
            await app.state.feed.close()
        await resources.close()
        await limits.aclose()
        await changes.stop()
        await dispatcher.close()
        await sender.close()
        await work.close()
        await pool.close()

    return Starlette(routes=[*ROUTES, *PAGES], exception_handlers=HANDLERS, lifespan=lifespan)
