"""Which profiles on a page are the business' own.

A profile that a page names may be anyone's: of whoever built the site, of the staff, of sponsors, of the writer of an
embedded post. So every mention is weighed by where it stands and what it is called, and by whether the handle sounds
like the business.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from app.domain.extraction.document import Document
from app.domain.extraction.findings import Evidence, Finding, brief, merged
from app.domain.extraction.social.brand import Brand, squeezed
from app.domain.extraction.social.platforms import MAY_BE_PLATFORM, Profile, platform_of, read
from app.domain.extraction.social.surroundings import Surroundings, surroundings
from app.domain.extraction.wordlists import words

#: Mentions that are weighed; a page with more is a directory.
MOST_MENTIONS = 400
#: From where on a mention is believed.
ENOUGH = 0.5
#: Below this, not even the company of others helps: a credit, a post, a portrait.
FAINT = 0.3

#: Accounts of those who build sites and of the platforms themselves, and what stands where a name should.
NOBODYS = words("""
    wix wixcom squarespace wordpress wordpresscom wordpressdotcom shopify weebly godaddy joomla drupal webflow
    jimdo duda elegantthemes themeforest envato templatemonster woothemes elementor automattic facebook
    facebookapp twitter instagram youtube linkedin google googleplus pinterest tiktok yelp tripadvisor opentable
    mailchimp hubspot username yourusername yourname yourpage yourprofile yourhandle yourcompany yourbrand
    yourchannel youraccount user name page profile example test demo account handle company mycompany mypage
    profilename pagename fbdomain urltoprofile themeisle astra colorlib creativetim bootstrap getbootstrap
    w3schools fontawesome htmlup html5up styleshout freepik unsplash
""")
_ORGANISATIONS = re.compile(
    r"Organization|Business|Store|Shop|Restaurant|Hotel|Corporation|Company|Brand|Place|WebSite|Service|Club|School|"
    r"Clinic|Dentist|Physician|Attorney|Bakery|Cafe|Bar|Agency|Agent|Gym|Salon|Spa|Museum|Library|Church|Group|Office",
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A profile at one place of the page."""

    profile: Profile
    method: str
    context: str
    weight: float
    place: str = ""
    """Links at like places have like ones."""
    ancestors: tuple[int, ...] = ()


def find(document: Document, name: str = "") -> list[Finding]:
    """The business' own profiles, the surest first; `name` is the business', where it is known."""
    brand = Brand.of(document, name)
    mentions: list[Mention] = []
    for mention in _mentions(document, brand):
        mentions.append(mention)
        if len(mentions) >= MOST_MENTIONS:
            break
    chosen = _rivals(_together(_unrepeated(mentions, brand), brand), brand)
    findings = []
    for one in chosen:
        detail = {"platform": one.profile.platform, "handle": one.profile.handle}
        evidence = [Evidence(document.url, one.method, one.context)]
        findings.append(Finding(one.profile.url, min(one.weight, 1.0), detail, evidence))
    return merged(findings)


def _mentions(document: Document, brand: Brand) -> Iterator[Mention]:
    yield from _declared(document, brand)
    yield from _widgets(document, brand)
    for link in document.links:
        if (profile := _profile(link.raw)) is None:
            continue
        place = surroundings(link.node)
        weight = _weight(profile, place, brand, _relation(link.node.attributes.get("rel")))
        context = brief(place.near or place.label)
        yield Mention(profile, "link", context, weight, place.path, place.ancestors)


def _relation(rel: str | None) -> bool:
    return bool(rel and re.search(r"\b(?:me|publisher)\b", rel.lower()))


def _profile(url: str) -> Profile | None:
    if ":" not in url[:8] and "//" not in url[:3] and not url[:4].lower().startswith("www."):
        return None  # relative: nobody's profile, and far the most
    profile = read(url) if MAY_BE_PLATFORM.search(url) else None
    return None if profile is None or squeezed(profile.handle) in NOBODYS else profile


def _weight(profile: Profile, place: Surroundings, brand: Brand, related: bool) -> float:
    """How sure it is that the link leads to the business' own profile: below ENOUGH it is not believed."""
    similar = brand.resembles(profile.handle)
    meanings = place.meanings
    if "embed" in meanings and not similar:
        return 0.0
    if (place.credited or "credit" in meanings) and not similar:
        return 0.1
    weight = 0.35
    if similar:
        weight += 0.35
    if related:
        weight += 0.3
    if place.is_labelled or place.is_picture:
        weight += 0.2
    if "social" in meanings:
        weight += 0.15
    if "edge" in meanings:
        weight += 0.1
    if "article" in meanings and "edge" not in meanings:
        weight -= 0.1
    if "person" in meanings or "others" in meanings:
        weight -= 0.35
    if profile.personal:
        weight -= 0.1
    return weight


