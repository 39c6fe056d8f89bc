"""The status of a website: whose it is, and what shows that."""

# ruff: noqa: E501 - a page is a line
from __future__ import annotations

import pytest

from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.extraction.document import Document
from app.domain.websites.site_status import find_site_status
from app.web.dashboard.jobs.place_stories import WEBSITES
from app.web.dashboard.websites.table import STATUS
from tests.unit.websites.parked_pages import page

FILL = "<p>We bake sourdough bread, rye loaves and pastries every morning in our shop on the corner.</p>"
CASINO = "<h1>LuckySpin</h1><p>Casino games, slots, roulette and poker. Free spins and a jackpot. Sports betting for all.</p>"
OK, OFFSITE, PARKED = WebsiteStatus.OK, WebsiteStatus.REDIRECTED_OFFSITE, WebsiteStatus.PARKED


def status(website: str, name: str, url: str, title: str, body: str) -> tuple[WebsiteStatus, bool]:
    found = find_site_status(Document(page(title, body), url), website, name)
    assert (found.status is OK) is (found.detail == "")
    return found.status, found.is_own


@pytest.mark.parametrize(
    ("website", "name", "url", "title", "body"),
    [
        ("http://bluefinch.de/", "Blue Finch GmbH", "https://www.bluefinch.com/", "Welcome", FILL),
        ("http://blue-finch.de/", "Whoever", "https://bluefinch.com/", "Welcome", FILL),
        ("http://bluefinch.com/", "Whoever", "https://bluefinch-bakery.com/", "Welcome", FILL),
        ("http://millbrook.com/", "Millbrook Dairy Ltd", "https://dairy-farm.org/", "Millbrook Dairy | Fresh milk", FILL),
        ("http://oldname.com/", "Millbrook Dairy", "https://newname.com/", "Home", f"{FILL}<h1>Millbrook Dairy</h1>"),
        ("http://oldname.com/", "Millbrook Dairy", "https://newname.com/", "Home", f"{FILL}<footer>© 2024 Millbrook Dairy</footer>"),
        ("http://oldname.com/", "Whoever", "https://newname.com/", "New name", f"{FILL}<a href='mailto:info@oldname.com'>mail</a>"),
        ("http://oldname.com/", "Whoever", "https://newname.com/", "New name", f"{FILL}<a href='https://shop.oldname.com/'>Shop</a>"),
        ("http://mueller.de/", "Bäckerei Müller", "https://facebook.com/x", "Bäckerei Müller | Facebook", FILL),
    ],
)  # fmt: skip
def test_a_business_that_has_moved(website: str, name: str, url: str, title: str, body: str) -> None:
    assert status(website, name, url, title, body) == (OFFSITE, True)


@pytest.mark.parametrize(
    ("website", "name", "url", "title", "body"),
    [
        ("http://millbrook.com/", "Millbrook Dairy", "https://luckyspin.com/", "LuckySpin", CASINO),
        ("http://127.0.0.1:8000/a", "Millbrook Dairy", "http://localhost:8000/b", "LuckySpin", CASINO),
        ("http://millbrook.com/", "Millbrook Dairy", "https://bigholding.com/", "Big Holding", FILL),
        ("http://abc.com/", "The Bakery", "https://other-bakery.com/", "Another Bakery", FILL),
    ],
)
def test_an_address_that_leads_to_somebody_else(website: str, name: str, url: str, title: str, body: str) -> None:
    assert status(website, name, url, title, body) == (OFFSITE, False)


def test_a_domain_that_leads_to_a_market_is_parked() -> None:
    url = "https://www.hugedomains.com/domain_profile.cfm?d=millbrook.com"
    assert status("http://millbrook.com/", "Millbrook", url, "Millbrook", FILL) == (PARKED, False)
    assert status("http://hugedomains.com/", "HugeDomains", "https://www.hugedomains.com/", "HugeDomains", FILL) == (
        OK,
        True,
    )


