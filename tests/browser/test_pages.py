"""Every page at every width in both themes: a quiet console, no findings of axe, nothing cut off, few bytes."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize

from tests import harness
from tests.browser.conftest import World, opened_page
from tests.browser.screenshots import WIDTHS, pages

pytestmark = pytest.mark.asyncio(loop_scope="session")

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
MAX_BYTES = 250_000
DARK = (
    "jobs",
    "job",
    "queues",
    "map",
    "new-geocoding",
    "audit",
    "users",
    "businesses",
    "business",
    "company",
    "signal",
)
"""Pages that together use every colour."""


@pytest.mark.parametrize(("width", "theme"), [("phone", "light"), ("desk", "dark")])
async def test_pages_are_accessible_quiet_and_fit_every_width(
    chromium: Browser, world: World, width: str, theme: Any
) -> None:
    options = {"viewport": size(width), "color_scheme": theme}
    async with opened_page(chromium, world, **options) as page:
        for name, path in pages(world.ids).items():
            if theme == "dark" and name not in DARK:
                continue
            await page.goto(path)
            await wait_until_drawn(page)
            found = await Axe().run(page, options=WCAG)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
            for other in WIDTHS:
                await page.set_viewport_size(size(other))
                overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert overflow <= 0, f"{name} is {overflow} px too wide for {other}"
            await page.set_viewport_size(size(width))


def size(width: str) -> ViewportSize:
    wide, high = WIDTHS[width]
    return {"width": wide, "height": high}


async def wait_until_drawn(page: Page) -> None:
    """Wait for maps and charts, which scripts draw after the page has loaded."""
    await page.wait_for_load_state("load")
    if await page.locator("[data-map]").count():
        await page.wait_for_selector("[data-map] canvas")
    if await page.locator("[data-charts]").count():
        await page.wait_for_selector("[data-chart] canvas >> nth=0", state="attached")


async def test_the_sign_in_page_is_accessible(chromium: Browser, world: World) -> None:
    context = await chromium.new_context(base_url=world.url)
    page = await context.new_page()
    await page.goto("/login")
    assert (await Axe().run(page, options=WCAG)).violations_count == 0
    await context.close()


@pytest.mark.parametrize("path", ["/", "/jobs", "/queues", "/map", "/new", "/households", "/businesses"])
async def test_a_first_visit_loads_few_bytes(chromium: Browser, world: World, path: str) -> None:
    async with opened_page(chromium, world) as page:
        session = await page.context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("Network.clearBrowserCache")
        received: list[float] = []
        session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        await page.goto(path)
        await wait_until_drawn(page)
        assert received
        assert sum(received) <= MAX_BYTES


async def test_pages_work_without_scripts(chromium: Browser, world: World) -> None:
    context = await chromium.new_context(base_url=world.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/login")
    await page.get_by_label("API key").fill(harness.ADMIN_KEY)
    await page.get_by_role("button", name="Sign in").click()
    shown = {
        "/": "Needs attention",
        "/jobs": "completed",
        f"/jobs/{world.ids['geocoded']}": "Geocode households",
        "/queues": "voter-import",
        "/workers": "online",
        "/audit": "Voters import queued",
        "/households?location=area": "Only the ZIP code",
        f"/businesses/{world.ids['business']}": "Write to our owner",
        f"/companies/{world.ids['company']}": "Companies House",
        f"/signals/{world.ids['signal']}": "Stored source",
    }
    for path, words in shown.items():
        await page.goto(path)
        assert words in await page.locator("main").inner_text(), path
    await context.close()


async def test_the_policy_allows_only_our_own_scripts_and_styles(page: Page) -> None:
    response = await page.goto("/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= {p.strip() for p in policy.split(";")}
