"""Error pages and tests for browsers that come with a status of success."""

# ruff: noqa: E501 - a page is a line
from __future__ import annotations

import pytest

from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.stand_ins import find_stand_in
from tests.unit.websites.parked_pages import LIVE, LabelledPage, page

GONE, SERVER, BLOCKED = WebsiteStatus.GONE, WebsiteStatus.SERVER_ERROR, WebsiteStatus.BLOCKED
NAV = '<nav><a href="/a">Home</a><a href="/b">Products</a></nav>'


@pytest.mark.parametrize(
    ("status", "title", "body"),
    [
        (GONE, "404 Not Found", "<h1>404 Not Found</h1><hr>nginx"),
        (GONE, "Error 404", "<p>Sorry.</p>"),
        (GONE, "404", "<p>Oops</p>"),
        (GONE, "Shop", "<h1>Page not found</h1><p>The page you are looking for does not exist.</p>"),
        (GONE, "Page Not Found | Shop", f"{NAV}<p>Try the search.</p>"),
        (GONE, "", "<h1>The requested URL was not found on this server.</h1>"),
        (GONE, "Seite nicht gefunden", "<p>Zur Startseite</p>"),
        (GONE, "Page introuvable", "<p>Retour</p>"),
        (GONE, "Página no encontrada", "<p>Volver</p>"),
        (GONE, "Страница не найдена", "<p>На главную</p>"),
        (SERVER, "Database Error", "<h1>Error establishing a database connection</h1>"),
        (SERVER, "", "<h1>Error establishing a database connection</h1>"),
        (SERVER, "", "<p>Could not connect to the database.</p>"),
        (SERVER, "502 Bad Gateway", "<h1>502 Bad Gateway</h1>"),
        (SERVER, "503 Service Temporarily Unavailable", "<h1>503 Service Temporarily Unavailable</h1>"),
        (SERVER, "Internal Server Error", "<p>The server encountered an error.</p>"),
        (SERVER, "Maintenance", "<p>Briefly unavailable for scheduled maintenance. Check back in a minute.</p>"),
        (SERVER, "", "<b>Fatal error</b>: Uncaught Error: Call to undefined function mysql_connect()"),
        (SERVER, "WordPress › Error", "<p>There has been a critical error on this website.</p>"),
        (SERVER, "Fehler", "<h1>Fehler beim Aufbau einer Datenbankverbindung</h1>"),
        (BLOCKED, "Robot Challenge Screen", "<p>Checking the site connection security</p>"),
        (BLOCKED, "Just a moment...", "<p>Enable JavaScript and cookies to continue</p>"),
        (BLOCKED, "Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
        (BLOCKED, "", "<iframe src='/_Incapsula_Resource?x=1'></iframe>"),
        (BLOCKED, "", "<p>Request unsuccessful. Incapsula incident ID: 123-456</p>"),
        (BLOCKED, "shop.com", "<p>Please enable JS and disable any ad blocker</p><script src='https://ct.captcha-delivery.com/c.js'>"),
        (BLOCKED, "Access to this page has been denied", "<div id='px-captcha'></div>"),
        (BLOCKED, "Pardon Our Interruption", "<p>As you were browsing something about your browser made us think you were a bot.</p>"),
        (BLOCKED, "Access Denied", "<h1>Access Denied</h1><p>You don't have permission. Reference #18.abc</p>"),
        (BLOCKED, "403 Forbidden", "<h1>403 Forbidden</h1>"),
        (BLOCKED, "Vercel Security Checkpoint", "<p>We're verifying your browser</p>"),
        (BLOCKED, "Making sure you're not a bot!", "<p>Loading...</p>"),
        (BLOCKED, "", "<form><div class='g-recaptcha' data-sitekey='x'></div><input type=submit></form>"),
        (BLOCKED, "Request Rejected", "<p>The requested URL was rejected. Please consult with your administrator. Your support ID is: 1</p>"),
        (BLOCKED, "", "<script>document.cookie='t=1;path=/';location.reload();</script>"),
        (BLOCKED, "", "<script src='/aes.js'></script><script>document.cookie='__test='+toHex(slowAES.decrypt(c,2,a,b));location.href='/?i=1'</script>"),
        (BLOCKED, "DDoS-Guard", "<h1>Checking your browser before accessing shop.ru</h1>"),
        (BLOCKED, "Проверка", "<p>Проверяем ваш браузер</p>"),
        (BLOCKED, "Un instant", "<p>Vérifiez que vous n'êtes pas un robot</p>"),
        (BLOCKED, "429 Too Many Requests", "<h1>429 Too Many Requests</h1>"),
    ],
)  # fmt: skip
def test_what_stands_in_for_a_page(status: WebsiteStatus, title: str, body: str) -> None:
    found = find_stand_in(Document(page(title, body), "http://shop.com/"))
    assert found is not None and found[0] is status, found
    assert 0 < len(found[1]) <= 150


@pytest.mark.parametrize("labelled", LIVE, ids=lambda labelled: labelled.name)
def test_a_short_page_of_a_business(labelled: LabelledPage) -> None:
    assert find_stand_in(Document(labelled.html, labelled.url)) is None


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("404 Coffee", "<p>Espresso and cake in Leeds.</p>"),
        ("Just a Moment", "<p>Wedding photographs by Ann Lee.</p>"),
        ("Lost and Found", "<p>Second-hand clothes found in York.</p>"),
        ("Robots Ltd", "<p>Our robots are not a toy. Are you looking for a robot that welds?</p>"),
        ("Lee Law", "<p>Have you been denied benefits? If you have been blocked from your pension, call us.</p>"),
        ("Secure Fink", "<h1>Sicherheitsüberprüfung von Anlagen</h1><p>TÜV-geprüft seit 1970.</p>"),
        ("Forbidden Planet", "<p>Comics and toys.</p>"),
        ("Contact us", "<form><textarea></textarea><div class='g-recaptcha'></div></form>"),
        ("Data Base Ltd", "<p>We repair databases. Database errors are our daily bread.</p>"),
        ("Captcha Art", "<p>Paintings of distorted letters by Jo Finch.</p>"),
        ("App", "<div id='root'></div><script>var c = document.cookie; var l = window.location.href;</script>" + "<script>1</script>" * 400),
    ],
)  # fmt: skip
def test_words_that_only_look_like_it(title: str, body: str) -> None:
    assert find_stand_in(Document(page(title, body), "http://shop.com/")) is None


def test_a_long_page_is_a_page() -> None:
    words = "We explain what a captcha is and how to complete the security check. " * 40
    assert find_stand_in(Document(page("Captchas", f"<p>{words}</p>"), "http://shop.com/")) is None
