"""E-mail addresses as real pages show and hide them, and what only looks like one."""

from __future__ import annotations

from dataclasses import asdict

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.websites.extraction import client_redirects, discovery, email_addresses, emails, parked
from app.domain.websites.extraction.contacts import extract_contacts
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.emails import find_emails
from app.domain.websites.extraction.phones import find_phones
from tests.servers.hostile import FIXED

CASES: dict[str, tuple[str, list[str]]] = {
    "plain": (
        "<p>Mail: info@acme-shop.com.</p>",
        ["info@acme-shop.com"],
    ),
    "entities": (
        '<a href="&#109;&#97;ilto:&#105;nfo&#64;shop.de">x</a>',
        ["info@shop.de"],
    ),
    "at": (
        "<p>kontakt [at] firma [dot] de</p><p>b(at)firma.de</p><p>c{at}firma.de d AT firma DOT de</p>",
        ["b@firma.de", "c@firma.de", "d@firma.de", "kontakt@firma.de"],
    ),
    "typo3": (
        "<a href=\"javascript:linkTo_UnCryptMailto('nbjmup;jogpAtipq/ef');\">info(at)shop.de</a>",
        ["info@shop.de"],
    ),
    "typo3b": (
        '<a href="javascript:linkTo_UnCryptMailto(%27ocknvq%2CkphqBujqr0fg%27);">info<span> [at] </span>shop.de</a>',
        ["info@shop.de"],
    ),
    "joomla": (
        "<script>document.getElementById('cloak1').innerHTML = ''; var prefix = '&#109;a' + 'i&#108;' + '&#116;o'; var path = 'hr' + 'ef' + '='; var addy1 = '&#105;nf&#111;' + '&#64;'; addy1 = addy1 + 'sh&#111;p' + '&#46;' + 'd&#101;'; document.write('<a ' + path + '\\'' + prefix + ':' + addy1 + '\\'>');</script>",  # noqa: E501
        ["info@shop.de"],
    ),
    "jconcat": (
        "<script>document.write('<a href=\"mailto:' + 'info' + '@' + 'shop.de' + '\">')</script>",
        ["info@shop.de"],
    ),
    "joomla4": (
        '<joomla-hidden-mail is-link="1" first="aW5mbw==" last="c2hvcC5kZQ==" text=""></joomla-hidden-mail>',
        ["info@shop.de"],
    ),
    "jsonld": (
        '<script type="application/ld+json">{"@type":"LocalBusiness","name":"S","email":"mailto:Info@shop.de","contactPoint":[{"email":"b@shop.de"}]}</script>',  # noqa: E501
        ["Info@shop.de", "b@shop.de"],
    ),
    "micro": (
        '<span itemprop="email">info@shop.de</span>',
        ["info@shop.de"],
    ),
    "mailtoquery": (
        '<a href="mailto:a@shop.de?subject=x&cc=b@shop.de">m</a><a href="mailto:%20c@shop.de,d@shop.de;e@shop.de">m</a>',  # noqa: E501
        ["a@shop.de", "b@shop.de", "c@shop.de", "d@shop.de", "e@shop.de"],
    ),
    "false": (
        '<img src="logo@2x.png"><p>user@example.com john@doe.com name@domain.com logo@3x.webp abc@sentry.io 4f3d2a1b4f3d2a1b4f3d2a1b4f3d2a1b@o1.ingest.sentry.io your@email.com</p><script>var x="7f8a7f8a7f8a7f8a7f8a7f8a7f8a7f8a@sentry.wixpress.com"</script>',  # noqa: E501
        [],
    ),
    "torn": (
        '<link rel=canonical href="https://www.shop.de/"><span>info</span>@<span>shop.de</span>',
        ["info@shop.de"],
    ),
    "tornother": (
        "<b>Follow</b> @<i>shop.de</i>",
        [],
    ),
    "rtl": (
        '<span style="unicode-bidi:bidi-override;direction:rtl">ed.pohs@ofni</span>',
        ["info@shop.de"],
    ),
    "rot13": (
        '<span data-enc-email="vasb[at]fubc.qr">x</span>',
        ["info@shop.de"],
    ),
    "pair": (
        '<a data-user="info" data-domain="shop.de">x</a><a data-name="b" data-domain="shop" data-tld="de">',
        ["b@shop.de", "info@shop.de"],
    ),
    "spam": (
        '<span class="spamspan"><span class="u">info</span> [at] <span class="d">shop.de</span></span>',
        ["info@shop.de"],
    ),
    "atob": (
        "<script>el.href=atob('bWFpbHRvOmluZm9Ac2hvcC5kZQ==')</script>",
        ["info@shop.de"],
    ),
    "charcode": (
        "<script>document.write(String.fromCharCode(109,97,105,108,116,111,58,97,64,115,104,111,112,46,100,101))</script>",
        ["a@shop.de"],
    ),
    "comment": (
        "<p>info<!-- nospam -->@<!-- x -->shop.de</p>",
        ["info@shop.de"],
    ),
    "fullwidth": (
        "<p>info＠shop.de</p>",
        ["info@shop.de"],
    ),
    "at text": (
        "<p>We meet at shop.de today. Look at example.org. Dinner (at) 8.30pm. arrive at noon dot the i</p>",
        [],
    ),
    "sentence": (
        "<p>Write to info@shop.de, or sales@shop.de; (post@shop.de). E:x@shop.de/y@shop.de Email:z@shop.de</p>",
        ["info@shop.de", "post@shop.de", "sales@shop.de", "x@shop.de", "y@shop.de", "z@shop.de"],
    ),
    "zero": (
        "<p>in\u200bfo@sh&shy;op.de</p>",
        ["info@shop.de"],
    ),
    "brackets2": (
        "<p>info (a) shop.de  info[ät]shop.de, office<at>shop.at mail -at- shop.de; x _AT_ shop.de info AT-shop.de</p>",
        ["info@shop.de", "mail@shop.de", "x@shop.de"],
    ),
    "img alt": (
        '<img alt="info@shop.de" src=x><a title="b@shop.de">x</a>',
        ["b@shop.de", "info@shop.de"],
    ),
    "newsletter": (
        '<input type=email placeholder="you@yourmail.com" value=""><input value="max.mustermann@gmx.de">',
        [],
    ),
    "removethis": (
        "<p>info@nospam.shop.de info@REMOVETHISshop.de</p>",
        ["info@shop.de"],
    ),
    "phone glued": (
        "<p>555-1234info@shop.de</p>",
        ["info@shop.de"],
    ),
    "text(at)dotless": (
        "<p>E-Mail: info(at)shop(dot)co(dot)uk</p>",
        ["info@shop.co.uk"],
    ),
    "href text": (
        '<a href="info@shop.de">mail</a><a href="http://info@shop.de">m</a>',
        ["info@shop.de"],
    ),
    "glue": (
        "<div>6HT<a>eva@shop.de</a>Phone</div><table><td>a@shop.de</td><td>b@shop.de</td></table>",
        ["a@shop.de", "b@shop.de", "eva@shop.de"],
    ),
    "noscript": (
        "<script>x()</script><noscript>techcomm at shop dot de, b@shop.de</noscript><p>techcomm2 at shop dot de</p>",
        ["techcomm2@shop.de"],
    ),
    "cloudflare": (
        '<a href="/cdn-cgi/l/email-protection#422302312a2d326c2627">x</a><span data-cfemail="422002312a2d326c2627">[email&#160;protected]</span>',  # noqa: E501
        ["a@shop.de", "b@shop.de"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_addresses(case: str) -> None:
    html, wanted = CASES[case]
    assert sorted(email.value for email in find_emails(Document(f"<html><body>{html}"))) == wanted


def test_every_finding_has_its_evidence_and_its_flags() -> None:
    html = '<a href="mailto:noreply@gmail.com">x</a><p>info@shop.de info@shop.de</p>'
    found = {email.value: email for email in find_emails(Document(html, "https://www.shop.de/contact"))}
    assert found["noreply@gmail.com"].detail == {"role": False, "free": True, "noreply": True}
    assert found["info@shop.de"].detail == {"role": True, "free": False, "noreply": False}
    [evidence] = found["info@shop.de"].evidence
    assert (evidence.page, evidence.method) == ("https://www.shop.de/contact", "text")
    assert found["info@shop.de"].confidence > emails.CONFIDENCE["text"], "the site's own domain makes it surer"


@pytest.mark.parametrize(
    "address", ["a@b", "a@b.png", "x@2x.jpg", "@b.de", "a..b@c.de", "you@yourdomain.com", "a@b.zzzz"]
)
def test_texts_that_are_not_addresses(address: str) -> None:
    assert email_addresses.normalise_address(address) is None


def test_phones_are_valid_numbers_in_one_form() -> None:
    html = """<a href="tel:+1-202-456-1111">call</a> <p>Fax: (202) 456-1414, Tel. 202.456.2222; order 2024561234567,
    12/12/2012, 2010 - 2015, 123-45-6789</p><span itemprop="telephone">+49 30 123456</span>"""
    found = {phone.value: phone.detail for phone in find_phones(Document(html), "us")}
    assert set(found) == {"+12024561111", "+12024561414", "+12024562222", "+4930123456"}
    assert found["+12024561414"]["fax"] and not found["+12024562222"]["fax"]


def test_pages_worth_reading() -> None:
    html = """<a href="/impressum.html">Impressum</a><a href="/news">News</a>
    <a href="https://other.com/contact">Contact</a>
    <a href="/kontakt/#form">Kontakt</a><a href="/flyer-kontakt.pdf">x</a>
    <a href="/about">About us</a><a href="/">Home</a>"""
    pages = discovery.find_contact_pages(Document(html, "https://www.shop.de/"))
    assert pages == ["https://www.shop.de/kontakt/", "https://www.shop.de/impressum.html", "https://www.shop.de/about"]


def test_refreshes_and_frames_are_the_page() -> None:
    page = Document(
        '<meta http-equiv="refresh" content="0; URL=\'/start\'"><frameset><frame src="main.html">', "http://a.de/"
    )
    assert (client_redirects.find_redirect(page), discovery.find_frames(page)) == (
        "http://a.de/start",
        ["http://a.de/main.html"],
    )
    assert client_redirects.find_redirect(Document('<meta http-equiv="refresh" content="600">', "http://a.de/")) is None


@pytest.mark.parametrize(
    ("html", "is_parked"),
    [
        ("<title>x.com</title><h1>This domain is for sale!</h1>", True),
        ("<h1>Welcome to nginx!</h1><p>If you see this page", True),
        ("<p>Diese Domain steht zum Verkauf", True),
        ("<h1>Domain brokers</h1><p>We sell houses. The house is for sale.", False),
    ],
)
def test_parked(html: str, is_parked: bool) -> None:
    assert (parked.find_parked_phrase(Document(html)) is not None) is is_parked


@given(st.text(alphabet="<>/=\"'@.&;#![]-{}() abcdivhref:mailto\0\u200b\ud800", max_size=400))
@settings(max_examples=150, deadline=None)
def test_nothing_raises(html: str) -> None:
    extract_contacts(Document(html, "http://a.de/"))
    page = Document(html, "http://a.de/")
    assert isinstance(discovery.find_contact_pages(page), list) and isinstance(discovery.find_frames(page), list)
    assert client_redirects.find_redirect(page) is None or len(page.title) <= 300
    parked.find_parked_phrase(page)


@pytest.mark.parametrize("path", ["/surrogates", "/nul-handle", "/long-handle", "/escapes"])
def test_found_contacts_can_be_stored(path: str) -> None:
    """As JSON, without NUL, and in an index of Postgres."""
    found = extract_contacts(Document(FIXED[path].partition(b"\r\n\r\n")[2].decode(), "http://a.de/"))
    for one in (*found.emails, *found.profiles):
        assert rb"\u0000" not in orjson.dumps(asdict(one)).replace(rb"\\u0000", b"")
        assert len(one.value.encode()) < 2700


@pytest.mark.parametrize("path", [path for path, answer in FIXED.items() if len(answer) > 200_000])
def test_hostile_pages_are_read(path: str) -> None:
    """They would take minutes and gigabytes where anything went by the square; the suite's time limit would tell."""
    extract_contacts(Document(FIXED[path].partition(b"\r\n\r\n")[2].decode("latin-1")[:2_000_000], "http://a.de/"))
