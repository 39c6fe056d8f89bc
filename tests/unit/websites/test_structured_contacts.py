"""JSON-LD as pages write it, and contacts in scripts, attributes and links of every kind."""

from __future__ import annotations

import pytest

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.emails import find_emails

URL = "https://www.bluefinch-bakery.com/"
A = "hello@bluefinch-bakery.com"
OBJECT = '{"@type":"Bakery","email":"hello@bluefinch-bakery.com"}'
BLOCKS = {
    "plain": OBJECT,
    "HTML comment": f"\n<!--\n{OBJECT}\n-->\n",
    "CDATA": f"<![CDATA[{OBJECT}]]>",
    "CDATA in comments": f"\n// <![CDATA[\n{OBJECT}\n// ]]>\n",
    "CDATA in block comments": f"/*<![CDATA[*/{OBJECT}/*]]>*/",
    "trailing comma": '{"@type":"Bakery","email":"hello@bluefinch-bakery.com",}',
    "trailing comma in a list": '[{"@type":"Bakery","email":["hello@bluefinch-bakery.com", ], } ,\n]',
    "line comment": '{"@type":"Bakery", // us\n"email":"hello@bluefinch-bakery.com"}',
    "block comment": '{"@type":"Bakery", /* us, "x": */ "email":"hello@bluefinch-bakery.com"}',
    "BOM": f"\ufeff{OBJECT}",
    "entities": OBJECT.replace('"', "&quot;"),
    "line break in a string": '{"@type":"Bakery","name":"Blue\nFinch","email":"hello@bluefinch-bakery.com"}',
    "semicolon": f"{OBJECT};",
    "a URL is no comment": '{"@type":"Bakery","url":"https://a.com/, ]","email":"hello@bluefinch-bakery.com",}',
    "mailto": '{"@type":"Bakery","email":"mailto:hello@bluefinch-bakery.com"}',
}


@pytest.mark.parametrize("case", BLOCKS)
def test_json_ld(case: str) -> None:
    page = Document(f'<script type="application/ld+json">{BLOCKS[case]}</script>', URL)
    assert [(email.value, email.confidence) for email in find_emails(page)] == [(A, 1.0)]


def cloudflare(text: str) -> str:
    return "5a" + "".join(f"{byte ^ 0x5A:02x}" for byte in text.encode())


