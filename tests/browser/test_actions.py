"""Actions in a browser: create jobs by form, follow them, cancel, retry, pause queues, manage keys and schedules."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Page, Response, expect

from tests import harness, registers
from tests.browser.conftest import World, opened_page
from tests.browser.sample_data import post

pytestmark = pytest.mark.asyncio(loop_scope="session")

POINTS = b"id,name,category,lat,lon\n1,Shop,cafe,36.1,-78.9\n"
FILES = {
    "voter_import": ("voters.txt", registers.delimited(registers.ohio(20), registers.OHIO_HEADER)),
    "parcel_import": ("parcels.geojson", registers.collection([registers.parcel(n) for n in range(5)])),
    "poi_import": ("points.csv", POINTS),
    "business_import": ("accounts.csv", b"company,city\nMiller,Bonn\n"),
    "geocode_file": ("people.csv", b"address,city,state,zip\n1226 Blossom Circle,Livermore,CA,94550\n"),
}


def is_map_data(response: Response) -> bool:
    return "/map/places" in response.url and "bbox" in response.url


async def status(page: Page, word: str) -> None:
    await expect(page.locator("#status-card .badge")).to_have_text(word, timeout=30_000)


async def test_signing_in_and_out(chromium: Browser, world: World) -> None:
    context = await chromium.new_context(base_url=world.url)
    page = await context.new_page()
    await page.goto("/queues")
    await expect(page).to_have_url(re.compile("/login"))
    await page.get_by_label("API key").fill("tp_wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("The API key is unknown")).to_be_visible()
    await page.get_by_label("API key").fill(harness.ADMIN_KEY)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Queues")).to_be_visible()
    cookie = next(cookie for cookie in await context.cookies() if cookie["name"] == "trigpoint_session")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    await page.get_by_role("button", name="Sign out").click()
    await page.goto("/")
    await expect(page).to_have_url(re.compile("/login"))
    await context.close()


@pytest.mark.parametrize("kind", FILES)
async def test_uploading_a_file_creates_a_job(page: Page, kind: str, tmp_path: Path) -> None:
    name, content = FILES[kind]
    file = tmp_path / name
    file.write_bytes(content)
    await page.goto(f"/new/{kind}")
    await page.locator("#file").set_input_files(file)
    await page.get_by_role("button", name="Create job").click()
    await page.wait_for_url(re.compile("/jobs/"))
    await status(page, "completed")
    await expect(page.locator("#result")).to_contain_text("As JSON")


async def test_a_bad_file_is_refused_with_the_reason(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "letter.csv"
    file.write_text("dear,sir\nhow,are you\n")
    await page.goto("/new/poi_import")
    await page.locator("#file").set_input_files(file)
    await page.get_by_role("button", name="Create job").click()
    await expect(page.locator("[data-upload-progress] .error")).to_contain_text("latitude")


async def test_geocoding_by_form(page: Page) -> None:
    await page.goto("/new/geocode_households")
    await page.get_by_role("button", name="Create job").click()
    await expect(page.get_by_role("alert")).to_contain_text("At least one filter must be provided")
    await page.get_by_label("Limit").fill("many")
    await page.get_by_label("State").fill("TX")
    await page.get_by_role("button", name="Create job").click()
    await expect(page.get_by_text("Limit must be a whole number")).to_be_visible()
    await page.get_by_label("Limit").fill("5")
    await page.get_by_label("Skip geocoded").select_option("no")
    await page.get_by_role("button", name="Create job").click()
    await page.wait_for_url(re.compile("/jobs/"))
    await status(page, "completed")
    await page.get_by_role("link", name="Duplicate").click()
    await expect(page.get_by_label("State")).to_have_value("TX")
    await expect(page.get_by_label("Skip geocoded")).to_have_value("false")


async def test_a_kind_without_a_route_of_its_own_by_form(page: Page) -> None:
    await page.goto("/new/scripted")
    await page.get_by_label("Steps").fill("3")
    await page.get_by_label("Items", exact=True).fill("7")
    await page.get_by_label("Result").fill('{"byColour": {"red": 3, "blue": 4}}')
    await page.get_by_role("button", name="Create job").click()
    await page.wait_for_url(re.compile("/jobs/"))
    await status(page, "completed")
    await expect(page.locator("#status-card")).to_contain_text("21 of 21")
    await expect(page.get_by_role("heading", name="By colour")).to_be_visible()


async def test_the_list_updates_live(page: Page, client: aiohttp.ClientSession) -> None:
    await page.goto("/jobs?type=scripted")
    await page.evaluate("window.untouched = true")
    made = await post(
        client, "/api/v1/jobs", {"type": "scripted", "data": {"steps": 4, "items": 2, "step_seconds": 0.3}}
    )
    other = await post(client, "/api/v1/jobs", {"type": "noop", "data": {}})
    row = page.locator(f"#job-{made['jobId']}")
    await expect(row).to_be_visible()
    await expect(row.locator(".badge")).to_have_text("processing")
    await expect(row.locator(".badge")).to_have_text("completed")
    await expect(row.locator(".count")).to_have_text("8 / 8")
    await expect(page.locator(f"#job-{other['jobId']}")).to_have_count(0)
    assert await page.evaluate("window.untouched")


async def test_new_rows_wait_while_someone_looks_at_the_list(page: Page, client: aiohttp.ClientSession) -> None:
    await page.goto("/jobs?type=scripted")
    first = page.locator("#rows input").first
    await first.check()
    made = [(await post(client, "/api/v1/jobs", {"type": "scripted", "data": {}}))["jobId"] for _ in range(2)]
    await expect(page.get_by_role("button", name="2 new jobs")).to_be_visible()
    await expect(page.locator(f"#job-{made[0]}")).to_have_count(0)
    await page.get_by_role("button", name="2 new jobs").click()
    for job_id in made:
        await expect(page.locator(f"#job-{job_id}")).to_be_visible()
    await expect(page.locator("[data-held]")).to_be_hidden()


async def test_a_list_of_one_status_drops_jobs_that_have_another(page: Page, client: aiohttp.ClientSession) -> None:
    await page.goto("/jobs?status=processing&type=scripted")
    body = {"type": "scripted", "data": {"steps": 10_000, "items": 1, "step_seconds": 0.2}}
    job_id = (await post(client, "/api/v1/jobs", body))["jobId"]
    row = page.locator(f"#job-{job_id}")
    await expect(row).to_be_visible()
    await post(client, f"/api/v1/jobs/{job_id}/cancel")
    await expect(row).to_have_count(0)


async def test_cancel_and_retry(page: Page, client: aiohttp.ClientSession) -> None:
    made = await post(client, "/api/v1/jobs", {"type": "noop", "data": {"seconds": 50}})
    await page.goto(f"/jobs/{made['jobId']}")
    await status(page, "processing")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Go back").click()
    await status(page, "processing")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Cancel job").click()
    await status(page, "cancelled")
    await expect(page.locator("#timeline")).to_contain_text("Cancelled")
    await page.get_by_role("button", name="Retry").click()
    await status(page, "processing")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Cancel job").click()
    await status(page, "cancelled")
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete job").click()
    await expect(page.get_by_text("Job deleted.")).to_be_visible()
    async with client.get("/api/v1/jobs", params={"type": "noop", "status": "cancelled"}) as response:
        assert made["jobId"] not in {job["id"] for job in (await response.json())["jobs"]}


async def test_bulk_delete(page: Page, client: aiohttp.ClientSession) -> None:
    body = [
        {"type": "scripted", "data": {"fail_attempts": 1, "permanent": True, "result": {"batch": n}}} for n in (7, 8)
    ]
    made = await post(client, "/api/v1/jobs", body)
    ids = [job["jobId"] for job in made["jobs"]]
    await page.goto("/jobs?status=failed")
    for job_id in ids:
        await page.locator(f"#job-{job_id} input").check()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await page.get_by_role("button", name="Delete jobs").click()
    await expect(page.get_by_role("status").first).to_have_text("2 of 2 jobs deleted.")
    for job_id in ids:
        async with client.get(f"/api/v1/jobs/{job_id}") as response:
            assert response.status == 404


async def test_pausing_and_limiting_a_queue(page: Page, client: aiohttp.ClientSession) -> None:
    await page.goto("/queues")
    card = page.locator("section.queue", has=page.locator("#q-scripted"))
    await card.get_by_role("button", name="Pause").click()
    await expect(card.locator(".badge")).to_have_text("paused")
    made = await post(client, "/api/v1/jobs", {"type": "scripted", "data": {"steps": 1}})
    await expect(card.locator(".tiles dd").first).to_have_text("1")
    await page.goto(f"/jobs/{made['jobId']}")
    await page.get_by_role("button", name="Run now").click()
    await status(page, "completed")
    await page.goto("/queues")
    await card.get_by_label("Concurrency").fill("3")
    await card.get_by_role("button", name="Save").click()
    await expect(card.locator(".queue-status")).to_contain_text("Concurrency 3")
    await card.get_by_role("button", name="Resume").click()
    await expect(card.locator(".badge")).to_have_text("running")
    await card.get_by_label("Concurrency").fill("")
    await card.get_by_role("button", name="Save").click()
    await expect(card.locator(".queue-status")).to_contain_text("Concurrency 5")


async def test_creating_running_and_deleting_a_schedule(page: Page) -> None:
    await page.goto("/schedules/new")
    await page.get_by_label("Name").fill("Every other moment")
    await page.get_by_label("Job kind").select_option("noop")
    await page.get_by_label("Cron expression").fill("nonsense")
    await page.get_by_role("button", name="Create schedule").click()
    await expect(page.get_by_role("alert")).to_contain_text("cron")
    await page.get_by_label("Cron expression").fill("0 4 * * 1")
    await page.get_by_role("button", name="Create schedule").click()
    row = page.locator("#schedules tr", has_text="Every other moment")
    await row.get_by_role("button", name="Run now").click()
    await page.wait_for_url(re.compile("/jobs/"))
    await status(page, "completed")
    await page.goto("/schedules")
    await row.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete schedule").click()
    await expect(row).to_have_count(0)


async def test_revoking_a_key_ends_its_session(page: Page, chromium: Browser, world: World) -> None:
    await page.goto("/keys")
    await page.get_by_label("Key name").fill("short-lived")
    await page.get_by_role("button", name="Create key").click()
    key = await page.locator(".secret").inner_text()
    async with opened_page(chromium, world, key=key) as other:
        await other.goto("/queues")
        row = page.locator("tr", has_text="short-lived")
        await row.get_by_role("button", name="Revoke").click()
        await page.get_by_role("button", name="Revoke key").click()
        await expect(row.locator(".badge")).to_have_text("revoked")
        await expect(other).to_have_url(re.compile("/login"))


async def test_sending_a_delivery_again(page: Page, client: aiohttp.ClientSession, world: World) -> None:
    path = f"/api/v1/webhooks/{world.ids['webhook']}/deliveries"

    async def cancelled() -> bool:
        async with client.get(path) as response:
            [delivery] = (await response.json())["deliveries"]
        async with client.post(f"/api/v1/jobs/{delivery['id']}/cancel") as response:
            return response.status == 200 or delivery["status"] in ("cancelled", "failed")

    await harness.eventually(cancelled)
    await page.goto("/webhooks")
    await page.get_by_role("link", name="https://hooks.invalid/trigpoint").click()
    row = page.locator("main tr", has_text="job.completed")
    await row.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("The delivery is sent again.")).to_be_visible()
    await expect(row.get_by_role("button", name="Send")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_map_shows_households_and_other_layers(chromium: Browser, world: World, width: int) -> None:
    async with opened_page(chromium, world, viewport={"width": width, "height": 800}) as page:
        async with page.expect_response(
            lambda response: "/map/places" in response.url and "bbox" in response.url
        ) as received:
            await page.goto("/map")
        features = (await (await received.value).json())["features"]
        assert sum(feature["properties"].get("count", 1) for feature in features) >= 1500
        await expect(page.locator(".legend")).to_contain_text("postcode")
        async with page.expect_response(
            lambda response: "layer=pois" in response.url and "bbox" in response.url
        ) as received:
            await page.get_by_label("Points of interest").check()
        assert (await (await received.value).json())["features"]


async def test_a_job_page_maps_only_its_own_points(page: Page, world: World) -> None:
    async with page.expect_response(
        lambda response: "/map/places" in response.url and "bbox" in response.url
    ) as received:
        await page.goto(f"/jobs/{world.ids['pois']}")
    features = (await (await received.value).json())["features"]
    assert {feature["properties"]["sort"] for feature in features} == {"supermarket", "cafe", "school"}


async def test_keyboard_shortcuts(page: Page) -> None:
    await page.goto("/jobs")
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("ncvoter92")
    await page.wait_for_url(re.compile("q=ncvoter92"))
    await expect(page.locator("#rows tr")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/jobs/"))
    await expect(page.get_by_role("heading", name="Voter import")).to_be_visible()


async def test_a_user_sees_only_their_pages_and_jobs(
    chromium: Browser, world: World, client: aiohttp.ClientSession
) -> None:
    person = await post(client, "/api/v1/users", {"email": "plain@example.org", "name": "Plain", "role": "user"})
    key = (await post(client, "/api/v1/keys", {"name": "browser", "userId": person["id"]}))["key"]
    async with opened_page(chromium, world, key=key) as page:
        await page.goto("/jobs")
        await expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
        links = await page.locator("#nav a").all_inner_texts()
        assert [link.strip() for link in links] == [
            "Home", "Jobs", "New job", "Map", "Households", "Review", "Reference data", "Businesses", "Companies",
            "Signals", "Webhooks", "Keys", "Teams",
        ]  # fmt: skip
        await page.goto("/new/noop")
        await page.get_by_role("button", name="Create job").click()
        await status(page, "completed")
        await page.goto("/jobs")
        await expect(page.locator("#rows tr")).to_have_count(1)


async def test_old_paths_redirect_to_the_queues(page: Page) -> None:
    for path in ("/admin/queues", "/api/admin/bull-board"):
        await page.goto(path)
        await expect(page).to_have_url(re.compile("/queues$"))
