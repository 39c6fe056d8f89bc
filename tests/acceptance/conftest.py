"""Platforms and providers that tests share: `world` stays healthy, `place` may be killed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import aiohttp
import pytest

from tests import harness
from tests.acceptance.commands import Provider, Up, environment
from tests.acceptance.geocoding.loaded import addresses, geocode, household, load

LOCATIONIQ_KEY = "pk.that-nobody-may-ever-read"
MISSING_STATE = "VT"
"""Where Nominatim knows nothing."""


@dataclass(frozen=True)
class World:
    """A platform whose chain is Nominatim, LocationIQ, offline."""

    up: Up
    nominatim: Provider
    locationiq: Provider


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ExitStack() as stack:
        nominatim = stack.enter_context(closing(Provider("tests.acceptance.geocoding.patchy", MISSING_STATE)))
        locationiq = stack.enter_context(closing(Provider("tests.servers", "--locationiq", "--key", LOCATIONIQ_KEY)))
        env = environment(
            TRIGPOINT_ADMIN_KEY=harness.ADMIN_KEY,
            TRIGPOINT_LOG_LEVEL="DEBUG",
            TRIGPOINT_FETCH_ALLOW="127.0.0.0/8",
            TRIGPOINT_FETCH_GAP_SECONDS="0",
            TRIGPOINT_MX_LOOKUPS="false",
            TRIGPOINT_PROVIDERS__NOMINATIM__URL=nominatim.url,
            TRIGPOINT_PROVIDERS__LOCATIONIQ__URL=locationiq.url,
            TRIGPOINT_PROVIDERS__LOCATIONIQ__KEY=LOCATIONIQ_KEY,
        )
        up = stack.enter_context(closing(Up(tmp_path_factory.mktemp("world") / "data", env)))
        yield World(up.start(), nominatim, locationiq)


@pytest.fixture
async def admin(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """The administrator's session with the shared platform, whose providers are well."""
    async with harness.session(world.up.url, harness.ADMIN_KEY) as client:
        await mend(world, client)
        yield client


async def mend(world: World, client: aiohttp.ClientSession) -> None:
    """Repair the providers, and wait until the worker uses them again: it skips providers that failed too often."""
    for name, provider in (("nominatim", world.nominatim), ("locationiq", world.locationiq)):
        await provider.behave()
        if provider.failed:
            await load(client, name, [household(one) for one in addresses(1, outside=MISSING_STATE)])

            async def answers(name: str = name) -> bool:
                done = await geocode(client, name, providerId=name, useFallback=False, skipGeocoded=False)
                return not done.errors

            await harness.eventually(answers)
            provider.failed = False


@dataclass(frozen=True)
class Office:
    """An installation that researches companies, with a model, a company's site and somewhere to send signals."""

    up: Up
    llm: Provider
    site: Provider


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with ExitStack() as stack:
        llm = stack.enter_context(closing(Provider("tests.servers.llm")))
        site = stack.enter_context(closing(Provider("tests.servers.site")))
        env = environment(
            TRIGPOINT_ADMIN_KEY=harness.ADMIN_KEY,
            TRIGPOINT_LLM_URL=llm.url,
            TRIGPOINT_LLM_MODEL="stand-in-1",
            TRIGPOINT_LLM_CONCURRENCY="2",
            TRIGPOINT_FETCH_ALLOW="127.0.0.0/8",
            TRIGPOINT_FETCH_GAP_SECONDS="0",
            TRIGPOINT_LEASE_SECONDS="2",
            WORKER_POLL_INTERVAL="300",
        )
        up = stack.enter_context(closing(Up(tmp_path_factory.mktemp("office") / "data", env)))
        yield Office(up.start(), llm, site)


@pytest.fixture
async def boss(office: Office) -> AsyncIterator[aiohttp.ClientSession]:
    """The administrator's session with the office, whose model replies at once."""
    await office.llm.behave()
    async with harness.session(office.up.url, harness.ADMIN_KEY) as client:
        yield client


@dataclass(frozen=True)
class Place:
    """An installation that tests may damage, and its only geocoder."""

    up: Up
    nominatim: Provider


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        nominatim = stack.enter_context(closing(Provider("tests.servers", "--nominatim")))
        env = environment(
            TRIGPOINT_ADMIN_KEY=harness.ADMIN_KEY,
            TRIGPOINT_GEOCODERS="nominatim",
            TRIGPOINT_PROVIDERS__NOMINATIM__URL=nominatim.url,
            TRIGPOINT_LEASE_SECONDS="2",
            WORKER_POLL_INTERVAL="300",
        )
        up = stack.enter_context(closing(Up(tmp_path_factory.mktemp("place") / "data", env)))
        yield Place(up.start(), nominatim)
