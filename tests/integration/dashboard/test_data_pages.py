"""Data pages on a database: rows, orders, filters, plans on many rows, downloads, and what others may see."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from uuid import UUID

import aiohttp
import openpyxl
import orjson
import pytest

from app.db.core import table_views
from app.db.core.pool import Connection, Pool
from app.db.core.table_views import Choice, TableView
from app.settings import Settings
from app.web.dashboard.core.data_page import DataPage
from app.web.dashboard.routes import DATA_PAGES
from tests import harness
from tests.integration.dashboard.conftest import Visitor

ROWS = 10_000
MANY = {
    "households": """
        INSERT INTO households (id, external_id, address, city, state, zip_code, county, precinct_number, country,
                                latitude, longitude, geocoded, accuracy, confidence, geocoding_provider, geocoded_job)
        SELECT gen_random_uuid(), 'h-' || n, n || ' ' || md5(n::text) || ' St', 'City ' || n % 500, 'S' || n % 50,
               lpad((n % 900)::text, 5, '0'), 'County ' || n % 90, (n % 700)::text, 'us',
               CASE WHEN n % 10 > 0 THEN 40 END, CASE WHEN n % 10 > 0 THEN -100 END, n % 10 > 0,
               CASE WHEN n % 1000 = 1 THEN 'region' WHEN n % 10 > 0 THEN 'rooftop' END,
               CASE WHEN n % 10 > 0 THEN (n % 100) / 100.0 END,
               CASE WHEN n % 2000 = 3 THEN 'rare' WHEN n % 10 > 0 THEN 'census' END,
               CASE WHEN n % 3000 = 5 THEN $2::uuid END
        FROM generate_series(1, $1) AS n""",
    "businesses": """
        INSERT INTO businesses (id, key, source, name, website, domain, city, state, country, website_status,
                                website_checked_at, created_by)
        SELECT gen_random_uuid(), 'k' || n, CASE WHEN n % 2000 = 3 THEN 'rare' ELSE 'csv' END, md5(n::text) || ' Ltd',
               'https://b' || n || '.example/', 'b' || n || '.example', 'City ' || n % 500, 'S' || n % 50, 'us',
               CASE WHEN n % 1000 = 1 THEN 'parked' WHEN n % 3 > 0 THEN 'ok' END,
               CASE WHEN n % 1000 = 1 OR n % 3 > 0 THEN now() - n * interval '1 s' END,
               (SELECT id FROM users WHERE $2::uuid IS NOT NULL LIMIT 1)
        FROM generate_series(1, $1) AS n""",
    "companies": """
        INSERT INTO companies (id, external_id, name, website, score, created_by)
        SELECT gen_random_uuid(), 'c-' || n, md5(n::text) || ' Inc', 'https://c' || n || '.example/',
               CASE WHEN n % 3 > 0 THEN n % 100 END, (SELECT id FROM users WHERE $2::uuid IS NOT NULL LIMIT 1)
        FROM generate_series(1, $1) AS n""",
    "signals": """
        WITH source AS (INSERT INTO source_texts (sha256, text) VALUES ('x', 'x'))
        INSERT INTO signals (id, company_id, kind, fingerprint, title, quote, url, sha256, strength, job_id,
                             detected_at)
        SELECT gen_random_uuid(), c.id, CASE WHEN c.score = 7 THEN 'leadership' ELSE 'hiring' END, 'f',
               md5(c.name), 'q', 'https://x.example/', 'x', 0.5,
               CASE WHEN c.external_id = 'c-99' THEN $2::uuid ELSE gen_random_uuid() END,
               now() - (row_number() OVER ()) * interval '1 s'
        FROM companies AS c LIMIT $1""",
    "research_reports": """
        INSERT INTO research_reports (id, company_id, job_id, created_by, status, model, company, gathered,
                                      completed_at)
        SELECT gen_random_uuid(), c.id, gen_random_uuid(), c.created_by,
               CASE WHEN c.score = 7 THEN 'partial' ELSE 'complete' END, 'm', '{}', '{}', now()
        FROM companies AS c WHERE $2::uuid IS NOT NULL LIMIT $1""",
    "business_exclusions": """
        INSERT INTO business_exclusions (id, by, value, created_by)
        SELECT gen_random_uuid(), 'domain', md5(n::text), (SELECT id FROM users WHERE $2::uuid IS NOT NULL LIMIT 1)
        FROM generate_series(1, $1) AS n""",
    "voters": """
        WITH runs AS (INSERT INTO import_runs (run, kind, source, columns, file_name, created_by)
                      SELECT $2, 'voter_import', 'nc', '{}', 'f', id FROM users LIMIT 1)
        INSERT INTO voters (source, record_id, protected, last_name, first_name, row_hash, run, retired_at,
                            household_id)
        SELECT CASE WHEN n % 2000 = 3 THEN 'rare' ELSE 'nc' END, n::text, n % 1000 = 1,
               CASE WHEN n % 1000 <> 1 THEN md5(n::text) END, CASE WHEN n % 1000 <> 1 THEN 'Ana' END,
               gen_random_uuid(), CASE WHEN n % 3000 = 5 THEN $2 ELSE gen_random_uuid() END,
               CASE WHEN n % 1000 = 2 THEN now() END,
               CASE WHEN n % 1000 <> 1 THEN md5((n / 2)::text)::uuid END
        FROM generate_series(1, $1) AS n""",
    "parcels": """
        INSERT INTO parcels (source, record_id, address, geometry, latitude, longitude, area_m2, row_hash, run,
                             retired_at)
        SELECT CASE WHEN n % 2000 = 3 THEN 'rare' ELSE 'nc' END, n::text, md5(n::text),
               CASE WHEN n % 1000 > 0 THEN 'x'::bytea END, CASE WHEN n % 1000 > 0 THEN 40 END,
               CASE WHEN n % 1000 > 0 THEN -100 END, CASE WHEN n % 1000 > 0 THEN 9 END, gen_random_uuid(),
               CASE WHEN n % 3000 = 5 THEN $2 ELSE gen_random_uuid() END, CASE WHEN n % 1000 = 2 THEN now() END
        FROM generate_series(1, $1) AS n""",
    "pois": """
        INSERT INTO pois (source, record_id, name, category, latitude, longitude, row_hash, run, retired_at)
        SELECT CASE WHEN n % 2000 = 3 THEN 'rare' ELSE 'nc' END, n::text, md5(n::text),
               CASE WHEN n % 2000 = 3 THEN 'rare' ELSE 'cafe' END, 40, -100, gen_random_uuid(),
               CASE WHEN n % 3000 = 5 THEN $2 ELSE gen_random_uuid() END, CASE WHEN n % 1000 = 2 THEN now() END
        FROM generate_series(1, $1) AS n""",
}
JOB = UUID(int=7)
MAIN_TABLES = {page.path: page.view.source.split()[0] for page in DATA_PAGES}
PAGES = {page.path: page for page in DATA_PAGES}


@pytest.fixture
async def many(db_pool: Pool, admin_id: UUID) -> AsyncIterator[Connection]:
    """A connection to a database with ROWS rows in each table."""
    async with db_pool.acquire() as conn:
        for statement in MANY.values():
            await conn.execute(statement, ROWS, JOB)
        await conn.execute("ANALYZE")
        yield conn


VALUES = {
    "job": str(JOB), "company": str(UUID(int=9)), "household": str(UUID(int=5)), "city": "city 7", "state": "s7",
    "zip": "00007", "county": "county 7", "precinct": "7",
}  # fmt: skip
"""A value of each facet without choices; of the others there is one that is rare."""
RARE = {"region", "area", "rare", "leadership", "trouble", "parked", "protected", "retired", "shapeless", "partial"}


def values_of(page: DataPage, facet: str) -> list[str]:
    return list(page.view.facets[facet].choices) or [VALUES.get(facet, "rare")]


async def read_all(conn: Connection, view: TableView, choice: Choice, size: int) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    after = None
    while True:
        rows = await table_views.list_rows(conn, view, [], choice, UUID(int=0), after=after, limit=size)
        found += [row.id for row in rows]
        if len(rows) < size:
            return found
        after = rows[-1].place


async def test_every_order_shows_every_row_once(many: Connection) -> None:
    """Also with values that are missing, and with equal ones across the border of a page."""
    for page in DATA_PAGES:
        for order in page.orders:
            found = await read_all(many, page.view, Choice(order), 3_001)
            assert len(found) == len(set(found)) == ROWS, (page.path, order)
        wildcards = Choice(next(iter(page.orders)), {}, "%%%")
        assert await read_all(many, page.view, wildcards, 100) == [], page.path
    await check_filters_and_counts(many)
    await check_order_of_confidence(many)


async def test_no_page_reads_the_whole_table(many: Connection) -> None:
    """Neither the first page nor one far behind, in any order and with any filter of which there are few rows."""
    for page in DATA_PAGES:
        table = MAIN_TABLES[page.path]
        for choice in choices(page):
            rows = await table_views.list_rows(many, page.view, [], choice, UUID(int=0), limit=50)
            for after in (None, rows[-1].place if rows else None):
                sql, args = table_views.page_statement(page.view, [], choice, UUID(int=0), after, 51)
                [plan] = await explain(many, sql, args)
                for node in nodes(plan):
                    is_read = node.get("Relation Name") == table and node["Node Type"] == "Seq Scan"
                    assert not is_read, (page.path, choice, orjson.dumps(plan, option=orjson.OPT_INDENT_2).decode())
                    is_sorted = node["Node Type"] == "Sort" and node["Plan Rows"] > ROWS / 2
                    assert not is_sorted, (page.path, choice)


def choices(page: DataPage) -> list[Choice]:
    """Every order, and every filter and search that selects few rows."""
    first = next(iter(page.orders))
    few = [
        Choice(first, {facet.name: value})
        for facet in page.facets
        for value in values_of(page, facet.name)
        if value in RARE or facet.name in VALUES
    ]
    return [*(Choice(order) for order in page.orders), *few, Choice(first, {}, "c4ca4238")]


async def explain(conn: Connection, sql: str, args: list[Any]) -> list[dict[str, Any]]:
    async with conn.transaction():
        # as for a table that is much larger than these: reading all of it costs more than jumping along an index
        await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL seq_page_cost = 50")
        text: str = await conn.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *args)
    return [entry["Plan"] for entry in orjson.loads(text)]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


async def check_filters_and_counts(many: Connection) -> None:
    view = PAGES["/households"].view
    counts = await table_views.count_choices(many, view, Choice("newest"), UUID(int=0), "location")
    assert counts in ({"exact": 8_990, "street": 0, "area": 10, "none": 1_000}, None)  # None if counting takes long
    for value, rows in (("exact", 8_990), ("area", 10), ("none", 1_000)):
        assert len(await read_all(many, view, Choice("newest", {"location": value}), 10_000)) == rows
    assert len(await read_all(many, view, Choice("uncertain", {"city": "CITY 7", "state": "s7"}), 100)) == 20
    assert await table_views.list_menu(many, view, "provider", UUID(int=0)) == ["census", "rare"]
    assert len(await read_all(many, view, Choice("newest", {}, "h-77"), 100)) == 1
    assert len(await read_all(many, view, Choice("newest", {"job": str(JOB)}), 100)) == 4


async def check_order_of_confidence(many: Connection) -> None:
    """The least certain come first, those without coordinates last."""
    view = PAGES["/households"].view
    first = await table_views.list_rows(many, view, ["confidence"], Choice("uncertain"), UUID(int=0), limit=400)
    assert [row.values["confidence"] for row in first] == sorted(row.values["confidence"] for row in first)
    ids = await read_all(many, view, Choice("uncertain"), 10_000)
    last = await many.fetchval("SELECT confidence FROM households WHERE id = $1", UUID(ids[-1][0]))
    assert last is None


async def load(client: aiohttp.ClientSession) -> None:
    households = [
        {"id": "=1+1", "address": "1 Main St", "city": "Concord", "state": "CA"},
        {"id": "h-2", "address": "2 Main St", "city": "Reno", "state": "NV"},
        {"id": "h-3", "address": "3 Elm St", "city": "Concord", "state": "CA"},
    ]
    async with client.post("/api/v1/households", json=households) as response:
        assert response.status == 201


async def test_the_page_of_households(client: aiohttp.ClientSession, user: Visitor) -> None:
    empty = await user.get("/households")
    assert empty.status == 200
    assert "No households yet" in empty.text
    await load(client)
    page = await user.get("/households?city=concord&q=main")
    assert page.status == 200
    assert "1 Main St" in page.text
    assert "2 Main St" not in page.text
    assert "3 Elm St" not in page.text
    assert "Not on the map" in page.text
    nothing = await user.get("/households?q=nothing+like+it")
    assert "No matching households" in nothing.text
    for wrong in ("location=x", "sort=x", "after=x", "job=x"):
        assert (await user.get(f"/households?{wrong}")).status == 400, wrong


async def test_downloads_have_the_filters_of_the_page(client: aiohttp.ClientSession, user: Visitor) -> None:
    await load(client)
    text = (await user.get("/households/export?city=concord&format=csv")).text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["address"] for row in rows] == ["3 Elm St", "1 Main St"]
    assert rows[1]["external_id"] == "'=1+1", "a spreadsheet would calculate it"
    features = orjson.loads((await user.get("/households/export?city=concord&format=geojson")).text)["features"]
    assert [feature["properties"]["address"] for feature in features] == ["3 Elm St", "1 Main St"]
    async with user.session.get("/households/export?q=main&format=xlsx") as response:
        book = openpyxl.load_workbook(io.BytesIO(await response.read()))
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["address", "2 Main St", "1 Main St"]
    assert (await user.get("/households/export?format=exe")).status == 400
    assert (await user.get("/signals/export?format=geojson")).status == 400, "signals have no coordinates"


@pytest.mark.parametrize("page", DATA_PAGES, ids=lambda page: page.path)
async def test_every_page_and_download(page: DataPage, user: Visitor) -> None:
    everything = "&".join(f"col={column.name}" for column in page.columns)
    for order in page.orders:
        assert (await user.get(f"{page.path}?{everything}&sort={order}")).status == 200
    for format in page.formats:
        async with user.session.get(f"{page.path}/export?format={format}") as response:
            assert response.status == 200
    for facet in page.facets:
        for value in values_of(page, facet.name):
            assert (await user.get(f"{page.path}?{facet.name}={value}")).status == 200
    if page.has_details:
        for path in (f"{page.path}/{UUID(int=1)}", f"{page.path}/record?id=a&id=b", f"{page.path}/record?id=%00"):
            assert (await user.get(path)).status in (400, 404), path


async def test_only_those_who_are_signed_in_see_data(client: aiohttp.ClientSession, url: str) -> None:
    async with aiohttp.ClientSession(url) as session:
        for page in DATA_PAGES:
            record = "record?id=a&id=b" if len(page.view.id) > 1 else str(UUID(int=1))
            for path in (page.path, f"{page.path}/export", *([f"{page.path}/{record}"] if page.has_details else [])):
                async with session.get(path, allow_redirects=False) as response:
                    assert (response.status, response.headers["location"][:6]) == (303, "/login"), path


async def load_voters(client: aiohttp.ClientSession, settings: Settings) -> str:
    """Import voters of whom two are confidential; returns the job."""
    text = (
        "id,last_name,first_name,address,city,state,zip,confidential\n"
        "1,Smith,Ann,1 Main St,Reno,NV,89501,no\n2,Secret,Sue,2 Hidden Rd,Reno,NV,89501,yes\n"
        "3,O'Neill,Zoë,3 Elm St,Reno,NV,89501,no\n4,Secret,Sam,2 Hidden Rd,Reno,NV,89501,yes\n"
    )
    form = aiohttp.FormData()
    form.add_field("file", text.encode(), filename="voters.csv")
    async with client.post("/api/v1/voters/import", data=form) as response:
        assert response.status == 202, await response.text()
        job_id = str((await response.json())["jobId"])
    async with harness.worker(settings):
        done = await harness.follow(client, job_id)
    assert done["status"] == "completed", done
    return job_id


async def test_protected_voters_are_masked(client: aiohttp.ClientSession, user: Visitor, settings: Settings) -> None:
    """In the table, the record and downloads, whatever columns are asked for."""
    job_id = await load_voters(client, settings)
    [page] = [page for page in DATA_PAGES if page.path == "/voters"]
    everything = "&".join(f"col={column.name}" for column in page.columns)
    shown = await user.get(f"/voters?{everything}&job={job_id}")
    assert shown.text.count("Protected voter") == 2
    assert "Zoë O&#39;Neill" in shown.text
    assert job_id not in shown.text.replace(f"job={job_id}", "").replace(f'value="{job_id}"', ""), "another user's job"
    [record] = re.findall(r'href="(/voters/record[^"]*)"[^>]*>Zoë', shown.text)
    texts = [
        shown.text,
        (await user.get("/voters?record=protected")).text,
        (await user.get("/voters/export")).text,
    ]
    masked = re.findall(r'href="(/voters/record[^"]*)"', (await user.get("/voters?record=protected")).text)
    assert masked == [], "the address would name the record"
    for text in texts:
        assert not re.search("Sue|Sam|Hidden|Secret", text), text
    assert "No matching voters" in (await user.get("/voters?q=secret")).text
    assert "Zoë" in (await user.get(unescape(record))).text


async def test_links_between_a_job_and_its_records(
    client: aiohttp.ClientSession, admin: Visitor, settings: Settings
) -> None:
    job_id = await load_voters(client, settings)
    assert f'href="/voters?job={job_id}"' in (await admin.get(f"/jobs/{job_id}")).text
    voters = (await admin.get(f"/voters?job={job_id}&col=job")).text
    assert "Ann Smith" in voters
    assert f'href="/jobs/{job_id}"' in voters
    households = (await admin.get("/households?q=main")).text
    [household] = re.findall(r'href="(/households/[0-9a-f-]+)"', households)
    page = (await admin.get(household)).text
    assert f'href="/jobs/{job_id}"' in page
    [voters_of_it] = re.findall(r'href="(/voters\?household=[0-9a-f-]+)"', page)
    assert "Ann Smith" in (await admin.get(voters_of_it)).text
