"""Paths from a goal: what they count, and the jobs that they start."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from app.web.dashboard.jobs.goals import GOALS
from tests.integration.dashboard.conftest import Visitor


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that leads to `action`, but for the token."""
    form = page[page.index(f'action="{action}"') :]
    form = form[: form.index("</form>")]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


async def load(client: aiohttp.ClientSession, path: str, rows: Any) -> None:
    async with client.post(path, json=rows) as response:
        assert response.status in (200, 201, 202), await response.text()


@pytest.mark.parametrize("goal", GOALS)
async def test_every_path_is_reached_from_the_page_of_new_jobs(user: Visitor, goal: str) -> None:
    assert f'href="/start/{goal}"' in (await user.get("/new")).text
    assert (await user.get(f"/start/{goal}")).status == 200


async def test_unknown_goals_and_long_fields(user: Visitor) -> None:
    assert (await user.get("/start/anything")).status == 404
    assert (await user.get(f"/start/map?city={'x' * 201}")).status == 400


async def test_households_of_a_filter_are_put_on_the_map(
    client: aiohttp.ClientSession, user: Visitor, db_pool: Pool
) -> None:
    cities = ("Concord", "Concord", "Reno")
    rows = [{"id": f"{n}", "address": f"{n} Main St", "city": city} for n, city in enumerate(cities)]
    await load(client, "/api/v1/households", rows)
    unfiltered = (await user.get("/start/map")).text
    assert "3 households" in unfiltered and "Fill in at least one field" in unfiltered
    page = (await user.get("/start/map?city=concord")).text
    assert "2 households" in page and "There is no estimate" in page
    fields = hidden_fields(page, "/new/geocode_households")
    assert fields["filters.city"] == "concord"
    started = await user.send("/new/geocode_households", fields)
    assert started.status == 303, started.text
    data = orjson.loads(await db_pool.fetchval("SELECT data FROM jobs"))
    assert (data["filters"]["city"], data["limit"]) == ("concord", 2)


async def test_businesses_that_were_never_checked(client: aiohttp.ClientSession, user: Visitor, db_pool: Pool) -> None:
    for n in range(3):
        shop = {"name": f"Shop {n}", "website": f"https://shop-{n}.example/", "city": "Reno"}
        await load(client, "/api/v1/businesses", shop)
    await db_pool.execute("DELETE FROM jobs")
    await db_pool.execute(
        "UPDATE businesses SET website_status = 'ok', website_checked_at = now() WHERE name = 'Shop 0'"
    )
    page = (await user.get("/start/websites?city=Reno")).text
    assert "2 businesses" in page
    action = "/businesses?website=unchecked&amp;excluded=no&amp;city=Reno"
    fields = hidden_fields(page, action)
    await user.send(action.replace("&amp;", "&"), fields | {"confirmed": "yes"})
    assert await db_pool.fetchval("SELECT count(*) FROM jobs WHERE kind = 'website_validation'") == 2


async def test_nothing_is_offered_that_cannot_work(client: aiohttp.ClientSession, user: Visitor) -> None:
    await load(client, "/api/v1/companies", {"externalId": "acme", "name": "Acme Ltd"})
    page = (await user.get("/start/research?q=acme")).text
    assert "Acme Ltd" in page
    assert "TRIGPOINT_LLM_URL" in page and 'name="companyId" value' not in page


async def test_a_city_is_found_by_its_name(client: aiohttp.ClientSession, user: Visitor, db_pool: Pool) -> None:
    city = {"slug": "durham-nc", "name": "Durham", "south": 35.9, "west": -79.0, "north": 36.0, "east": -78.9}
    await db_pool.execute(
        "INSERT INTO cities (slug, name, south, west, north, east, source) VALUES ($1, $2, $3, $4, $5, $6, 'test')",
        *city.values(),
    )
    page = (await user.get("/start/heatmap?q=durh")).text
    assert re.search(r"Durham.*?\d+ cells", page, re.DOTALL)
    fields = hidden_fields(page, "/new/heatmap_compute")
    assert fields["citySlug"] == "durham-nc"
    assert (await user.send("/new/heatmap_compute", fields)).status == 303