FOUND = {
    "script in a comment": '<script><!--\ndocument.write("hel"+"lo@"+"bluefinch-bakery.com");\n//--></script>',
    "variables": '<script>var u = "hello", d = "bluefinch-bakery.com"; w.innerHTML = u + "@" + d;</script>',
    "variable": '<script>const email = "hello@bluefinch-bakery.com";</script>',
    "template": '<script>const u="hello";const d="bluefinch-bakery.com";el.href=`mailto:${u}@${d}`;</script>',
    "joined list": '<script>el.textContent = ["hello", "bluefinch-bakery.com"].join("@");</script>',
    "code of the sign": "<script>a.href='mailto:hello'+String.fromCharCode(64)+'bluefinch-bakery.com'</script>",
    "reversed": "<script>el.href='moc.yrekab-hcnifeulb@olleh'.split('').reverse().join('')</script>",
    "data of a framework": '<script id="__NEXT_DATA__" type="application/json">'
    '{"p":{"email":"hello@bluefinch-bakery.com"}}</script>',
    "Cloudflare with a subject": f'<a href="/cdn-cgi/l/email-protection#{cloudflare(A + "?subject=Order")}">Write</a>',
    "Cloudflare with a query": f'<a href="/cdn-cgi/l/email-protection?x=1#{cloudflare(A)}">Write</a>',
    "read-only field": "<input readonly value='hello@bluefinch-bakery.com'>",
    "button": "<button onclick=\"location.href='mailto:hello@bluefinch-bakery.com'\">x</button>",
    "button with parts": "<b onclick=\"location='mai'+'lto:hello'+'@'+'bluefinch-bakery.com'\">x</b>",
    "form": '<form action="mailto:hello@bluefinch-bakery.com?subject=x" method=post></form>',
    "data attribute": '<a data-href="mailto:hello@bluefinch-bakery.com">x</a>',
    "reversed by a class": "<style>.r{unicode-bidi:bidi-override;direction:rtl}</style>"
    "<b class=r>moc.yrekab-hcnifeulb@olleh</b>",
    "reversed by an element": '<bdo dir="rtl">moc.yrekab-hcnifeulb@olleh</bdo>',
    "mailto with slashes": '<a href="mailto://hello@bluefinch-bakery.com">x</a>',
    "mailto, escaped": '<a href="mailto:hello%40bluefinch-bakery.com">x</a>',
    "microdata in a meta": '<div itemscope><meta itemprop="email" content="hello@bluefinch-bakery.com"></div>',
    "instead of a script": '<script>eval(unescape("%64"))</script>'
    "<noscript>hello at bluefinch-bakery dot com</noscript>",
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_places_of_addresses(case: str) -> None:
    assert [email.value for email in find_emails(Document(FOUND[case], URL))] == [A]


@pytest.mark.parametrize(
    "html",
    [
        '<input type="email" placeholder="hello@bluefinch-bakery.com">',
        '<input type="hidden" value="hello@other.com">',
        '<script>var t = "nobody@tracker.com";</script>',
        '<script type="application/json">{"dsn":"abc@tracker.com"}</script>',
    ],
)
def test_places_without_addresses(html: str) -> None:
    assert find_emails(Document(html, URL)) == []


@pytest.mark.parametrize(
    ("html", "value"),
    [
        ('<a href="mailto:info@bäckerei-müller.de">x</a>', "info@bäckerei-müller.de"),
        ('<a href="mailto:info@b%C3%A4ckerei-m%C3%BCller.de">x</a>', "info@bäckerei-müller.de"),
        ("<p>info@bäckerei-müller.de</p>", "info@bäckerei-müller.de"),
        ('<a href="mailto:info@xn--bckerei-mller-kfb44a.de">x</a>', "info@xn--bckerei-mller-kfb44a.de"),
        ('<a href="mailto:用户@例子.公司">x</a>', "用户@例子.公司"),
        ('<a href="mailto:почта@пример.рф">x</a>', "почта@пример.рф"),
        ('<a href="mailto:jürgen@müller.de">x</a>', "jürgen@müller.de"),
    ],
)
def test_internationalised_addresses(html: str, value: str) -> None:
    assert [email.value for email in find_emails(Document(html))] == [value]


@pytest.mark.parametrize("domain", ["acme.com", "abc.com", "muster.de", "company.com"])
def test_own_domains_may_look_like_examples(domain: str) -> None:
    html = f'<p>info@{domain}</p><a href="mailto:sales@{domain}">x</a>'
    own = find_emails(Document(html, f"https://www.{domain}/"))
    assert {email.value for email in own} == {f"info@{domain}", f"sales@{domain}"}
    assert find_emails(Document(html, "https://bluefinch-bakery.com/")) == []


OTHERS = [
    '<footer>Website by <a href="mailto:studio@pixelhammer-agency.com">Pixelhammer</a></footer>',
    "<footer>Designed by Pixelhammer, studio@pixelhammer-agency.com</footer>",
    '<h3>Webdesign</h3><p>Pixelhammer GmbH<br><a href="mailto:studio@pixelhammer-agency.com">x</a></p>',
    '<div class="credits"><a href="mailto:studio@pixelhammer-agency.com">Pixelhammer</a></div>',
    '<a href="mailto:studio@pixelhammer-agency.com">Partner</a>',
    '<script type="application/ld+json">{"@type":"WebSite","creator":{"@type":"Organization",'
    '"email":"studio@pixelhammer-agency.com"}}</script>',
]


@pytest.mark.parametrize("html", OTHERS)
@pytest.mark.parametrize("own", ["<p>hello@bluefinch-bakery.com</p>", "<p>hello (at) bluefinch-bakery.com</p>"])
def test_own_addresses_come_before_those_of_others(html: str, own: str) -> None:
    assert next(email.value for email in find_emails(Document(html + own, URL))) == A
