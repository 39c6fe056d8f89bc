"""Loading households and reading them over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from app.db.core import pages
from app.db.core.pool import Connection, Pool
from app.db.households import locations
from app.db.households import records as households
from app.db.households.locations import HouseholdLocation
from app.domain.geocoding.places import GeocodedPlace
from app.domain.households.filters import HouseholdFilters
from app.domain.vocabulary.accuracy import Accuracy
from tests.integration.households.calls import call

HOUSEHOLDS = "/api/v1/households"
FOUND = GeocodedPlace(
    37.9, -122.0, Accuracy.ROOFTOP, 0.9, "offline", "1 Main St, Concord, CA 94520", 0.7, "© everybody"
)
ROWS: list[dict[str, Any]] = [
    {"id": "1", "address": "1 Main St", "city": "Concord", "state": "CA", "zip": "94520", "county": "Contra Costa"},
    {
        "id": "2",
        "address": "2 Main St",
        "city": "CONCORD",
        "state": "California",
        "zip": "94520-1234",
        "precinct": "P2",
    },
    {"id": "3", "address": "3 Elm St", "city": "Boston", "state": "MA", "zip": 2134, "county": "Suffolk"},
    {
        "id": "4",
        "address": "Mannerheimintie 5",
        "city": "Helsinki",
        "state": "Uusimaa",
        "zip": "00100",
        "country": "FI",
    },
]


async def load(client: aiohttp.ClientSession, rows: Any, query: str = "", status: int = 201) -> dict[str, Any]:
    response = await call(client, "POST", HOUSEHOLDS + query, json=rows)
    assert response.status == status, response.raw
    body: dict[str, Any] = response.json
    return body


async def load_csv(client: aiohttp.ClientSession, text: str, query: str = "", status: int = 201) -> dict[str, Any]:
    response = await call(client, "POST", HOUSEHOLDS + query, data=text.encode(), headers={"Content-Type": "text/csv"})
    assert response.status == status, response.raw
    body: dict[str, Any] = response.json
    return body


async def find(client: aiohttp.ClientSession, **query: str) -> list[str]:
    response = await call(client, "GET", HOUSEHOLDS, params=query)
    assert response.status == 200, response.raw
    return [row["externalId"] for row in response.json["households"]]


async def one(client: aiohttp.ClientSession, external_id: str) -> dict[str, Any]:
    [row] = ((await call(client, "GET", HOUSEHOLDS, params={"externalId": external_id})).json)["households"]
    household: dict[str, Any] = row
    return household


async def locate(pool: Pool, external_id: str) -> None:
    """Geocode the household, as a worker would."""
    async with pool.acquire() as conn, conn.transaction():
        row = await conn.fetchrow("SELECT id, updated_at FROM households WHERE external_id = $1", external_id)
        assert row is not None
        place = HouseholdLocation(row["id"], row["updated_at"], FOUND)
        assert await locations.update(conn, [place], UUID(int=1)) == {row["id"]}


async def test_a_household_as_it_is_read(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await load(client, [{**ROWS[0], "address": "1 Main St Apt 4"}])
    household = await one(client, "1")
    household_id = household.pop("id")
    assert household == {
        "externalId": "1",
        "address": "1 Main St",
        "unit": "Apt 4",
        "city": "Concord",
        "state": "CA",
        "zipCode": "94520",
        "country": "us",
        "county": "Contra Costa",
        "precinctNumber": None,
        "latitude": None,
        "longitude": None,
        "geocoded": False,
        "geocodedAt": None,
        "geocodingProvider": None,
        "accuracy": None,
        "confidence": None,
        "matchedAddress": None,
        "rawScore": None,
        "attribution": None,
        "expectedErrorMetres": None,
    }
    await locate(db_pool, "1")
    response = await call(client, "GET", f"{HOUSEHOLDS}/{household_id}")
    located = response.json
    assert (located["latitude"], located["longitude"], located["geocoded"]) == (37.9, -122.0, True)
    assert (located["geocodingProvider"], located["accuracy"], located["confidence"]) == ("offline", "rooftop", 0.9)
    assert (located["matchedAddress"], located["rawScore"]) == (FOUND.matched_address, FOUND.raw_score)
    assert located["geocodedAt"].endswith("Z") and located["attribution"] == FOUND.attribution
    assert (await call(client, "GET", f"{HOUSEHOLDS}/{uuid4()}")).status == 404
    assert (await call(client, "GET", f"{HOUSEHOLDS}/1")).status == 404


async def test_created_updated_unchanged(client: aiohttp.ClientSession) -> None:
    first = await load(client, ROWS)
    assert (first["created"], first["updated"], first["unchanged"], first["total"]) == (4, 0, 0, 4)
    changed = [ROWS[0], {**ROWS[1], "precinct": "P3"}, *ROWS[2:], {"id": "5", "address": "5 Main St"}]
    second = await load(client, {"households": changed})
    assert (second["created"], second["updated"], second["unchanged"]) == (1, 1, 3)
    assert (await one(client, "2"))["precinctNumber"] == "P3"


async def test_a_moved_household_loses_its_coordinates(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await load(client, ROWS)
    for external_id in ("1", "2"):
        await locate(db_pool, external_id)
    await load(client, [{**ROWS[0], "address": "100 Main St"}, {**ROWS[1], "unit": "7", "county": "Contra Costa"}])
    moved, stayed = await one(client, "1"), await one(client, "2")
    assert (moved["geocoded"], moved["latitude"], moved["accuracy"], moved["geocodedAt"]) == (False, None, None, None)
    assert (stayed["geocoded"], stayed["latitude"], stayed["unit"]) == (True, 37.9, "7")


async def test_a_late_result_for_a_former_address_is_not_stored(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await load(client, ROWS[:1])
    async with db_pool.acquire() as conn:
        [row] = await locations.list_batch(conn, HouseholdFilters(city="concord"), True, limit=10)
        await load(client, [{**ROWS[0], "address": "100 Main St"}])
        place = HouseholdLocation(row.id, row.updated_at, FOUND)
        assert await locations.update(conn, [place], UUID(int=1)) == set()
    assert (await one(client, "1"))["geocoded"] is False


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"city": "concord"}, ["1", "2"]),
        ({"state": "ca"}, ["1", "2"]),
        ({"state": "California"}, ["1", "2"]),
        ({"state": "uusimaa"}, ["4"]),
        ({"zipCode": "94520"}, ["1", "2"]),
        ({"zipCode": "94520-1234"}, ["2"]),
        ({"zipCode": "02134"}, ["3"]),
        ({"county": "SUFFOLK"}, ["3"]),
        ({"precinctNumber": "P2"}, ["2"]),
        ({"city": "Concord", "precinctNumber": "P2"}, ["2"]),
        ({"city": "Concord", "state": "MA"}, []),
        ({"geocoded": "true"}, ["3"]),
        ({"geocoded": "false", "city": "Boston"}, []),
        ({"externalId": "4"}, ["4"]),
        ({"limit": "2", "offset": "1"}, ["2", "3"]),
        ({}, ["1", "2", "3", "4"]),
    ],
)
async def test_filters(client: aiohttp.ClientSession, db_pool: Pool, query: dict[str, str], found: list[str]) -> None:
    await load(client, ROWS)
    await locate(db_pool, "3")
    assert await find(client, **query) == found
    if "limit" not in query:
        assert ((await call(client, "GET", HOUSEHOLDS, params=query)).json)["total"] == len(found)


async def test_cursors(client: aiohttp.ClientSession) -> None:
    rows = [{"id": str(n), "address": f"{n} Main St", "city": "Concord"} for n in range(5)]
    await load(client, rows)
    await load(client, [{"id": "elsewhere", "address": "1 Elm St", "city": "Boston"}])
    seen, query = [], {"city": "concord", "limit": "2"}
    while True:
        page = (await call(client, "GET", HOUSEHOLDS, params=query)).json
        seen += [row["externalId"] for row in page["households"]]
        assert page["totalIsEstimate"] is False and page["total"] == (5 if len(seen) < 4 else 6)
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
        if len(seen) == 2:
            await load(client, [{"id": "5", "address": "5 Main St", "city": "Concord"}])
    assert seen == ["0", "1", "2", "3", "4", "5"]
    assert (await call(client, "GET", HOUSEHOLDS, params={"cursor": "2"})).status == 422


async def test_a_high_total_is_an_estimate(
    client: aiohttp.ClientSession, db_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(client, [{"id": str(n), "address": f"{n} Main St"} for n in range(50)])
    await db_pool.execute("ANALYZE households")
    monkeypatch.setattr(pages, "MAX_COUNTED", 10)
    page = (await call(client, "GET", HOUSEHOLDS, params={"limit": 1})).json
    assert (page["total"], page["totalIsEstimate"]) == (50, True)
    page = (await call(client, "GET", HOUSEHOLDS, params={"limit": 1, "externalId": "7"})).json
    assert (page["total"], page["totalIsEstimate"], page["nextCursor"]) == (1, False, None)


async def test_good_lines_are_kept_and_bad_ones_reported(client: aiohttp.ClientSession) -> None:
    text = (
        "id,address,city,state,zip,country,colour\na,1 Main St,Concord,CA,94520,us,red\n"
        "b,2 Main St,Concord,CA,94520,Atlantis,blue\nc,3 Main St,Concord,XX,1,USA,green\n"
    )
    answer = await load_csv(client, text)
    assert (answer["created"], answer["rejected"], answer["total"]) == (2, 1, 3)
    assert [(e["line"], e["field"], e["externalId"]) for e in answer["errors"]] == [(3, "country", "b")]
    assert [(e["line"], e["field"], e["externalId"]) for e in answer["warnings"]] == [
        (4, "state", "c"),
        (4, "zipCode", "c"),
    ]
    assert answer["ignoredFields"] == ["colour"]
    assert await find(client) == ["a", "c"]


async def test_a_value_that_json_cannot_hold_costs_its_own_line(client: aiohttp.ClientSession) -> None:
    good = b'{"externalId":18446744073709551615,"address":"1 Main St","city":"Raleigh","state":"NC"}'
    bad = [
        b'{"externalId":18446744073709551617,"address":"2 Main St"}',
        b'{"address":"3 Main St","x":' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"address":"4 Main \\u0000 St"}',
        b'{"address":"5 Main St",' + b",".join(b'"f%d":0' % number for number in range(1_001)) + b"}",
    ]
    body = b"[" + b",".join([bad[0], good, *bad[1:]]) + b"]"
    answer = await call(client, "POST", "/api/v1/households", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.json["created"], answer.json["rejected"]) == (201, 1, 4)
    assert [(error["line"], error["error"]) for error in answer.json["errors"]] == [
        (1, "The integer 18446744073709551617 does not fit into 64 bits. Send it as text, in quotes."),
        (3, "The JSON is nested more than 64 levels deep."),
        (4, "address must not contain the character U+0000"),
        (5, "has 1,002 members; an object may have 1,000"),
    ]
    (stored,) = (await call(client, "GET", "/api/v1/households")).json["households"]
    assert stored["externalId"] == "18446744073709551615"


async def test_strict_keeps_all_or_none(client: aiohttp.ClientSession) -> None:
    text = "id,address,state\na,1 Main St,CA\nb,2 Main St,XX\n"
    answer = await load_csv(client, text, "?strict=true", 422)
    message = "is not a US state or territory, by code or name"
    assert answer["errors"] == [{"line": 3, "field": "state", "message": message, "error": message, "externalId": "b"}]
    assert (answer["rejected"], answer["total"]) == (1, 2)
    assert await find(client) == []
    assert (await load_csv(client, "id,address\na,1 Main St\n", "?strict=true"))["created"] == 1


async def test_two_lines_with_one_id(client: aiohttp.ClientSession) -> None:
    answer = await load_csv(client, "id,address\na,1 Main St\na,2 Main St\n")
    assert (answer["created"], answer["duplicates"], answer["total"]) == (1, 1, 2)
    assert (await one(client, "a"))["address"] == "2 Main St"


async def test_csv_that_cannot_be_read(client: aiohttp.ClientSession) -> None:
    for text in ("", "colour\nred\n", '"id,address\n1,1 Main St\n'):
        assert "error" in await load_csv(client, text, status=400)
    answer = await load_csv(client, 'id,address\na,"1 Main St\nb,2 Main\0 St\nc,3 Main St\n')
    assert (answer["created"], answer["rejected"]) == (1, 2)


async def test_other_bodies(client: aiohttp.ClientSession) -> None:
    await load(client, {"rows": []}, status=400)
    await load(client, 7, status=400)
    assert (await load(client, []))["total"] == 0
    response = await call(client, "POST", HOUSEHOLDS, data=b"a", headers={"Content-Type": "application/xml"})
    assert response.status == 415
    assert (await call(client, "POST", HOUSEHOLDS + "?strct=true", json=[])).status == 400


async def test_ten_thousand_and_one_more(client: aiohttp.ClientSession) -> None:
    rows = [{"id": str(n), "address": f"{n} Main St", "city": "Concord", "state": "CA"} for n in range(10_001)]
    too_many = await load(client, rows, status=413)
    assert "10,000" in too_many["error"] and "Split" in too_many["error"]
    lines = "\n".join(f"{row['id']},{row['address']}" for row in rows)
    assert "header" in (await load_csv(client, f"id,address\n{lines}\n", status=413))["error"]
    assert (await load(client, rows[:10_000]))["created"] == 10_000
    assert (await load(client, rows[:10_000]))["unchanged"] == 10_000


async def test_a_load_sent_again_is_not_loaded_again(client: aiohttp.ClientSession) -> None:
    rows = [{"address": "1 Main St"}]
    headers = {"Idempotency-Key": "load-1"}
    first = await call(client, "POST", HOUSEHOLDS, json=rows, headers=headers)
    again = await call(client, "POST", HOUSEHOLDS, json=rows, headers=headers)
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(await find(client)) == 1


async def test_loads_of_the_same_households_meet(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    rows = [{"id": str(n), "address": f"{n} Main St"} for n in range(300)]
    await load(client, rows[:150])
    orders = (rows, rows[::-1], rows[100:] + rows[:100])
    answers = await asyncio.gather(*(load(client, order) for order in orders))
    assert sum(answer["created"] for answer in answers) == 150
    assert await db_pool.fetchval("SELECT count(*) FROM households") == 300


async def test_everybody_shares_households(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    await load(user_client, ROWS)
    assert len(await find(client)) == 4


async def test_a_batch_continues_by_id(db_pool: Pool, client: aiohttp.ClientSession) -> None:
    await load(client, [{"id": str(n), "address": f"{n} Main St", "city": "Concord"} for n in range(7)])
    filters = HouseholdFilters(city="Concord")
    async with db_pool.acquire() as conn:
        until = await locations.get_last_id(conn, filters, True)
        await load(client, [{"id": "late", "address": "9 Main St", "city": "Concord"}])
        seen, after = [], None
        while rows := await locations.list_batch(conn, filters, True, after=after, until=until, limit=3):
            seen += [row.address.street for row in rows]
            after = rows[-1].id
        assert seen == [f"{n} Main St" for n in range(7)]
        assert await locations.count(conn, filters, True) == 8
        assert await locations.count(conn, filters, True, limit=5) == 5
    await locate(db_pool, "0")
    async with db_pool.acquire() as conn:
        assert await locations.count(conn, filters, True) == 7
        assert await locations.count(conn, filters, False) == 8
        assert await locations.get_last_id(conn, HouseholdFilters(city="Nowhere"), True) is None


class Explaining:
    """A connection that keeps the plan of what it runs."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.plans: list[str] = []

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        self.plans.append("\n".join(row[0] for row in await self.conn.fetch(f"EXPLAIN {sql}", *args)))
        return await self.conn.fetch(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        [row] = await self.fetch(sql, *args)
        return row[0]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.conn, name)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (HouseholdFilters(city="City 7"), "households_city_idx"),
        (HouseholdFilters(state="State 7"), "households_state_idx"),
        (HouseholdFilters(zip_code="10007"), "households_zip_code_idx"),
        (HouseholdFilters(zip_code="10007-1234"), "households_zip_code_idx"),
        (HouseholdFilters(county="County 7"), "households_county_idx"),
        (HouseholdFilters(precinct_number="7"), "households_precinct_idx"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.model_dump(exclude_none=True)),
)
async def test_every_filter_finds_its_index(db_pool: Pool, filters: HouseholdFilters, index: str) -> None:
    async with db_pool.acquire() as conn:
        await conn.execute(
            """INSERT INTO households (id, address, city, state, zip_code, county, precinct_number, country)
               SELECT gen_random_uuid(), n || ' Main St', 'City ' || n % 500, 'State ' || n % 500,
                      (10000 + n % 500)::text, 'County ' || n % 500, (n % 500)::text, 'us'
               FROM generate_series(1, 20000) AS n"""
        )
        await conn.execute("ANALYZE households")
        explaining: Any = Explaining(conn)
        await locations.list_batch(explaining, filters, True, limit=100)
        await locations.count(explaining, filters, True)
        await households.list_page(explaining, filters, geocoded=None, external_id=None, limit=50, offset=0)
    assert len(explaining.plans) == 4
    assert all(index in plan for plan in explaining.plans), explaining.plans
