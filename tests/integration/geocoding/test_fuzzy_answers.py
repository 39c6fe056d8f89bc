"""A server that answers with something like the address: the file says what it is, and what differs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.settings import ProviderSettings, Settings
from tests.integration.geocoding.test_file import geocoded, output

ANSWERS: Mapping[str, tuple[str, str, str, str]] = {
    "71 Rockdale St": ("71", "Rockdale Street", "Braintree", "02184"),
    "27 Saint Lukes Rd": ("27", "Sandy Way", "Weymouth", "02190"),
    "100 E Main St": ("100", "West Main Street", "Boston", "02108"),
    "12 Oak Ln": ("12", "Elm Street", "Boston", "02108"),
    "123 1/2 Oak St": ("123", "Oak Street", "Boston", "02108"),
    "123 1/2 Pine St": ("123 1/2", "Pine Street", "Boston", "02108"),
    "PO Box 12": ("12", "Box Street", "Boston", "02108"),
}
FILE = b"""id,address,city,state,zip
1,71 Rockdale St,Mattapan,MA,02126
2,27 Saint Lukes Rd,Allston,MA,02134
3,100 E Main St,Boston,MA,02108
4,12 Oak Ln,Boston,MA,02108
5,123 1/2 Oak St,Boston,MA,02108
6,123 1/2 Pine St,Boston,MA,02108
7,PO Box 12,Boston,MA,02108
8,N/A,Boston,MA,02108
9,-,Boston,MA,02108
"""


async def search(request: web.Request) -> web.Response:
    found = ANSWERS.get(request.query.get("street", ""))
    if found is None:
        return web.json_response([])
    number, road, city, postcode = found
    address = {"house_number": number, "road": road, "city": city, "postcode": postcode, "state": "Massachusetts"}
    place = {
        "lat": "42.0", "lon": "-71.0", "place_rank": 30, "type": "house", "osm_type": "node", "importance": 0.3,
        "display_name": f"{number}, {road}, {city}", "address": {"country_code": "us", **address},
    }  # fmt: skip
    return web.json_response([place])


@pytest.fixture
async def settings(settings: Settings) -> AsyncIterator[Settings]:
    app = web.Application()
    app.router.add_get("/search", search)
    async with TestServer(app) as server:
        providers = {"nominatim": ProviderSettings(url=str(server.make_url("")).rstrip("/"))}
        yield settings.model_copy(update={"geocoders": ("nominatim", "offline"), "providers": providers})


async def test_a_file(settings: Settings, client: aiohttp.ClientSession) -> None:
    _, *rows = await output(client, await geocoded(client, settings, FILE))
    assert [(row[0], row[7], row[9], row[11]) for row in rows] == [
        ("1", "postcode", "offline", ""),
        ("2", "postcode", "offline", ""),
        ("3", "street", "nominatim", "nominatim found another direction"),
        ("4", "postcode", "offline", ""),
        ("5", "interpolated", "nominatim", "nominatim found another house number"),
        ("6", "rooftop", "nominatim", ""),
        ("7", "postcode", "offline", ""),
        ("8", "postcode", "offline", "address was left out: it holds 'N/A', which stands for no value"),
        ("9", "postcode", "offline", "address was left out: it holds '-', which stands for no value"),
    ]
