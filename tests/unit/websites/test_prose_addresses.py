"""Prose with `at` contains no e-mail address; addresses that are clearly spelled out are found."""

from __future__ import annotations

import pytest

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.emails import find_emails

URL = "https://www.bluefinch-bakery.com/"
PROSE = [
    "version 2@3.com beta",
    "git clone git@github.com:bluefinch/site.git",
    "Mo-Fr @ 9.am",
    "T-shirts @ bluefinch.shop now",
    "Visit us at bluefinch-bakery.com",
    "Visit us at www.bluefinch-bakery.com today",
    "Order online at www.bluefinch-bakery.com!",
    "Order online at bluefinch-bakery.com/shop",
    "We run stay-at-home.com and eat-at-joes.com",
    "Send it to your account at gmail.com",
    "Find us @ bluefinch-bakery.com",
    "Follow @bluefinch-bakery.com",
    "Eat @ bluefinch-bakery.com",
    "Jane Miller, baker at bluefinch-bakery.com since 2010",
    "Look at the dot com boom",
    "Visit us at bluefinch-bakery dot com",
    "Shop at Amazon dot com",
    "We met at Amazon dot com",
    "Find jobs at bluefinch-bakery dot com",
    "Email us at bluefinch-bakery.com",
    "Contact us at www.bluefinch-bakery.com",
    "Sales at bluefinch-bakery.com rose by ten per cent",
    "Info at bluefinch-bakery.com",
    "We will be live at 8.30pm at cafe.com",
    "The team at bluefinch-bakery.com (at your service)",
    "Meet the team - at - bluefinch-bakery.com",
    "Book a table (at bluefinch-bakery.com)",
    "pick_at_home.com, work-at-home.com, look~at~this.com",
    "Besuchen Sie uns at bluefinch-bakery.com",
    "Tickets available at ticketmaster.com or at the door",
    "Log in at <a href='https://portal.bluefinch-bakery.com'>portal.bluefinch-bakery.com</a>",
    "<b>Visit</b> @<i>bluefinch-bakery.com</i>",
]
SPELLED = {
    "hello [at] bluefinch-bakery [dot] com": "hello@bluefinch-bakery.com",
    "hello (at) bluefinch-bakery (dot) com": "hello@bluefinch-bakery.com",
    "hello{at}bluefinch-bakery{dot}com": "hello@bluefinch-bakery.com",
    "hello [at] bluefinch-bakery.com": "hello@bluefinch-bakery.com",
    "hello(at)bluefinch-bakery.com": "hello@bluefinch-bakery.com",
    "hello(a)bluefinch-bakery.fi": "hello@bluefinch-bakery.fi",
    "hello at bluefinch-bakery dot com": "hello@bluefinch-bakery.com",
    "Write to jane at bluefinch-bakery dot com.": "jane@bluefinch-bakery.com",
    "E-mail: jane at bluefinch-bakery dot com": "jane@bluefinch-bakery.com",
    "Reach us at info at bluefinch-bakery dot com": "info@bluefinch-bakery.com",
    "jane.miller at bluefinch-bakery dot com or call": "jane.miller@bluefinch-bakery.com",
    "jane AT bluefinch-bakery DOT com": "jane@bluefinch-bakery.com",
    "jane -at- bluefinch-bakery.com": "jane@bluefinch-bakery.com",
    "jane_at_bluefinch_dot_com": "jane@bluefinch.com",
    "info @ bluefinch-bakery.com": "info@bluefinch-bakery.com",
    "E-mail: info @ bluefinch-bakery . com": None,
    "hello@<wbr>bluefinch-<wbr>bakery.com": "hello@bluefinch-bakery.com",
    "<span>hello</span><span>@</span><span>bluefinch-bakery</span><span>.com</span>": "hello@bluefinch-bakery.com",
    "hello@bluefinch-bakery<b>.co</b><i>.uk</i>": "hello@bluefinch-bakery.co.uk",
    "orders@bluefinch-bakery.com.Call us": "orders@bluefinch-bakery.com",
    "orders@bluefinch-bakery.comPhone 503": "orders@bluefinch-bakery.com",
    "hello＠bluefinch\u2011bakery．com": "hello@bluefinch-bakery.com",
    "müller@bluefinch-bakery.com": "müller@bluefinch-bakery.com",
    "メールhello@bluefinch-bakery.com": "hello@bluefinch-bakery.com",
}


@pytest.mark.parametrize("sentence", PROSE)
@pytest.mark.parametrize("html", ["<p>{}</p>", "<div><span>{}</span>. All rights reserved.</div>", "<li>{}<li>More"])
def test_prose_is_no_address(sentence: str, html: str) -> None:
    assert [email.value for email in find_emails(Document(html.format(sentence), URL))] == []


@pytest.mark.parametrize("text", SPELLED)
def test_spelled_addresses(text: str) -> None:
    value = SPELLED[text]
    found = [email.value for email in find_emails(Document(f"<p>{text}</p>", URL))]
    assert found == ([value] if value else [])
