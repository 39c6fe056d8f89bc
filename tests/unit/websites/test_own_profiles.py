"""Finding the business's own profiles; each page here is invented and tests one rule."""

from __future__ import annotations

import pytest

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.social.own_profiles import find_own_profiles

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
    "a template's accounts": ("Acme Yoga", """<ul class="social-buttons">
        <li><a href="https://twitter.com/SBootstrap"><i></i></a></li>
        <li><a href="https://www.facebook.com/yoursite"><i></i></a></li></ul>""", []),
    "a card without a class, and its heading": ("Brightside Capital", """<div><h3>Dana Fox</h3><p>Partner</p>
        <a href="https://www.linkedin.com/in/danafox"><img alt="LinkedIn"></a>
        <a href="https://twitter.com/danafoxvc"><img alt="Twitter"></a></div>
        <footer><a href="https://twitter.com/brightsidecap"><img alt="Twitter"></a></footer>""",
        ["https://x.com/brightsidecap"]),
    "a sponsor below a heading": ("Lakeside Run", """<h3>Thanks to our sponsors</h3>
        <p><a href="https://facebook.com/TonysTires"><img alt="Tony's Tires"></a></p>""", []),
    "a local sponsor, in a table": ("Riverton Little League", """<table><tr><td><h3>2013 Sponsors</h3>
        <a href="http://www.facebook.com/RivertonPizza"><img src="p.gif"></a></td><td><h3>Follow us</h3>
        <a href="http://www.facebook.com/rivertonll"><img src="f.gif"></a></td></tr></table>""",
        ["https://facebook.com/rivertonll"]),
    "a partner in a sentence": ("Oak Park Pantry", """<p>In partnership with
        <a href="https://www.facebook.com/RotaryOakPark">the Rotary Club</a>.</p>""", []),
    "a club with the town's name": ("Town of Milford", """<p>The <a href="https://facebook.com/MilfordBookFriends">Friends
        of the Library</a> hold a sale.</p><p><a href="https://facebook.com/milfordpd">Police</a></p>""",
        ["https://facebook.com/milfordpd"]),
    "members, each with a name": ("Downtown Merchants", """<ul><li>Blue Door Books - 12 Main St -
        <a href="https://www.facebook.com/bluedoorbooks">Facebook</a></li><li>Old Mill Antiques -
        <a href="https://www.instagram.com/oldmillantiques">Instagram</a></li></ul>""", []),
    "a credit before icons": ("Green Dental", """<footer><p>Website by Fox Media <a href="https://facebook.com/foxmedia">
        <img alt="Facebook"></a><a href="https://twitter.com/foxmedia"><img alt="Twitter"></a></p></footer>""", []),
    "a credit after icons": ("Green Dental", """<p><a href="https://facebook.com/smilebright"><img alt="Facebook"></a>
        Website by <a href="https://twitter.com/foxmedia">Fox Media</a></p>""", ["https://facebook.com/smilebright"]),
    "made with love": ("Tamarind Thai", """<footer>Made with ♥ in Leeds by
        <a href="https://www.instagram.com/samcodes">Sam</a></footer>""", []),
    "credits in other languages": ("Casa Luz", """<footer><p>Desenvolvido por
        <a href="https://www.instagram.com/agenciaz">Agência Z</a></p><p>Realizacja:
        <a href="https://www.facebook.com/webmaj">WebMaj</a></p><p>Fotos: <a href="https://www.instagram.com/annafoto">Anna
        </a></p><p><a href="https://vk.com/webstudio77">Разработка сайта</a></p></footer>""", []),
    "what stands in a widget until it loads": ("Coastal Kayak", """<div class="fb-page"
        data-href="https://www.facebook.com/coastalkayak"><blockquote cite="https://www.facebook.com/beachkayak">
        <a href="https://www.facebook.com/beachkayak">Beach Kayak</a></blockquote></div>""",
        ["https://facebook.com/coastalkayak"]),
    "a timeline of its own, oddly named": ("City of Fairview", """<a class="twitter-timeline"
        href="https://twitter.com/FVGov">Tweets by FVGov</a>""", ["https://x.com/FVGov"]),
    "a feed's follow button": ("The Wandering Fork", """<div id="sb_instagram">
        <a class="sbi_follow_btn" href="https://www.instagram.com/twf_ldn/"><i></i> Follow on Instagram</a></div>""",
        ["https://instagram.com/twf_ldn"]),
    "a subscribe button": ("Maker Garage", '<div class="g-ytsubscribe" data-channel="MGarageTV"></div>',
        ["https://youtube.com/user/MGarageTV"]),
    "opened by a script": ("Rosa Blumen", """<i onclick="window.open('https://www.facebook.com/rb.blumen')"
        class="fa-facebook"></i><a href="javascript:window.open('https://www.instagram.com/rosablumen')">Instagram</a>
        <a href="#" onclick="window.open('https://www.facebook.com/sharer.php?u=x')">Share</a>""",
        ["https://facebook.com/rb.blumen", "https://instagram.com/rosablumen"]),
    "held by a script": ("Moss and Fern", """<script>var page = {"author": "https:\\/\\/twitter.com\\/evelin",
        "social": "https:\\/\\/www.instagram.com\\/mossandfern"}</script>""", ["https://instagram.com/mossandfern"]),
    "written out": ("RJS Electrical", "<p>Facebook: https://www.facebook.com/sparkybob</p><p>As in twitter.com/foo</p>",
        ["https://facebook.com/sparkybob"]),
    "called by its own handle": ("Montrose Kennels", """<p>Phone 555-1234<br>
        <a href="https://www.instagram.com/goodboys4u/">@goodboys4u</a></p>""", ["https://instagram.com/goodboys4u"]),
    "named in the words before": ("RJS Electrical", """<p>We're on Facebook!
        <a href="https://www.facebook.com/sparkybob">Click here</a></p>""", ["https://facebook.com/sparkybob"]),
    "listings of directories": ("Acme Bistro", """<p>Read our reviews on
        <a href="https://www.yelp.com/biz/acme-bistro-reno">Yelp</a> and
        <a href="https://www.tripadvisor.de/Restaurant_Review-g1-d2-Reviews-Acme_Bistro-Reno.html"><img alt=""></a></p>
        <a href="https://www.opentable.com/r/the-old-mill-reno">Book a table</a>
        <a href="https://maps.app.goo.gl/AbC123">Directions</a> <a href="https://www.flickr.com/acmebistro">Flickr</a>""",
        ["https://flickr.com/photos/acmebistro", "https://maps.app.goo.gl/AbC123",
         "https://opentable.com/r/the-old-mill-reno",
         "https://tripadvisor.com/Restaurant_Review-g1-d2-Reviews-Acme_Bistro-Reno.html",
         "https://yelp.com/biz/acme-bistro-reno"]),
    "listings of others": ("Visit Reno", """<h3>Featured members</h3><ul><li>Joe's Diner
        <a href="https://www.yelp.com/biz/joes-diner-reno">Yelp</a></li><li>Anna's Inn
        <a href="https://www.booking.com/hotel/us/annas-inn.html">Booking</a></li></ul>""", []),
    "locations, each with a page": ("Acme Yoga", """<div class="locations"><div><h3>Boston</h3>
        <a href="https://www.facebook.com/acmeyogaboston">Facebook</a>
        <a href="https://goo.gl/maps/AAAA1">Map</a></div><div><h3>Salem</h3>
        <a href="https://www.facebook.com/acmeyogasalem">Facebook</a> <a href="https://goo.gl/maps/BBBB2">Map</a></div>
        </div>""", ["https://facebook.com/acmeyogaboston", "https://facebook.com/acmeyogasalem",
        "https://goo.gl/maps/AAAA1", "https://goo.gl/maps/BBBB2"]),
    "locations with numbers as pages": ("Acme Yoga", """<footer><ul>
        <li><a href="https://www.facebook.com/profile.php?id=100011112222333">Facebook Boston</a></li>
        <li><a href="https://www.facebook.com/profile.php?id=100011112222444">Facebook Salem</a></li></ul></footer>""",
        ["https://facebook.com/profile.php?id=100011112222333", "https://facebook.com/profile.php?id=100011112222444"]),
    "a hidden link": ("Acme", """<div style="display:none"><a href="https://facebook.com/acmebakery">Facebook</a></div>
        <noscript><a href="https://facebook.com/acme">Facebook</a></noscript>""", []),
    "see also": ("Acme Bakery", """<meta property="og:see_also" content="https://www.facebook.com/acmebakery">
        <meta property="og:see_also" content="https://instagram.com/acmebakery">""",
        ["https://facebook.com/acmebakery", "https://instagram.com/acmebakery"]),
    "departments that share a word": ("Contact Us", """<p>Care: <a href="https://twitter.com/AskPennon">@AskPennon</a></p>
        <p>News: <a href="https://twitter.com/PennonGas">@PennonGas</a></p>""",
        ["https://x.com/AskPennon", "https://x.com/PennonGas"]),
    "classes of the post's own words": ("Harbor Law", """<article class="post status-publish tag-top-news
        category-follow"><p>According to <a href="https://www.linkedin.com/in/andy-norman">his LinkedIn page</a>, he
        is gone.</p></article>""", []),
    "two pages, one asked for by us": ("Music House Bari", """<div class="fb-page"
        data-href="https://facebook.com/musichousebari"></div><a href="https://www.facebook.com/pages/Strumenti/251331113">
        <img alt="Seguici su Facebook"></a>""",
        ["https://facebook.com/musichousebari", "https://facebook.com/pages/Strumenti/251331113"]),
    "friends of an author": ("Daily Bugle", """<p>Friend him
        <a href="https://facebook.com/pparker">on Facebook</a>.</p>""", []),
    "a guest": ("Blue Heron Books", """<p>Author visit: <a href="https://twitter.com/novelistann">@novelistann</a></p>""",
        []),
    "whose the first of two is": ("Parish of St Anne", """<p>Diocese: <a href="https://www.facebook.com/dioceseofx">Facebook
        </a> <a href="https://twitter.com/dioceseofx">Twitter</a></p>""", []),
    "umlauts": ("Fahrschule Krüger", '<article><p><a href="https://facebook.com/fs.krueger">x</a></p></article>',
        ["https://facebook.com/fs.krueger"]),
    "three in a row, their pictures oddly named": ("Repair Supplies", """<div><a href="https://twitter.com/BandDoc">
        <img alt="Band Doctor"></a><a href="https://www.facebook.com/banddoc"><img alt="Band Doctor"></a>
        <a href="https://pinterest.com/banddoc"><img alt="Band Doctor"></a></div>""",
        ["https://facebook.com/banddoc", "https://pinterest.com/banddoc", "https://x.com/BandDoc"]),
    "a partner's portrait beside the firm's page": ("Thornton Law", """<p>
        <a href="https://www.linkedin.com/in/jthorntonlaw">LinkedIn</a></p>
        <footer><a href="https://www.linkedin.com/company/thornton-law"><i></i></a></footer>""",
        ["https://linkedin.com/company/thornton-law"]),
    "structured data of a rare type, and of its parent": ("Kestrel", """<script type="application/ld+json">
        {"@type": "BikeStore", "name": "Kestrel", "sameAs": "https://www.instagram.com/velo.uk", "parentOrganization":
        {"@type": "Organization", "name": "Giant Group", "sameAs": ["https://www.facebook.com/giantgroup"]}}</script>""",
        ["https://instagram.com/velo.uk"]),
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_the_business_own(page: str) -> None:
    title, body, wanted = PAGES[page]
    assert sorted(profile.value for profile in find_own_profiles(Document(HEAD.format(title, body)))) == wanted
