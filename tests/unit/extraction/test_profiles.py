"""Profiles: one form for every spelling, and of a page's only the business' own."""

from __future__ import annotations

import pytest

from app.domain.extraction.document import Document
from app.domain.extraction.social import own
from app.domain.extraction.social.platforms import PLATFORMS, read
from app.domain.extraction.wordlists import words

FORMS = {
    "https://www.facebook.com/IGIGISTYLE/app_205521576149308": "https://facebook.com/IGIGISTYLE",
    "http://www.facebook.com/?sk=lf#!/pages/Chocolate-Cafe/105297482841928?sk=wall":
        "https://facebook.com/pages/Chocolate-Cafe/105297482841928",
    "http://www.facebook.com/pages/Vista-CA/UltraStar/52136939870?ref=ts":
        "https://facebook.com/pages/Vista-CA/UltraStar/52136939870",
    "https://de-de.facebook.com/mypage/": "https://facebook.com/mypage",
    "https://www.facebook.com/profile.php?id=1000&ref=x": "https://facebook.com/profile.php?id=1000",
    "https://m.facebook.com/mypage/photos/?ref=page_internal": "https://facebook.com/mypage",
    "https://twitter.com/#!/greenmtncoffee": "https://x.com/greenmtncoffee",
    "https://mobile.twitter.com/@Foo?lang=de": "https://x.com/Foo",
    "https://plus.google.com/u/1/117800212967830061444/posts": "https://plus.google.com/117800212967830061444",
    "http://www.linkedin.com/company/lutron/careers": "https://linkedin.com/company/lutron",
    "https://uk.linkedin.com/in/foo-bar-123?trk=x": "https://linkedin.com/in/foo-bar-123",
    "https://youtube.com/@foo/videos": "https://youtube.com/@foo",
    "http://www.youtube.com/user/HarvardBSchool/": "https://youtube.com/user/HarvardBSchool",
    "https://www.instagram.com/foo.bar/?hl=en": "https://instagram.com/foo.bar",
    "https://www.tiktok.com/@foo.bar?lang=en": "https://tiktok.com/@foo.bar",
    "https://in.pinterest.com/foo/board/": "https://pinterest.com/foo",
    "https://foo.tumblr.com/": "https://foo.tumblr.com",
    "https://www.xing.com/pages/foo": "https://xing.com/pages/foo",
    "https://t.me/foo_bar": "https://t.me/foo_bar",
    "https://www.threads.net/@foo": "https://threads.net/@foo",
    "https://vimeo.com/episcopalchurch": "https://vimeo.com/episcopalchurch",
    "https://www.flickr.com/photos/michigantheater/sets": "https://flickr.com/photos/michigantheater",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.instagram.com%2Ffoo%2F": "https://instagram.com/foo",
    "//www.facebook.com/foobar": "https://facebook.com/foobar",
}  # fmt: skip

NONE = sorted(
    words("""
    https://facebook.com/sharer/sharer.php?u=x https://www.facebook.com/share.php?u=x
    https://www.facebook.com/dialog/feed https://facebook.com/mypage/posts/123 https://facebook.com/events/1
    https://www.facebook.com/groups/x https://www.facebook.com/plugins/likebox.php?href=x
    https://www.facebook.com/tr?id=1 https://www.facebook.com/ https://business.facebook.com/foobar
    https://developers.facebook.com/docs https://www.facebook.com/pages/create
    https://twitter.com/intent/tweet?url=x https://twitter.com/share https://twitter.com/foo/status/123
    https://x.com/home https://twitter.com/foo/lists/staff https://twitter.com/hashtag/x
    https://twitter.com/search?q=x https://www.linkedin.com/shareArticle?url=x
    https://www.linkedin.com/groups?gid=51850 https://linkedin.com/feed/ https://www.youtube.com/watch?v=1
    https://youtu.be/abc https://www.youtube.com/embed/abc https://www.youtube.com/playlist?list=1
    https://youtube.com/shorts/abc https://www.youtube.com/results?search_query=x https://instagram.com/p/abc/
    https://www.instagram.com/reel/abc https://www.instagram.com/explore/tags/x
    https://pinterest.com/pin/create/button/?url=x https://tiktok.com/@foo/video/1 https://vimeo.com/63654774
    https://t.me/share/url?url=x https://plus.google.com/share?url=x https://www.example.com/facebook
    https://fb.com/
""")
)