@pytest.mark.parametrize(
    ("name", "title", "body", "is_own"),
    [
        ("Millbrook Dairy", "LuckySpin", CASINO, False),
        ("Millbrook Dairy", "Situs slot gacor", "<p>Judi online, togel, casino, poker, bandar resmi.</p>", False),
        ("Millbrook Dairy", "Millbrook: online casino", f"{CASINO}<p>millbrook dairy</p>", False),
        ("Lucky Casino", "Lucky Casino", CASINO, True),
        ("LuckySpin", "Play at LuckySpin", CASINO.replace("Casino", "LuckySpin: "), True),
        ("Millbrook Dairy", "Millbrook Dairy", f"{FILL}<p>We sponsor a poker night.</p>", True),
        ("Finch Betting Shop", "Finch", CASINO, True),
        ("Millbrook Dairy", "Fresh milk", FILL, True),
    ],
)
def test_a_domain_that_was_taken_over(name: str, title: str, body: str, is_own: bool) -> None:
    found = find_site_status(Document(page(title, body), "http://millbrook.com/"), "http://millbrook.com/", name)
    assert found.is_own is is_own, found
    assert is_own or (found.status is WebsiteStatus.TAKEN_OVER and found.detail.startswith("taken over: "))


SITE_NAME = "<meta property='og:site_name' content='{}'>"
VAPES = (
    "<h1>Cloud Nine Vapes</h1><p>Liquids, coils and starter kits, delivered tomorrow. Over forty flavours in stock.</p>"
)


@pytest.mark.parametrize(
    ("website", "name", "head", "body", "is_own"),
    [
        ("http://millbrook-dairy.com/", "Millbrook Dairy Ltd", SITE_NAME.format("Cloud Nine Vapes"), VAPES, False),
        ("http://millbrook-dairy.com/", "Millbrook Dairy Ltd", SITE_NAME.format("Cloud Nine"), f"{VAPES}<p>Formerly Millbrook.", True),
        ("http://millbrook-dairy.com/", "Millbrook Dairy Ltd", SITE_NAME.format("Cloud Nine"), f"{VAPES}<img src=a.png alt='Millbrook Dairy'>", True),
        ("http://millbrook-dairy.com/", "Millbrook Dairy Ltd", SITE_NAME.format("Millbrook Farm Shop"), VAPES, True),
        ("http://millbrook-dairy.com/", "Millbrook Dairy Ltd", SITE_NAME.format("MD"), VAPES, True),
        ("http://millbrook-dairy.com/", "Millbrook Dairy Ltd", "", VAPES, True),
        ("http://cloud9vapes.com/", "JMK Enterprises LLC", SITE_NAME.format("Cloud Nine Vapes"), VAPES, True),
        ("http://millbrook-dairy.com/", "Millbrook Dairy Ltd", SITE_NAME.format("Милбрук"), VAPES, True),
    ],
)  # fmt: skip
def test_a_domain_on_which_somebody_else_has_a_shop(
    website: str, name: str, head: str, body: str, is_own: bool
) -> None:
    found = find_site_status(Document(page("Welcome", body, head), website), website, name)
    assert (found.status, found.is_own) == ((OK, True) if is_own else (WebsiteStatus.TAKEN_OVER, False)), found
    assert is_own or "Cloud Nine Vapes" in found.detail


def test_a_test_for_browsers_is_blocked() -> None:
    assert status("http://a.com/", "A", "http://a.com/", "Just a moment...", "<p>Wait</p>") == (
        WebsiteStatus.BLOCKED,
        False,
    )
    assert status("http://a.com/", "A", "http://a.com/", "404 Not Found", "<p>Wait</p>") == (WebsiteStatus.GONE, False)


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("", "<b>Fatal error</b>: Uncaught Error: undefined function in /var/www/html/index.php:12", "server_error"),
        ("", "<b>Fatal error</b>: Cannot redeclare x in index.php on line 3", "server_error"),
        ("Human Resources Ltd", "<p>We verify you are human resources compliant. Offices in Leeds.</p>", "ok"),
        ("Verifying you are human", "<p>Please verify you are a human. Press and hold.</p>", "blocked"),
        ("404 Bar &amp; Grill", "<h1>404 Bar &amp; Grill</h1><p>Burgers and beer in Leeds, daily from noon.</p>", "ok"),
    ],
)
def test_errors_tests_and_names_that_resemble_them(title: str, body: str, expected: str) -> None:
    found = find_site_status(Document(page(title, body), "http://bluefinch.com/"), "http://bluefinch.com/", "Bluefinch")
    assert found.status.value == expected, found


def test_every_status_has_words_for_people() -> None:
    assert set(WEBSITES) == set(WebsiteStatus)
    assert set(STATUS) - {"None"} == set(WebsiteStatus)
