"""Recognising profiles: one canonical URL for all spellings, and no profile in other URLs."""

from __future__ import annotations

import pytest

from app.domain.websites.extraction.social.platforms import PLATFORMS, parse_profile
from app.domain.websites.extraction.wordlists import words

FORMS = {
    "https://www.facebook.com/acmestyle/app_123456789": "https://facebook.com/acmestyle",
    "http://www.facebook.com/?sk=lf#!/pages/Acme-Cafe/123456789012?sk=wall":
        "https://facebook.com/pages/Acme-Cafe/123456789012",
    "http://www.facebook.com/pages/Salem-MA/Acme/12345678901?ref=ts":
        "https://facebook.com/pages/Salem-MA/Acme/12345678901",
    "https://de-de.facebook.com/mypage/": "https://facebook.com/mypage",
    "https://www.facebook.com/profile.php?id=1000&ref=x": "https://facebook.com/profile.php?id=1000",
    "https://m.facebook.com/mypage/photos/?ref=page_internal": "https://facebook.com/mypage",
    "https://twitter.com/#!/acmecoffee": "https://x.com/acmecoffee",
    "https://mobile.twitter.com/@Foo?lang=de": "https://x.com/Foo",
    "https://plus.google.com/u/1/100000000000000000001/posts": "https://plus.google.com/100000000000000000001",
    "http://www.linkedin.com/company/acme/careers": "https://linkedin.com/company/acme",
    "https://uk.linkedin.com/in/foo-bar-123?trk=x": "https://linkedin.com/in/foo-bar-123",
    "https://youtube.com/@foo/videos": "https://youtube.com/@foo",
    "http://www.youtube.com/user/AcmeSchool/": "https://youtube.com/user/AcmeSchool",
    "https://www.instagram.com/foo.bar/?hl=en": "https://instagram.com/foo.bar",
    "https://www.tiktok.com/@foo.bar?lang=en": "https://tiktok.com/@foo.bar",
    "https://in.pinterest.com/foo/board/": "https://pinterest.com/foo",
    "https://foo.tumblr.com/": "https://foo.tumblr.com",
    "https://www.xing.com/pages/foo": "https://xing.com/pages/foo",
    "https://t.me/foo_bar": "https://t.me/foo_bar",
    "https://www.threads.net/@foo": "https://threads.net/@foo",
    "https://vimeo.com/acmechurch": "https://vimeo.com/acmechurch",
    "https://www.flickr.com/photos/acmetheater/sets": "https://flickr.com/photos/acmetheater",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.instagram.com%2Ffoo%2F": "https://instagram.com/foo",
    "//www.facebook.com/foobar": "https://facebook.com/foobar",
    "www.facebook.com/foobar": "https://facebook.com/foobar",
    "/www.facebook.com/foobar": "https://facebook.com/foobar",
    "http://https://www.facebook.com/foobar": "https://facebook.com/foobar",
    "https//instagram.com/foobar": "https://instagram.com/foobar",
    "http://shop.example.com/www.instagram.com/foobar": "https://instagram.com/foobar",
    "https://twitter.com/foobar%20": "https://x.com/foobar",
    "/redirect?url=https%3A%2F%2Fwww.facebook.com%2Ffoobar": "https://facebook.com/foobar",
    "https://www.google.com/url?sa=t&url=https%3A%2F%2Ftwitter.com%2Ffoobar": "https://x.com/foobar",
    "https://www.youtube.com/redirect?q=https%3A%2F%2Fwww.tiktok.com%2F%40foobar": "https://tiktok.com/@foobar",
    "https://twitter.com/intent/follow?screen_name=foobar": "https://x.com/foobar",
    "https://www.facebook.com/pages/category/Bakery/Foo-Bar-123456789012/": "https://facebook.com/Foo-Bar-123456789012",
    "https://business.facebook.com/foobar/": "https://facebook.com/foobar",
    "https://www.pinterest.com.au/foobar/_created/": "https://pinterest.com/foobar",
    "https://gaming.youtube.com/user/foobar": "https://youtube.com/user/foobar",
    "http://www.facebook.com/#%21/foobar?ref=ts": "https://facebook.com/foobar",
    "http://www.example.com/go/https%3A/%252Fwww.facebook.com/foobar": "https://facebook.com/foobar",
    "https://www.linkedin.com/edu/school?id=20165": "https://linkedin.com/school/20165",
    "https://www.facebook.com/pages/Café/123456789": "https://facebook.com/pages/Caf%C3%A9/123456789",
    "https://mastodon.social/@foobar": "https://mastodon.social/@foobar",
    "https://foobar.bandcamp.com/album/salt": "https://foobar.bandcamp.com",
    "https://www.reverbnation.com/foobar": "https://reverbnation.com/foobar",
    "https://www.yelp.com/biz/acme-bakery-boston?osq=bakery": "https://yelp.com/biz/acme-bakery-boston",
    "https://m.yelp.co.uk/biz/acme-bakery-leeds#reviews": "https://yelp.com/biz/acme-bakery-leeds",
    "https://www.yelp.de/biz/caf%C3%A9-acme-k%C3%B6ln": "https://yelp.com/biz/caf%C3%A9-acme-k%C3%B6ln",
    "https://www.tripadvisor.com/Restaurant_Review-g60745-d123456-Reviews-Acme_Bakery-Boston_Massachusetts.html":
        "https://tripadvisor.com/Restaurant_Review-g60745-d123456-Reviews-Acme_Bakery-Boston_Massachusetts.html",
    "https://www.tripadvisor.co.uk/Hotel_Review-g186338-d1234-Reviews-Acme_Hotel-London_England.html#REVIEWS":
        "https://tripadvisor.com/Hotel_Review-g186338-d1234-Reviews-Acme_Hotel-London_England.html",
    "http://no.tripadvisor.com/Attraction_Review-g1-d22-Reviews-Acme-Oslo.html":
        "https://tripadvisor.com/Attraction_Review-g1-d22-Reviews-Acme-Oslo.html",
    "https://www.tripadvisor.com.br/Restaurant_Review-g1-d22": "https://tripadvisor.com/Restaurant_Review-g1-d22.html",
    "https://foursquare.com/v/acme-bakery/4b0588f0f964a520d5b322e3":
        "https://foursquare.com/v/acme-bakery/4b0588f0f964a520d5b322e3",
    "https://foursquare.com/acmebakery": "https://foursquare.com/acmebakery",
    "https://www.google.com/maps/place/Acme+Bakery/@42.36,-71.05,17z/data=!3m1!4b1":
        "https://google.com/maps/place/Acme+Bakery",
    "https://www.google.de/maps/place/Acme+B%C3%A4ckerei": "https://google.com/maps/place/Acme+B%C3%A4ckerei",
    "https://maps.google.com/?cid=12345678901234567890": "https://google.com/maps?cid=12345678901234567890",
    "https://maps.app.goo.gl/AbCdEf123": "https://maps.app.goo.gl/AbCdEf123",
    "https://goo.gl/maps/AbCdEf": "https://goo.gl/maps/AbCdEf",
    "https://g.page/acme-bakery?share": "https://g.page/acme-bakery",
    "https://g.page/r/CabcDEF123/review": "https://g.page/r/CabcDEF123",
    "https://search.google.com/local/writereview?placeid=ChIJN1t_tDeuEmsRUsoyG83frY4":
        "https://google.com/maps/place/?q=place_id:ChIJN1t_tDeuEmsRUsoyG83frY4",
    "https://de.trustpilot.com/review/www.acme.com?languages=all": "https://trustpilot.com/review/acme.com",
    "https://www.booking.com/hotel/us/acme-inn.de.html?aid=1": "https://booking.com/hotel/us/acme-inn.html",
    "https://www.opentable.com/r/acme-bistro-boston?restref=12": "https://opentable.com/r/acme-bistro-boston",
    "https://www.opentable.co.uk/acme-bistro": "https://opentable.com/acme-bistro",
    "https://www.opentable.com/restref/client/?restref=6253&lang=en": "https://opentable.com/restref/client?rid=6253",
    "https://www.zomato.com/melbourne/acme-cafe-cbd/menu": "https://zomato.com/melbourne/acme-cafe-cbd",
    "https://www.flickr.com/acmetheater/": "https://flickr.com/photos/acmetheater",
    "https://www.flickr.com/photos/12345678%40N00/sets/": "https://flickr.com/photos/12345678@N00",
    "https://m.me/acmebakery?ref=x": "https://m.me/acmebakery",
    "https://www.messenger.com/t/acmebakery": "https://m.me/acmebakery",
    "https://whatsapp.com/channel/0029Va4K0PZ5a245NkngBA2M": "https://whatsapp.com/channel/0029Va4K0PZ5a245NkngBA2M",
    "https://wa.me/message/ABCDEFGH12345": "https://wa.me/message/ABCDEFGH12345",
}  # fmt: skip