HEAD = "<html><head><title>{}</title></head><body>{}</body></html>"
PAGES: dict[str, tuple[str, str, list[str]]] = {
    "share buttons": ("Acme Bakery", '''<div class=share><a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a>
        <a href="https://twitter.com/intent/tweet?via=someone">Tweet</a></div>''', []),
    "icons in the footer, and who built the site": ("Acme Bakery", '''<footer><ul class="social">
        <li><a href="https://www.facebook.com/acmebakery"><i class="fa"></i></a></li>
        <li><a href="https://instagram.com/sweetbuns99"><i class="fa"></i></a></li></ul>
        <p>Website by <a href="https://twitter.com/pixelstudio">Pixel Studio</a></p></footer>''',
        ["https://facebook.com/acmebakery", "https://instagram.com/sweetbuns99"]),
    "a team": ("Acme Law", '''<div class="team"><div class="card"><h3>Bob Smith</h3>
        <a href="https://linkedin.com/in/bob-smith"><i></i></a><a href="https://twitter.com/bobsmith"><i></i></a></div>
        <div class="card"><h3>Ann Roe</h3><a href="https://linkedin.com/in/annroe"><i></i></a></div></div>
        <footer><a href="https://www.linkedin.com/company/acme-law/">LinkedIn</a></footer>''',
        ["https://linkedin.com/company/acme-law"]),
    "an embedded post": ("Acme", '''<blockquote class="twitter-tweet"><p>Nice</p>Joe
        <a href="https://twitter.com/joe/status/123">May 5</a> <a href="https://twitter.com/joe">@joe</a>
        </blockquote>''', []),
    "people in an article": ("Acme Blog", '''<article><p>We met <a href="https://twitter.com/elonmusk">Elon Musk</a>
        of <a href="https://www.instagram.com/natgeo/">National Geographic</a>.</p></article>''', []),
    "a like box": ("Acme Bakery", '''<iframe src="https://www.facebook.com/plugins/page.php?href=https%3A%2F%2F
        www.facebook.com%2Facmebakery%2F&tabs=timeline"></iframe>'''.replace("\n        ", ""),
        ["https://facebook.com/acmebakery"]),
    "a page plugin": ("Acme Bakery", '<div class="fb-page" data-href="https://www.facebook.com/acmebakery"></div>',
        ["https://facebook.com/acmebakery"]),
    "a like button": ("Acme", '<iframe src="https://www.facebook.com/plugins/like.php?href=https://a.de">', []),
    "what a template came with": ("Acme", '''<footer><a href="https://www.facebook.com/wix"><img></a>
        <a href="https://www.facebook.com/yourpage">f</a><a href="https://facebook.com/">Facebook</a></footer>''', []),
    "sponsors": ("Acme Run", '''<section class="sponsors"><a href="https://facebook.com/cocacola"><img></a>
        <a href="https://facebook.com/nikeshoes"><img></a></section>
        <header><a href="https://facebook.com/acmerun" aria-label="Facebook"><svg></svg></a></header>''',
        ["https://facebook.com/acmerun"]),
    "two branches": ("Acme", '''<footer><a href="https://facebook.com/acmeBerlin">Berlin</a>
        <a href="https://facebook.com/acmeHamburg">Hamburg</a></footer>''',
        ["https://facebook.com/acmeBerlin", "https://facebook.com/acmeHamburg"]),
    "the author of a post": ("Acme Blog", '''<div class="author-bio">By Jane Doe
        <a href="https://twitter.com/janedoe">Twitter</a></div>''', []),
    "in a sentence": ("Acme", '<p>Follow us on <a href="https://www.facebook.com/xyz-99">Facebook</a>!</p>',
        ["https://facebook.com/xyz-99"]),
    "a theme": ("Acme", '<div class="site-info">Theme by <a href="https://twitter.com/dude">Dude</a></div>', []),
    "comments": ("Acme", '<ol class="commentlist"><li><a href="https://facebook.com/joe.bloggs">Joe</a></li></ol>', []),
    "structured data": ("Acme", '''<script type="application/ld+json">{"@graph":[{"@type":["Organization","Brand"],
        "sameAs":["https://www.facebook.com/acme.inc","https://en.wikipedia.org/wiki/Acme"]},
        {"@type":"Person","sameAs":["https://twitter.com/writer"]}]}</script>''', ["https://facebook.com/acme.inc"]),
    "a person's own site": ("Jane Roe Consulting",
        '<header><a href="https://www.linkedin.com/in/jane-roe-123/"><img alt="LinkedIn"></a></header>',
        ["https://linkedin.com/in/jane-roe-123"]),
    "testimonials": ("Acme", '<div class="testimonial"><a href="https://www.facebook.com/joe.happy">Joe</a></div>', []),
}  # fmt: skip


@pytest.mark.parametrize("url", FORMS)
def test_one_form(url: str) -> None:
    profile = read(url)
    assert profile is not None and profile.url == FORMS[url]
    assert read(profile.url) == profile, "the form is its own form"


@pytest.mark.parametrize("url", NONE)
def test_what_is_no_profile(url: str) -> None:
    assert read(url) is None


@pytest.mark.parametrize("page", PAGES)
def test_the_business_own(page: str) -> None:
    title, body, wanted = PAGES[page]
    assert sorted(one.value for one in own.find(Document(HEAD.format(title, body)))) == wanted


def test_platforms_are_many() -> None:
    assert len(PLATFORMS) >= 12
