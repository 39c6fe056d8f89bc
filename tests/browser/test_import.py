"""Importing a file: dropped or chosen, looked at, corrected with the menus of its columns, started."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests import harness
from tests.browser.conftest import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILE = FilePayload(
    name="list.csv",
    mimeType="text/csv",
    buffer=b"Voter ID,aa,Address,City,State,Zip\n901,Doe,1 Elm St,Reno,NV,89501\n,Nobody,2 Elm St,Reno,NV,89501\n",
)


async def import_file(page: Page) -> None:
    await page.goto("/new")
    await page.get_by_role("link", name="Import another file").click()
    await page.get_by_label("File").set_input_files(FILE)
    await page.get_by_role("button", name="Look at the file").click()
    await expect(page.get_by_role("heading", name="list.csv")).to_be_visible()
    rows = page.get_by_role("region", name="First rows")
    await expect(rows).to_contain_text("1 Elm St")
    await expect(rows).to_contain_text("left out")
    await expect(rows).not_to_contain_text("Doe")
    await page.get_by_label("Use of aa").select_option("lastName")
    await page.get_by_role("button", name="Show again").click()
    await expect(page.get_by_role("region", name="First rows")).to_contain_text("Doe")
    await expect(page.get_by_label("Use of aa")).to_have_value("lastName")
    await page.get_by_role("button", name="Start the import").click()
    await page.wait_for_url("**/jobs/*")


async def test_a_file_is_looked_at_and_imported(page: Page) -> None:
    await import_file(page)


async def test_without_scripts(chromium: Browser, world: World) -> None:
    context = await chromium.new_context(base_url=world.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/login")
    await page.get_by_label("API key").fill(harness.ADMIN_KEY)
    await page.get_by_role("button", name="Sign in").click()
    await import_file(page)
    await context.close()


async def test_a_file_is_dropped_and_a_column_left_unused(page: Page) -> None:
    await page.goto("/import")
    await expect(page.get_by_text("Drop the file here")).to_be_visible()
    dropped = await page.evaluate_handle(
        """text => { const data = new DataTransfer(); data.items.add(new File([text], "dropped.csv")); return data }""",
        FILE["buffer"].decode(),
    )
    await page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    await page.wait_for_url("**/import/*-*")
    await expect(page.get_by_role("heading", name="dropped.csv")).to_be_visible()
    await page.get_by_label("Import as").select_option("voters")
    await page.get_by_label("Use of Zip").select_option("do not use")
    await page.get_by_label("First row", exact=True).select_option("has the names of the columns")
    await page.get_by_role("button", name="Show again").click()
    await expect(page.get_by_text("is not used, as you said")).to_be_visible()
    await expect(page.get_by_label("First row", exact=True)).to_have_value("true")
    await page.get_by_label("Only try it").check()
    await page.get_by_label("Source").fill("dropped")
    await page.get_by_role("button", name="Start the import").click()
    await page.wait_for_url("**/jobs/*")


async def test_a_file_that_is_no_table(page: Page) -> None:
    await page.goto("/import")
    await page.get_by_label("File").set_input_files(FilePayload(name="x.pdf", mimeType="", buffer=b"%PDF-1.7 text"))
    await page.get_by_role("button", name="Look at the file").click()
    await expect(page.get_by_text("The file is a PDF")).to_be_visible()
