"""The composition root of the API process, served as `uvicorn --factory app.main:create`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
import structlog
from redis.asyncio import Redis
from starlette.applications import Starlette

from app import logs, metrics
from app.db.core.connect import Timeouts, open_pool
from app.db.core.disk_probe import DiskCheck
from app.db.core.notifications import Changes
from app.db.core.startup import retry_until_available
from app.db.jobs import queues
from app.dispatch import Dispatcher
from app.domain.text.server_urls import mask_url
from app.queue.redis_overrides import open_connections
from app.queue.sender import Sender
from app.settings import Settings, load
from app.storage.uploads_fault import UploadsCheck, report_uploads_fault
from app.variables import InvalidSettings
from app.version import VERSION
from app.web.accounts.access_watch import AccessWatch
from app.web.accounts.key_lookup import forget_callers
from app.web.accounts.rate_limit import KeyRateLimit
from app.web.application import Application
from app.web.contract import openapi
from app.web.dashboard.routes import PAGES
from app.web.dashboard.wiring import build_live_updates
from app.web.http.open_requests import OpenRequests
from app.web.http.problems import EXCEPTION_HANDLERS
from app.web.http.stored_responses import StoredResponses
from app.web.jobs.pending_limit import PendingLimit
from app.web.jobs.together import Together
from app.web.platform import Platform
from app.web.routes import ROUTES
from providers.rate_limit import RedisRateLimiter
from providers.web import normalise_url
from workers import registry
from workers.configuration import load_kinds
from workers.core.inline import InlineProcessor
from workers.core.kinds import Kind
from workers.core.lag import LoopLag
from workers.core.process_tuning import tune_api_process
from workers.geocoding.request_geocoder import RequestGeocoder
from workers.providers import handler_timeouts, open_resources
from workers.websites.place_search import build_search

log = structlog.get_logger(__name__)

API_TIMEOUTS = Timeouts(
    acquire_seconds=1.5, command_seconds=3.0, idle_transaction_seconds=5.0, turn_seconds=3.5, is_for_requests=True
)
"""How long each part of a request waits for Postgres; all of them together end with the request's TimeLimit. Requests
that wait for their turn when Postgres turns out to be unreachable do not wait any longer."""

STARTING_SECONDS = 2.0
"""How long the start waits for Postgres. After that, requests get a 503 until Postgres is available."""


def build_document() -> dict[str, Any]:
    """Return the OpenAPI document of an installation without kinds of its own."""
    return openapi.build(ROUTES, {kind: loaded.spec for kind, loaded in registry.load().items()}, VERSION)


def load_settings(settings: Settings | None = None) -> tuple[Settings, dict[str, Kind]]:
    """Return the checked settings, by default those of the environment, and all kinds of jobs; configures logging.

    Ends the process with one line for each problem.
    """
    try:
        settings = settings or load()
        logs.configure(settings.log_level, json=settings.log_json)
        return settings, load_kinds(settings, for_worker=False)
    except InvalidSettings as error:
        raise SystemExit(str(error)) from None


def create(settings: Settings | None = None) -> Application:
    """Create the application. Without `settings`, they are read from the environment."""
    settings, kinds = load_settings(settings)
    specs = {kind: loaded.spec for kind, loaded in kinds.items()}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pool = await open_pool(
            settings.database_url,
            size=settings.api_connections,
            name="trigpoint api",
            timeouts=API_TIMEOUTS,
            reserved=1,  # for health checks, which must not wait behind requests
            has_statement_cache=settings.statement_cache,
        )
        work = await open_pool(
            settings.database_url,
            size=settings.worker_connections,
            name="trigpoint requests",
            timeouts=handler_timeouts(settings),
            has_statement_cache=settings.statement_cache,
        )
        sender = Sender(settings.redis_url, settings.queue_prefix)
        changes = Changes(settings.listen_url or settings.database_url)
        dispatcher = Dispatcher(pool, sender)
        declaring = asyncio.create_task(
            retry_until_available(
                pool,
                mask_url(settings.database_url),
                partial(queues.declare, queues=[settings.queue(spec.queue) for spec in specs.values()]),
            )
        )
        await asyncio.wait({declaring}, timeout=STARTING_SECONDS)
        if declaring.done():
            app.start_refusal = str(declaring.exception() or "")
            declaring.result()
        declaring.add_done_callback(_stop_if_refused)
        checking = [asyncio.create_task(sender.keep_checking()), asyncio.create_task(LoopLag().measure())]
        metrics.set_component("api")
        await report_uploads_fault(settings.uploads_url)
        await changes.start()
        limits: Redis = Redis.from_pool(open_connections(settings.redis_url, retries=0))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            resources = open_resources(settings, work, http, RedisRateLimiter(limits), limits)
            single_jobs = Together(pool)
            access = AccessWatch(pool, changes, partial(forget_callers, app))
            app.state.platform = Platform(
                settings,
                pool,
                single_jobs,
                PendingLimit(settings.max_pending_jobs),
                OpenRequests(settings.max_open_requests, settings.max_open_requests_per_process),
                OpenRequests(settings.max_downloads, 0),
                StoredResponses(settings.max_idempotency_keys),
                specs,
                dispatcher,
                sender,
                changes,
                RequestGeocoder(pool, resources.geocoders),
                InlineProcessor(kinds, resources, dispatcher),
                build_search(settings, http, RedisRateLimiter(limits)),
                access,
                UploadsCheck(settings.uploads_url),
                DiskCheck(),
                normalise_url,
                resources.webhooks.check,
            )
            app.state.rate_limit = KeyRateLimit(
                settings.redis_url, settings.queue_prefix, settings.rate_limit_per_minute
            )
            app.state.live_updates = build_live_updates(app.state.platform)
            tune_api_process()
            yield
            declaring.cancel()
            for task in checking:
                task.cancel()
            await app.state.live_updates.close()
            await single_jobs.finish()
            await app.state.rate_limit.close()
        await resources.close()
        await limits.aclose()
        await changes.stop()
        await dispatcher.close()
        await sender.close()
        await work.close()
        await pool.close()

    app = Application(routes=[*ROUTES, *PAGES], exception_handlers=EXCEPTION_HANDLERS, lifespan=lifespan)
    app.access_log = settings.access_log
    return app


def _stop_if_refused(declaring: asyncio.Task[None]) -> None:
    """Stop the process if Postgres came up late and its schema does not fit."""
    if not declaring.cancelled() and (error := declaring.exception()) is not None:
        log.critical("start_refused", error=str(error))
        signal.raise_signal(signal.SIGTERM)
