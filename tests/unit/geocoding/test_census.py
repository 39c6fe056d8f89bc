"""The Census geocoder's batches: rows in any order and length, and what one of them means."""

from __future__ import annotations

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import Unavailable
from providers.geocoding.base import Location, Query
from providers.geocoding.census import Census, matched
from providers.geocoding.confidence import Match
from tests.servers.addresses import query_of, sample
from tests.unit.geocoding.cases import running

QUERY = Query("4600 Silver Hill Rd", "Washington", state="DC", postcode="20233")
HIT = (
    '"{id}","4600 Silver Hill Rd, Washington, DC, 20233","Match","{exact}","4600 SILVER HILL RD, WASHINGTON, DC, 20233"'
)
POINT = ',"-76.92744,38.845985","76355984","L"\n'


async def read(queries: list[Query], body: str) -> list[object]:
    async with running("census") as it:
        assert isinstance(it.geocoder, Census)
        return [*it.geocoder.read_batch(queries, body.encode("latin-1"))]


async def test_rows_are_joined_by_their_numbers() -> None:
    other = Query("1 Nowhere Rd", "Washington", state="DC")
    body = (
        '"2","1 Nowhere Rd, Washington, DC, ","Tie"\n'
        + HIT.format(id=1, exact="Non_Exact")
        + POINT
        + '"0","1 Nowhere Rd, Washington, DC, ","No_Match"\n'
    )
    nothing, location, tie = await read([other, QUERY, other], body)
    assert nothing is None and tie is None
    assert isinstance(location, Location)
    assert (location.latitude, location.longitude) == (38.845985, -76.92744)
    assert (location.accuracy, location.confidence) == (Accuracy.INTERPOLATED, 0.765)
    assert location.matched_address == "4600 SILVER HILL RD, WASHINGTON, DC, 20233"


async def test_an_exact_match_is_worth_the_base() -> None:
    [location] = await read([QUERY], HIT.format(id=0, exact="Exact") + POINT)
    assert isinstance(location, Location) and location.confidence == 0.85


async def test_a_missing_row_is_an_error_of_that_row() -> None:
    location, missing = await read([QUERY, QUERY], HIT.format(id=0, exact="Exact") + POINT)
    assert isinstance(location, Location)
    assert isinstance(missing, Unavailable) and "without this address" in str(missing)


@pytest.mark.parametrize("point", ["", ',"-76.9"', ',"north,east"', ',"-76.9,138.8"'])
async def test_a_garbled_row_spoils_no_other(point: str) -> None:
    broken, location = await read(
        [QUERY, QUERY], HIT.format(id=0, exact="Exact") + f"{point}\n" + HIT.format(id=1, exact="Exact") + POINT
    )
    assert isinstance(broken, Unavailable) and isinstance(location, Location)


@pytest.mark.parametrize("body", ["", "<html><body>Sorry</body></html>", '"9","x","Match"\n', "\x00\n"])
async def test_a_response_without_any_row_is_garbled(body: str) -> None:
    with pytest.raises(Unavailable, match="garbled"):
        await read([QUERY], body)


async def test_letters_beyond_latin_are_sent_as_well_as_can_be() -> None:
    async with running("census") as it:
        queries = [Query("108 Pe\u00f1a\nBlvd", "Anchorage", state="AK"), Query("1 \u4e2d St", "Anchorage", state="AK")]
        assert await it.geocoder.geocode_batch([*queries, query_of(sample(1)[0])], 5) != []
        assert isinstance(it.geocoder, Census)
        body = it.geocoder.batch_request(queries, 5).body
    assert body is not None
    assert b"0,108 Pe\xf1a Blvd,Anchorage,AK,\r\n1,1 ? St,Anchorage,AK,\r\n" in body


@pytest.mark.parametrize(
    ("query", "known"),
    [
        (Query("1 Main St", "Anchorage", state="AK"), True),
        (Query("1 Main St", postcode="99501"), True),
        (Query("1 Main St", "Anchorage"), False),
        (Query(city="Anchorage", state="AK"), False),
        (Query("1 Main St", "Helsinki", postcode="00100", country="fi"), False),
    ],
)
async def test_addresses_outside_the_us_are_not_requested(query: Query, known: bool) -> None:
    async with running("census") as it:
        await it.geocoder.geocode(query, 5)
        assert bool(it.server.arrivals) is known


@pytest.mark.parametrize(
    ("address", "match"),
    [
        ("12 1/2 MAIN ST, ANCHORAGE, AK, 99501", Match("12", "1/2 MAIN ST", ("ANCHORAGE",), "AK", "99501")),
        ("MAIN ST, ANCHORAGE, AK, ", Match(None, "MAIN ST", ("ANCHORAGE",), "AK", None)),
        ("somewhere", Match()),
        (None, Match()),
    ],
)
def test_the_parts_of_a_matched_address(address: object, match: Match) -> None:
    assert matched(address) == match
