"""Data pages as people use them: filters in the address, columns, actions that say how many rows, links to proof."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_filters_and_columns_are_in_the_address(page: Page) -> None:
    await page.goto("/businesses")
    await page.get_by_role("link", name="Has a problem").click()
    await expect(page).to_have_url(re.compile(r"\?website=trouble$"))
    await page.get_by_label("Any status").select_option("Parked domain")
    await expect(page).to_have_url(re.compile("website=trouble.*status=parked"))
    badges = await page.locator("#rows .badge").all_inner_texts()
    assert set(badges) == {"Parked domain"}
    await page.get_by_text("Columns", exact=True).click()
    await page.get_by_label("Category").check()
    await page.get_by_label("Phones", exact=True).uncheck()
    await page.get_by_role("button", name="Show").click()
    await expect(page).to_have_url(re.compile("status=parked.*col=category|col=category.*status=parked"))
    heads = await page.locator("table.data thead th").all_inner_texts()
    assert "Category" in heads and "Phones" not in heads
    await page.reload()
    assert await page.locator("table.data thead th").all_inner_texts() == heads


async def test_an_action_says_how_many_rows_it_affects(page: Page) -> None:
    await page.goto("/households?q=zzz-nothing")
    await expect(page.get_by_role("heading", name="No matching households")).to_be_visible()
    await page.goto("/households?q=no+such+road")
    await page.locator("#rows input").nth(0).check()
    await page.locator("#rows input").nth(1).check()
    await expect(page.get_by_text("2 selected")).to_be_visible()
    await page.get_by_role("button", name="Geocode again").click()
    await expect(page.get_by_text("Geocode 2 households again?")).to_be_visible()
    await page.get_by_role("button", name="Go back").click()
    await page.get_by_label("this page").check()
    rows = await page.locator("#rows tr").count()
    await page.get_by_role("button", name="Geocode again").click()
    await expect(page.locator("#ask-question")).to_contain_text(f"Geocode {rows} households again?")
    await page.locator("#ask-yes").click()
    await page.wait_for_url(re.compile("/jobs/"))
    await page.get_by_role("link", name="Households that it located").click()
    await expect(page).to_have_url(re.compile(r"/households\?job="))


async def test_a_quotation_leads_to_its_place_in_the_stored_source(page: Page, world: World) -> None:
    await page.goto(f"/companies/{world.ids['company']}")
    await page.locator(f'a[href="/reports/{world.ids["report"]}"]').click()
    await page.get_by_role("link", name="Source 2: show the quotation in it").click()
    await expect(page.locator("#passage")).to_have_text("Incorporated on 12 May 1998")
    await expect(page.locator("#passage")).to_be_in_viewport()


async def test_a_household_is_corrected_and_placed(page: Page) -> None:
    await page.goto("/households?location=none&q=no+such+road")
    await page.locator("#rows a").first.click()
    await expect(page.get_by_text("the last attempt found nothing")).to_be_visible()
    await page.get_by_text("Correct the address").click()
    await page.get_by_label("State", exact=True).fill("Atlantis")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_label("State", exact=True)).to_be_focused()
    await expect(page.get_by_label("State", exact=True)).to_have_value("Atlantis")
    await page.get_by_label("State", exact=True).fill("NC")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Address saved.")).to_be_visible()
    await expect(page.locator("#history")).to_contain_text("Address corrected")
    await page.locator(".pin-map").click()  # the fields follow the pin
    await expect(page.get_by_label("Latitude")).not_to_have_value("")
    await page.get_by_role("button", name="Save position").click()
    await expect(page.get_by_text("A person set its position.")).to_be_visible()