def _declared(document: Document, brand: Brand) -> Iterator[Mention]:
    """What the page says to machines."""
    for one in document.linked_data:
        kinds = one.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if not any(isinstance(kind, str) and _ORGANISATIONS.search(kind) for kind in kinds):
            continue
        same = one.get("sameAs")
        for url in (same if isinstance(same, list) else [same])[:50]:
            if isinstance(url, str) and (profile := _profile(url)) is not None:
                yield Mention(profile, "json_ld", brief(str(one.get("name") or "")), 0.95)
    for node in document.tree.css('link[rel="me"], link[rel="publisher"], [itemprop="sameAs"][href]'):
        if (profile := _profile(node.attributes.get("href") or "")) is not None:
            yield Mention(profile, "rel", node.attributes.get("rel") or "sameAs", 0.9)
    for name in ("og:see_also", "article:publisher"):
        if (profile := _profile(document.metas.get(name, ""))) is not None:
            yield Mention(profile, "meta", name, 0.7 if brand.resembles(profile.handle) else 0.55)
    handle = document.metas.get("twitter:site", "").lstrip("@")
    if re.fullmatch(r"\w{1,15}", handle) and (profile := _profile(f"https://twitter.com/{handle}")) is not None:
        yield Mention(profile, "meta", "twitter:site", 0.7 if brand.resembles(handle) else 0.55)


_WIDGETS = (
    'iframe[src*="facebook.com"], fb\\:like-box, fb\\:fan, fb\\:page, .fb-page, .fb-like-box, .fb-like, .fb-follow, '
    ".g-page, .g-person, g\\:plus, iframe[data-src*='facebook.com']"
)


def _widgets(document: Document, brand: Brand) -> Iterator[Mention]:
    """Like boxes and badges: whose page they show."""
    if not any(sign in document.html for sign in ("facebook.com", "fb-", "g-page", "g:plus", "fb:")):
        return
    for node in document.tree.css(_WIDGETS):
        attributes = node.attributes
        address = attributes.get("data-href") or attributes.get("href") or ""
        if node.tag == "iframe":
            address = _shown(attributes.get("src") or attributes.get("data-src") or "")
        if not address and (number := attributes.get("profile_id") or "").isdecimal():
            address = f"https://facebook.com/profile.php?id={number}"
        profile = _profile(address)
        if profile is not None:
            weight = _weight(profile, surroundings(node), brand, related=False) + 0.25
            yield Mention(profile, "widget", brief(attributes.get("class") or node.tag or ""), weight)


def _shown(source: str) -> str:
    """The page that an iframe of Facebook's shows."""
    try:
        split = urlsplit(source)
    except ValueError:
        return ""
    if not re.search(r"/plugins/(?:likebox|page|fan|like|follow)\.php", split.path):
        return ""
    query = parse_qs(split.query.replace("&amp;", "&"))
    return (query.get("href") or [""])[0]


def _together(mentions: list[Mention], brand: Brand) -> list[Mention]:
    """Links to several platforms side by side speak for each other, the more so where one sounds like the business."""
    mates: defaultdict[int, set[Profile]] = defaultdict(set)
    for one in mentions:
        for ancestor in one.ancestors:
            mates[ancestor].add(one.profile)
    surer = []
    for one in mentions:
        others = {
            mate for ancestor in one.ancestors for mate in mates[ancestor] if mate.platform != one.profile.platform
        }
        more = 0.3 if any(brand.resembles(mate.handle) for mate in others) else 0.15 if others else 0.0
        surer.append(replace(one, weight=one.weight + more) if more and one.weight >= FAINT else one)
    return surer


def _unrepeated(mentions: list[Mention], brand: Brand) -> list[Mention]:
    """Without those that stand in a row of like places with like profiles of others: a team, sponsors, members."""
    rows: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in mentions:
        if one.place:
            rows[one.profile.platform, one.place].add(one.profile.url.casefold())
    return [
        one
        for one in mentions
        if not one.place
        or len(rows[one.profile.platform, one.place]) < 2
        or brand.resembles(one.profile.handle)
        or (len(rows[one.profile.platform, one.place]) == 2 and one.weight >= 0.7 and not one.profile.personal)
    ]


def _rivals(mentions: list[Mention], brand: Brand) -> list[Mention]:
    """Those believed; of a platform where one is much surer than the others, the sure ones alone."""
    best: defaultdict[str, float] = defaultdict(float)
    for one in mentions:
        best[one.profile.platform] = max(best[one.profile.platform], one.weight)
    return [
        one
        for one in mentions
        if one.weight >= ENOUGH
        and (one.weight >= best[one.profile.platform] - 0.25 or brand.resembles(one.profile.handle))
    ]


def is_platform(host: str) -> bool:
    """Whether a host is a platform's: no website of a business' own."""
    return platform_of(host) is not None