NONE = sorted(
    words("""
    https://facebook.com/sharer/sharer.php?u=x https://www.facebook.com/share.php?u=x
    https://www.facebook.com/dialog/feed https://facebook.com/mypage/posts/123 https://facebook.com/events/1
    https://www.facebook.com/groups/x https://www.facebook.com/plugins/likebox.php?href=x
    https://www.facebook.com/tr?id=1 https://www.facebook.com/ https://business.facebook.com/latest/home
    https://developers.facebook.com/docs https://www.facebook.com/pages/create
    https://twitter.com/intent/tweet?url=x https://twitter.com/share https://twitter.com/foo/status/123
    https://x.com/home https://twitter.com/foo/lists/staff https://twitter.com/hashtag/x
    https://twitter.com/search?q=x https://www.linkedin.com/shareArticle?url=x
    https://www.linkedin.com/groups?gid=12345 https://linkedin.com/feed/ https://www.youtube.com/watch?v=1
    https://youtu.be/abc https://www.youtube.com/embed/abc https://www.youtube.com/playlist?list=1
    https://youtube.com/shorts/abc https://www.youtube.com/results?search_query=x https://instagram.com/p/abc/
    https://www.instagram.com/reel/abc https://www.instagram.com/explore/tags/x
    https://pinterest.com/pin/create/button/?url=x https://tiktok.com/@foo/video/1 https://vimeo.com/63654774
    https://t.me/share/url?url=x https://plus.google.com/share?url=x https://www.example.com/facebook
    https://fb.com/ https://vimeo.com/privacy https://twitter.com/personalization mailto:foo@facebook.com
    https://www.facebook.com/sharer/sharer.php?u=https://www.facebook.com/foobar https://facebook.com:8080/foobar
    https://twitter.com/share?url=https://twitter.com/foobar /facebook /social/facebook.html
    https://www.yelp.com/search?find_desc=x https://www.yelp.com/ https://www.yelp.com/user_details?userid=x
    https://biz.yelp.com/ https://www.tripadvisor.com/Restaurants-g60745-Boston.html https://www.tripadvisor.com/Profile/joe
    https://www.tripadvisor.com/ShowUserReviews-g60745-d123456-r789-Acme.html https://foursquare.com/explore
    https://www.google.com/maps/dir//42.3,-71.0 https://maps.google.com/maps?q=12+Main+St,+Boston
    https://www.google.com/maps/place/12+Main+St,+Boston,+MA+02108 https://maps.google.com/maps?daddr=x
    https://www.google.com/maps/place/Main+Street,+Boston,+MA+02108 https://www.google.com/search?q=acme
    https://play.google.com/store/apps/details?id=x https://www.google.com/ https://www.trustpilot.com/categories/x
    https://www.booking.com/searchresults.html?ss=x https://www.booking.com/city/us/boston.html
    https://www.opentable.com/ https://www.opentable.com/landmark/x https://www.zomato.com/melbourne
    https://www.zomato.com/melbourne/restaurants https://www.flickr.com/explore https://www.flickr.com/photos/acme/12345
    https://yelp.com.evil.com/biz/acme https://tripadvisor.example/Restaurant_Review-g1-d2
    https://notyelp.com/biz/acme https://wa.me/15551234567 https://goo.gl/abc
""")
)


@pytest.mark.parametrize("url", FORMS)
def test_one_form(url: str) -> None:
    profile = parse_profile(url)
    assert profile is not None and profile.url == FORMS[url]
    assert parse_profile(profile.url) == profile, "the form is its own form"


@pytest.mark.parametrize("url", NONE)
def test_links_that_are_not_profiles(url: str) -> None:
    assert parse_profile(url) is None


def test_platforms_are_many() -> None:
    assert len(PLATFORMS) >= 12
