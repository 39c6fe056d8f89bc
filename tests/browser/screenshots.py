"""Saves screenshots of every page in a folder: `python -m tests.browser.screenshots FOLDER [phone,desk,wide]`.

It starts a platform of its own and creates sample data first.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from tests import harness
from tests.acceptance.commands import Up, environment
from tests.browser import browser, sales_data, sample_data

WIDTHS = {"phone": (360, 780), "desk": (1280, 860), "wide": (2560, 1300)}
THEMES = ("light", "dark")


async def sign_in(page: Page, url: str, key: str) -> None:
    await page.goto(f"{url}/login")
    await page.get_by_label("API key").fill(key)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{url}/")


def pages(ids: dict[str, str]) -> dict[str, str]:
    jobs = {name: f"/jobs/{ids[key]}" for name, key in (("job", "geocoded"), ("import", "voters"), ("points", "pois"))}
    return {
        "home": "/",
        "jobs": "/jobs",
        **jobs,
        "new": "/new",
        "errors": "/errors",
        "goal-map": "/start/map?state=CA",
        "goal-websites": "/start/websites",
        "goal-research": "/start/research",
        "goal-heatmap": "/start/heatmap?q=dur",
        "new-geocoding": "/new/geocode_households",
        "new-voters": "/new/voter_import",
        "import-file": "/import",
        "preview": f"/import/{ids['upload']}",
        "map": "/map",
        "households": "/households",
        "household": f"/households/{ids['household']}",
        "review": "/review",
        "review-household": f"/review/{ids['household']}",
        "reference": "/reference",
        "businesses": "/businesses",
        "business": f"/businesses/{ids['business']}",
        "companies": "/companies",
        "company": f"/companies/{ids['company']}",
        "signals": "/signals",
        "voters": "/voters",
        "parcels": "/parcels",
        "pois": "/pois",
        "exclusions": "/exclusions",
        "reports": "/reports",
        "report": f"/reports/{ids['report']}",
        "source": f"/reports/{ids['report']}/sources/S1?section=overview&claim=0",
        "teams": "/teams",
        "signal": f"/signals/{ids['signal']}",
        "queues": "/queues",
        "workers": "/workers",
        "schedules": "/schedules",
        "schedule": "/schedules/new",
        "webhooks": "/webhooks",
        "webhook": f"/webhooks/{ids['webhook']}",
        "providers": "/providers",
        "audit": "/audit",
        "keys": "/keys",
        "users": "/users",
        "none": "/jobs?q=nothing-like-this",
    }


async def take(chromium: Browser, folder: Path, url: str, key: str, shown: dict[str, str], widths: list[str]) -> None:
    for width in widths:
        for theme in THEMES:
            wide, high = WIDTHS[width]
            context = await chromium.new_context(
                viewport={"width": wide, "height": high}, color_scheme="light" if theme == "light" else "dark"
            )
            page = await context.new_page()
            await page.goto(f"{url}/login")
            await page.screenshot(path=folder / f"login-{width}-{theme}.png")
            await sign_in(page, url, key)
            for name, path in shown.items():
                await page.goto(url + path)
                await page.wait_for_load_state("load")
                if name in ("map", "job", "points", "queues"):
                    await page.wait_for_selector("canvas")
                    await page.wait_for_timeout(700)  # tiles and charts fade in
                await page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=width == "phone")
            await context.close()


async def main(folder: Path, widths: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        env = environment(
            TRIGPOINT_ADMIN_KEY=harness.ADMIN_KEY,
            TRIGPOINT_GEOCODERS="offline",
            TRIGPOINT_EXTRA_KINDS="tests.benchmarks.noop,tests.scripted",
        )
        up = Up(Path(place) / "data", env).start()
        try:
            async with harness.session(up.url, harness.ADMIN_KEY) as client:
                ids = await sample_data.create(client)
                ids |= await sales_data.create(client, up.dsn)
            async with browser.opened() as chromium:
                await take(chromium, folder, up.url, harness.ADMIN_KEY, pages(ids), widths)
        finally:
            up.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target, sys.argv[2].split(",") if len(sys.argv) > 2 else list(WIDTHS)))
