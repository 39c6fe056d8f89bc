"""Actions on the rows of data pages: they ask with the number affected, and do what the REST interface does."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from tests.integration.dashboard.conftest import Page, Visitor


async def act(visitor: Visitor, path: str, action: str, *ids: str, confirmed: bool = True, **more: str) -> Page:
    fields = [("csrf", await visitor.token("/keys")), ("action", action), *(("ids", id_) for id_ in ids)]
    fields += [*more.items(), *([("confirmed", "yes")] if confirmed else [])]
    async with visitor.session.post(path, data=fields, allow_redirects=False) as response:
        location = response.headers.get("location", "")
        return Page(response.status, await response.text(), dict(response.headers), location)


async def message_of(visitor: Visitor, page: Page) -> str:
    """The message on the page that an action leads to."""
    assert page.status == 303, page.text
    found = re.search(r'<p class="flash (\w+)" role="status">([^<]*)</p>', (await visitor.get(page.location)).text)
    assert found is not None
    return unescape(f"{found[1]}: {found[2]}")


@pytest.fixture
async def households(client: aiohttp.ClientSession, db_pool: Pool) -> list[str]:
    rows = [{"id": f"h-{n}", "address": f"{n} Main St", "city": "Concord", "state": "CA"} for n in range(5)]
    async with client.post("/api/v1/households", json=rows) as response:
        assert response.status == 201
    return [str(row["id"]) for row in await db_pool.fetch("SELECT id FROM households ORDER BY external_id")]


@pytest.fixture
async def companies(client: aiohttp.ClientSession) -> list[str]:
    ids = []
    for n in range(3):
        async with client.post("/api/v1/companies", json={"externalId": f"c-{n}", "name": f"Firm {n}"}) as response:
            assert response.status in (200, 201), await response.text()
            ids.append((await response.json())["id"])
    return ids


async def test_an_action_asks_first_and_states_the_number(user: Visitor, households: list[str], db_pool: Pool) -> None:
    for ids, words in ((households[:1], "1 household"), (households[:3], "3 households")):
        asking = await act(user, "/households", "geocode", *ids, confirmed=False)
        assert asking.status == 200
        assert f"Geocode {words} again?" in asking.text
    matching = await act(user, "/households?q=main", "geocode", confirmed=False, all="1")
    assert "Geocode 5 households again?" in matching.text
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0


async def test_geocoding_again(user: Visitor, households: list[str], db_pool: Pool) -> None:
    done = await act(user, "/households", "geocode", *households[:2])
    assert await message_of(user, done) == "good: Geocoding job created for 2 households."
    job = await db_pool.fetchrow("SELECT id, data FROM jobs")
    assert job is not None
    assert done.location == f"/jobs/{job['id']}"
    data = orjson.loads(job["data"])
    assert (data["householdIds"], data["skipGeocoded"], data["useCache"]) == (households[:2], False, False)
    assert f'href="/households?job={job["id"]}"' in (await user.get(done.location)).text


async def test_what_cannot_be_done(user: Visitor, households: list[str], companies: list[str], db_pool: Pool) -> None:
    refused: list[tuple[str, dict[str, Any], list[str], str]] = [
        ("/households", {}, [], "No households selected. Select at least one first."),
        ("/households", {"all": "1"}, [], "Choose a filter first. An action cannot apply to all rows at once."),
        ("/households?q=nothing", {"all": "1"}, [], "No households match."),
        ("/households", {}, ["1; DROP"], "The form has an id that is none. Reload the list and select the rows again."),
    ]
    for path, more, ids, message in refused:
        assert await message_of(user, await act(user, path, "geocode", *ids, **more)) == f"bad: {message}"
    assert (await act(user, "/households", "explode", *households)).status == 400
    assert (await act(user, "/companies", "delete", *companies)).status == 403
    assert (await act(user, "/signals", "delete", "x")).status == 405, "signals have no actions"
    many = await act(user, "/companies", "research", *companies * 7)
    assert await message_of(user, many) == "bad: Select at most 20 companies."
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0
    assert await db_pool.fetchval("SELECT count(*) FROM companies") == 3


async def test_actions_on_companies(admin: Visitor, companies: list[str], db_pool: Pool) -> None:
    done = await act(admin, "/companies", "score", *companies)
    assert done.location.startswith("/jobs/")
    assert await message_of(admin, await act(admin, "/companies", "detect", *companies)) == "good: 3 jobs were created."
    kinds = [row["kind"] for row in await db_pool.fetch("SELECT kind FROM jobs ORDER BY kind")]
    assert kinds == ["lead_scoring", *["signal_detection"] * 3]
    busy = await act(admin, "/companies", "delete", companies[0])
    assert "still running" in await message_of(admin, busy)
    await db_pool.execute("DELETE FROM jobs")
    gone = await act(admin, "/companies?q=Firm", "delete", all="1")
    assert await message_of(admin, gone) == "good: 3 companies were deleted."
    assert await db_pool.fetchval("SELECT count(*) FROM companies") == 0


async def test_businesses_without_a_website_are_left_out(
    client: aiohttp.ClientSession, admin: Visitor, db_pool: Pool
) -> None:
    rows = [{"name": "With", "website": "with.example", "city": "Reno"}, {"name": "Without", "city": "Reno"}]
    async with client.post("/api/v1/businesses", json=rows) as response:
        assert response.status == 201, await response.text()
    await db_pool.execute("DELETE FROM jobs")
    done = await act(admin, "/businesses?city=reno", "contacts", all="1")
    assert (
        await message_of(admin, done) == "good: 2 jobs were created. 1 without a website, or excluded, were left out."
    )
    kinds = [row["kind"] for row in await db_pool.fetch("SELECT kind FROM jobs ORDER BY kind")]
    assert kinds == ["email_scraping", "social_scraping"]
    lonely = await act(admin, "/businesses?website=none", "check", all="1")
    assert "None of these businesses has a website" in await message_of(admin, lonely)


async def test_excluding_businesses_and_lifting_that(
    client: aiohttp.ClientSession, admin: Visitor, user: Visitor, db_pool: Pool
) -> None:
    rows = [{"name": "With", "website": "with.example", "city": "Reno"}, {"name": "Without", "city": "Reno"}]
    async with client.post("/api/v1/businesses", json=rows) as response:
        assert response.status == 201, await response.text()
    done = await act(admin, "/businesses?city=reno", "exclude", all="1")
    assert await message_of(admin, done) == "good: 2 excluded, with all businesses of the same domain or name."
    assert await db_pool.fetchval("SELECT count(*) FROM businesses WHERE excluded_by IS NOT NULL") == 2
    page = (await user.get("/exclusions")).text
    assert "with.example" in page
    ids = [str(row["id"]) for row in await db_pool.fetch("SELECT id FROM business_exclusions")]
    refused = await act(user, "/exclusions", "lift", *ids)
    assert await message_of(user, refused) == (
        "bad: An administrator made this exclusion. Ask an administrator to lift it."
    )
    lifted = await act(admin, "/exclusions", "lift", *ids)
    assert await message_of(admin, lifted) == "good: 2 exclusions were lifted."
    assert await db_pool.fetchval("SELECT count(*) FROM businesses WHERE excluded_by IS NOT NULL") == 0


async def test_a_household_is_corrected_on_its_page(user: Visitor, households: list[str], db_pool: Pool) -> None:
    page = f"/households/{households[0]}"
    fields = {"address": "99 Elm St", "city": "Concord", "state": "Atlantis", "zipCode": "94520", "country": "us"}
    refused = await user.post(f"{page}/address", **fields)
    assert refused.status == 422
    assert 'value="99 Elm St"' in refused.text  # the input is kept
    assert re.search(r'name="state"[^>]* aria-invalid="true"[^>]* autofocus', refused.text)
    saved = await user.post(f"{page}/address", **(fields | {"state": "CA"}), then="geocode")
    assert (saved.status, saved.location) == (303, page)
    shown = (await user.get(page)).text
    assert "99 Elm St" in shown and "Address corrected" in shown and "0 Main St" in shown
    job = await db_pool.fetchrow("SELECT id, data FROM jobs")
    assert job is not None and orjson.loads(job["data"])["householdIds"] == [households[0]]
    assert f'data-live-job="/live/jobs/{job["id"]}"' in shown


async def test_a_household_is_placed_on_its_page(user: Visitor, households: list[str], db_pool: Pool) -> None:
    page = f"/households/{households[0]}"
    refused = await user.post(f"{page}/location", latitude="north", longitude="-122.5")
    assert refused.status == 422 and 'value="north"' in refused.text and 'value="-122.5"' in refused.text
    saved = await user.post(f"{page}/location", latitude="37,9", longitude="-122.5")
    assert (saved.status, saved.location) == (303, page)
    row = await db_pool.fetchrow("SELECT latitude, longitude FROM households WHERE id = $1::uuid", households[0])
    assert row is not None and tuple(row) == (37.9, -122.5)
    assert "A person set its position." in (await user.get(page)).text
