"""Recognising the listings of a business in directories: Yelp, TripAdvisor, Google Maps and others.

Each parser returns (path of the listing, its name for comparisons, False), or None for any other page of the directory.
A path that starts with `//` contains the host.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from app.domain.websites.extraction.social import reserved
from app.domain.websites.extraction.social.urls import UrlParts

Listing = tuple[str, str, bool] | None

_SLUG = re.compile(r"[\w.%'’&!+,-]{2,150}")
_CODE = re.compile(r"[\w-]{4,80}")


def yelp(parts: UrlParts) -> Listing:
    """Parse /biz/name, also where one may write a review of it."""
    segments = list(parts.segments)
    if parts.host == "yelp.to":
        return (f"//yelp.to/{segments[0]}", "", False) if len(segments) == 1 and _CODE.fullmatch(segments[0]) else None
    if segments[:1] == ["writeareview"]:
        segments = segments[1:]
    if len(segments) < 2 or segments[0] not in ("biz", "biz_photos") or not _SLUG.fullmatch(segments[1]):
        return None
    return f"biz/{segments[1]}", unquote(segments[1]), False


_TRIPADVISOR = re.compile(
    r"((?:Restaurant|Hotel|Attraction|VacationRental|AttractionProduct|Vacation_Rental|Airline)_?Review|UserReview(?:Edit)?)"
    r"-(?:g\d{1,9}-)?d\d{1,9}(?:-m\d{1,9})?(?:-Reviews)?(?:-or\d{1,6})?(?:-([\w,.%'()&+-]{2,200}))?",
)


def tripadvisor(parts: UrlParts) -> Listing:
    """Parse /Restaurant_Review-g1-d2-Reviews-Name-City.html; the number after d identifies the listing."""
    if not parts.segments or (match := _TRIPADVISOR.match(parts.segments[0].removesuffix(".html"))) is None:
        return None
    return f"{match[0]}.html", (match[2] or "").partition("-")[0], False


def foursquare(parts: UrlParts) -> Listing:
    """Parse /v/name/id, /venue/id and the pages of brands, /name."""
    segments = parts.segments
    if not segments:
        return None
    first = segments[0].lower()
    if parts.host == "4sq.com":
        return (f"//4sq.com/{segments[0]}", "", False) if len(segments) == 1 and _CODE.fullmatch(segments[0]) else None
    if first == "v" and len(segments) >= 2:
        name = segments[1] if len(segments) > 2 else ""
        return "/".join(["v", *segments[1:3]]), unquote(name), False
    if first == "venue" and len(segments) >= 2 and _CODE.fullmatch(segments[1]):
        return f"venue/{segments[1]}", "", False
    is_page = len(segments) == 1 and first not in reserved.EVERYWHERE | reserved.FOURSQUARE
    return (segments[0], segments[0], False) if is_page and re.fullmatch(r"[\w.-]{2,60}", segments[0]) else None


def trustpilot(parts: UrlParts) -> Listing:
    """Parse /review/domain."""
    segments = parts.segments
    if len(segments) < 2 or segments[0] not in ("review", "evaluate") or "." not in segments[1]:
        return None
    domain = segments[1].lower().removeprefix("www.")
    return (f"review/{domain}", domain, False) if re.fullmatch(r"[\w.-]{4,100}", domain) else None


def booking(parts: UrlParts) -> Listing:
    """Parse /hotel/us/name.html, in any language."""
    segments = parts.segments
    if len(segments) != 3 or segments[0] != "hotel" or not re.fullmatch(r"[a-z]{2}", segments[1]):
        return None
    name = re.sub(r"(?:\.[a-z]{2}(?:-[a-z]{2,4})?)?\.html?$", "", segments[2])
    return (f"hotel/{segments[1]}/{name}.html", name, False) if re.fullmatch(r"[\w-]{2,120}", name) else None


def opentable(parts: UrlParts) -> Listing:
    """Parse /r/name, /restaurant/profile/1, the links of booking buttons (rid), and old pages, /name."""
    segments = [segment.lower() for segment in parts.segments]
    number = parts.query.get("rid") or parts.query.get("restref") or ""
    if segments[:1] == ["r"] and len(segments) >= 2 and _SLUG.fullmatch(segments[1]):
        return f"r/{parts.segments[1]}", parts.segments[1], False
    if segments[:2] == ["restaurant", "profile"] and len(segments) >= 3 and segments[2].isdecimal():
        return f"restaurant/profile/{segments[2]}", "", False
    if len(segments) == 1 and "-" in segments[0] and segments[0] not in reserved.OPENTABLE:
        name = re.sub(r"-reservations-.{0,60}$", "", parts.segments[0].removesuffix(".aspx"))
        return (parts.segments[0], name, False) if _SLUG.fullmatch(name) else None
    if number.isdecimal() and any(segment in ("restref", "single.aspx", "booking") for segment in segments):
        return f"restref/client?rid={number}", "", False
    return None


_ZOMATO_TABS = frozenset(("order", "menu", "reviews", "info", "photos", "book", "events", "maps"))


def zomato(parts: UrlParts) -> Listing:
    """Parse /city/name."""
    segments = parts.segments
    if len(segments) < 2 or segments[0].lower() in reserved.EVERYWHERE | reserved.ZOMATO:
        return None
    if len(segments) > 2 and segments[2] not in _ZOMATO_TABS or segments[1].lower() in ("restaurants", "delivery"):
        return None
    is_listing = re.fullmatch(r"[\w-]{2,60}", segments[0]) and _SLUG.fullmatch(segments[1])
    return (f"{segments[0]}/{segments[1]}", segments[1], False) if is_listing else None


_ADDRESS = re.compile(r"\s{0,3}[\d(@-]|.{0,150},.{0,80}\d", re.DOTALL)


def google_maps(parts: UrlParts) -> Listing:
    """Parse places of Google Maps: /maps/place/Name, ?cid=1, ids, and short links; not addresses and routes."""
    segments, query = parts.segments, parts.query
    first = segments[0] if segments else ""
    if parts.host == "maps.app.goo.gl":
        return (f"//maps.app.goo.gl/{first}", "", False) if _CODE.fullmatch(first) else None
    if parts.host == "goo.gl":
        is_map = first == "maps" and len(segments) == 2 and _CODE.fullmatch(segments[1])
        return (f"//goo.gl/maps/{segments[1]}", "", False) if is_map else None
    if parts.host == "g.page":
        return _short_name(parts)
    if re.fullmatch(r"\d{5,20}", query.get("cid", "")):
        return f"maps?cid={query['cid']}", "", False
    place_id = query.get("placeid") or query.get("place_id") or query.get("query_place_id") or ""
    if not place_id and query.get("q", "").startswith("place_id:"):
        place_id = query["q"].partition(":")[2]
    if re.fullmatch(r"[\w-]{15,120}", place_id):
        return f"maps/place/?q=place_id:{place_id}", "", False
    if list(segments[:2]) == ["maps", "place"] and len(segments) >= 3:
        name = unquote(segments[2].replace("+", " "))
        return (f"maps/place/{segments[2]}", name, False) if name and not _ADDRESS.match(name) else None
    return None


def _short_name(parts: UrlParts) -> Listing:
    segments = parts.segments
    if len(segments) >= 2 and segments[0] == "r" and _CODE.fullmatch(segments[1]):
        return f"//g.page/r/{segments[1]}", "", False
    is_name = bool(segments) and re.fullmatch(r"[\w.-]{2,80}", segments[0]) and segments[0] != "r"
    return (f"//g.page/{segments[0]}", segments[0], False) if is_name else None


_COUNTRY_SUFFIX = r"(?:com|[a-z]{2}|com?\.[a-z]{2})"
# Directories with a domain per country, and one of subdomains for languages.
_BY_COUNTRY = re.compile(
    rf"(?:[a-z]{{1,3}}\.|[a-z]{{2}}-[a-z]{{2}}\.|www\d?\.|maps\.|search\.)?"
    rf"(yelp|tripadvisor|trustpilot|opentable|foursquare|zomato|booking|google)\.{_COUNTRY_SUFFIX}"
)
_SHORT_HOSTS = {
    "yelp.to": "yelp", "4sq.com": "foursquare", "g.page": "google_maps", "goo.gl": "google_maps",
    "maps.app.goo.gl": "google_maps",
}  # fmt: skip
LISTINGS: dict[str, tuple[str, Callable[[UrlParts], Listing]]] = {
    "yelp": ("yelp.com", yelp),
    "tripadvisor": ("tripadvisor.com", tripadvisor),
    "foursquare": ("foursquare.com", foursquare),
    "trustpilot": ("trustpilot.com", trustpilot),
    "booking": ("booking.com", booking),
    "opentable": ("opentable.com", opentable),
    "zomato": ("zomato.com", zomato),
    "google_maps": ("google.com", google_maps),
}
"""The main host and the parser of each directory."""
LABELS = ("yelp", "tripadvisor", "trustpilot", "opentable", "foursquare", "zomato", "booking", "google", "4sq")
"""The labels before the last dot of their hosts; of short links, see SHORT_LABELS."""
SHORT_LABELS = ("g", "goo")


def directory_of(host: str) -> str | None:
    """Return the directory that a host belongs to, None for other hosts."""
    if host in _SHORT_HOSTS:
        return _SHORT_HOSTS[host]
    match = _BY_COUNTRY.fullmatch(host)
    if match is None:
        return None
    return "google_maps" if match[1] == "google" else match[1]
