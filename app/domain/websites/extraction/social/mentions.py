"""Mentions of profiles on a page: in metadata, widgets, links, attributes, text and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import BREAK, MAX_HREF_CHARACTERS, Document
from app.domain.websites.extraction.social import reserved
from app.domain.websites.extraction.social.brand import Brand, Similarity, squeeze
from app.domain.websites.extraction.social.json_ld import business_objects
from app.domain.websites.extraction.social.phrases import PLATFORM_BEFORE, PLATFORM_LABEL
from app.domain.websites.extraction.social.platforms import Profile, may_be_platform, parse_profile
from app.domain.websites.extraction.social.urls import urls_in_script


@dataclass(frozen=True, slots=True)
class Mention:
    """A profile at one place of the page."""

    profile: Profile
    method: str
    context: str = ""
    node: LexborNode | None = None
    """The element, whose surroundings decide on the confidence; None if `confidence` is known without."""
    confidence: float = 0.0
    is_declared_own: bool = False
    """The link has rel=me or rel=publisher."""


def find_mentions(document: Document, brand: Brand) -> Iterator[Mention]:
    """Yield every mention of a profile; its owner may be anybody."""
    yield from _in_metadata(document, brand)
    yield from _in_widgets(document, brand)
    for link in document.links:
        if (profile := profile_of(link.raw, brand)) is not None:
            if link.node.mem_id in document.hidden.elements:
                continue
            rel = link.node.attributes.get("rel")
            is_declared_own = bool(rel and re.search(r"\b(?:me|publisher)\b", rel.lower()))
            yield Mention(profile, "link", node=link.node, is_declared_own=is_declared_own)
    yield from _in_attributes(document, brand)
    yield from _in_text(document, brand)
    yield from _in_scripts(document, brand)


def profile_of(url: str, brand: Brand) -> Profile | None:
    """Return the profile that a link leads to, unless it has a placeholder as its handle."""
    url = url[:MAX_HREF_CHARACTERS]
    if url[:1] in "#?" or "." not in url or not may_be_platform(url):
        return None
    if url[:11].lower() == "javascript:":
        return next((found for inner in urls_in_script(url) if (found := profile_of(inner, brand)) is not None), None)
    profile = parse_profile(url)
    if profile is None or ((name := squeeze(profile.handle)) in reserved.PLACEHOLDERS and name != brand.label):
        return None
    return profile


def _in_metadata(document: Document, brand: Brand) -> Iterator[Mention]:
    """Yield the profiles in JSON-LD, `<link>` and `<meta>`."""
    entities = [entity for entity in business_objects(document) if entity.get("sameAs")]
    own = [entity for entity in entities if brand.is_named_in(str(entity.get("name") or ""))]
    for entity in own or entities:
        same_as = entity.get("sameAs")
        for url in (same_as if isinstance(same_as, list) else [same_as])[:50]:
            if isinstance(url, str) and (profile := profile_of(url, brand)) is not None:
                yield Mention(profile, "json_ld", str(entity.get("name") or ""), confidence=0.95)
    for node in document.tree.css('link[rel="me"], link[rel="publisher"], [itemprop="sameAs"][href]'):
        if (profile := profile_of(node.attributes.get("href") or "", brand)) is not None:
            yield Mention(profile, "rel", node.attributes.get("rel") or "sameAs", confidence=0.9)
    for node in document.tree.css('meta[property="og:see_also"][content]')[:20]:
        if (profile := profile_of(node.attributes.get("content") or "", brand)) is not None:
            confidence = 0.7 if brand.similarity(profile.handle) else 0.55
            yield Mention(profile, "meta", "og:see_also", confidence=confidence)
    urls = {name: document.metas.get(name, "") for name in ("article:publisher", "twitter:site")}
    if re.fullmatch(r"@?\w{1,15}", urls["twitter:site"]):
        urls["twitter:site"] = f"https://twitter.com/{urls['twitter:site']}"
    for name, url in urls.items():
        if url and (profile := profile_of(url, brand)) is not None:
            yield Mention(profile, "meta", name, confidence=0.7 if brand.similarity(profile.handle) else 0.55)


_WIDGETS = (
    'iframe[src*="facebook.com"], fb\\:like-box, fb\\:fan, fb\\:page, .fb-page, .fb-like-box, .fb-like, .fb-follow, '
    "fb\\:like, .g-page, .g-person, g\\:plus, iframe[data-src*='facebook.com'], .g-ytsubscribe"
)


def _in_widgets(document: Document, brand: Brand) -> Iterator[Mention]:
    """Yield the profiles of like boxes and badges."""
    if not any(sign in document.html for sign in ("facebook.com", "fb-", "g-page", "g:plus", "fb:", "g-ytsubscribe")):
        return
    for node in document.tree.css(_WIDGETS):
        attributes = node.attributes
        address = attributes.get("data-href") or attributes.get("href") or ""
        if node.tag == "iframe":
            address = _page_in_iframe(attributes.get("src") or attributes.get("data-src") or "")
        if not address and (number := attributes.get("profile_id") or "").isdecimal():
            address = f"https://facebook.com/profile.php?id={number}"
        if "g-ytsubscribe" in (attributes.get("class") or ""):
            channel, user = attributes.get("data-channelid"), attributes.get("data-channel")
            address = f"https://youtube.com/channel/{channel}" if channel else f"https://youtube.com/user/{user}"
        if (profile := profile_of(address, brand)) is not None:
            yield Mention(profile, "widget", attributes.get("class") or node.tag or "", node)


def _page_in_iframe(source: str) -> str:
    """Return the URL of the page that an iframe of Facebook shows."""
    try:
        split = urlsplit(source[:MAX_HREF_CHARACTERS])
    except ValueError:
        return ""
    if not re.search(r"/plugins/(?:likebox|page|fan|like|follow)\.php", split.path):
        return ""
    query = parse_qs(split.query.replace("&amp;", "&"))
    return (query.get("href") or [""])[0]


# Classes of share buttons and of single posts.
_SHARING = re.compile(r"share|comment|post|video|quote|tweet-button|fb-", re.IGNORECASE)


def _in_attributes(document: Document, brand: Brand) -> Iterator[Mention]:
    """Yield the profiles that open by script when an element is clicked."""
    if "onclick" not in document.html and "data-" not in document.html:
        return
    for node in document.tree.css("[onclick*='.'], [data-href*='.com'], [data-url*='.com'], [data-link*='.com']"):
        attributes = node.attributes
        if node.tag == "iframe" or _SHARING.search(attributes.get("class") or ""):
            continue
        script = (attributes.get("onclick") or "")[:MAX_HREF_CHARACTERS]
        urls = [attributes.get(name) or "" for name in ("data-href", "data-url", "data-link")]
        for url in (*urls_in_script(script), *urls):
            if url and (profile := profile_of(url, brand)) is not None:
                yield Mention(profile, "script", node=node)


_PROFILE_URL = re.compile(
    r"(?:https?://)?(?:www\.)?(?:facebook|instagram|twitter|linkedin|youtube|tiktok|yelp|tripadvisor|flickr|vimeo|x)\.com"
    r"/[\w./@?=#!-]{2,200}"
)


def _in_text(document: Document, brand: Brand) -> Iterator[Mention]:
    """Yield the profiles whose URLs are in the text without a link, if a platform precedes them or they are similar."""
    text = document.text
    if not any(f"{host}/" in text for host in _HOSTS):
        return
    linked = {link.raw.rstrip("/").rpartition("/")[2].casefold() for link in document.links}
    for match in islice(_PROFILE_URL.finditer(text), 50):
        profile = profile_of(match[0].rstrip("."), brand)
        if profile is None or match[0].rstrip("./").rpartition("/")[2].casefold() in linked:
            continue
        before = text[max(0, match.start() - 60) : match.start()].replace(BREAK, " ")
        if (
            brand.similarity(profile.handle) is Similarity.HIGH
            or PLATFORM_BEFORE.search(before)
            or PLATFORM_LABEL.fullmatch(before)
        ):
            yield Mention(profile, "text", f"{before}{match[0]}", confidence=0.55)


MAX_OCCURRENCES = 20
"""Parsed per host and script."""
_HOSTS = (
    "facebook.com", "instagram.com", "twitter.com", "linkedin.com", "youtube.com", "pinterest.", "tiktok.com",
    "yelp.com", "tripadvisor.com",
)  # fmt: skip


def _in_scripts(document: Document, brand: Brand) -> Iterator[Mention]:
    """Yield the profiles in string literals of scripts, if their handles are very similar to the business."""
    for text in (*document.scripts, *document.data_scripts):
        for host in _HOSTS:
            position, tries = text.find(host), 0
            while position >= 0 and tries < MAX_OCCURRENCES:
                before = max(0, position - 40)
                start = max(text.rfind('"', before, position), text.rfind("'", before, position)) + 1
                ends = (text.find(mark, position, position + 300) for mark in "\"'")
                end = min((found for found in ends if found > 0), default=0)
                if start and end:
                    profile = profile_of(text[start:end].replace("\\/", "/"), brand)
                    if profile is not None and brand.similarity(profile.handle) is Similarity.HIGH:
                        yield Mention(profile, "script", confidence=0.6)
                position, tries = text.find(host, position + len(host)), tries + 1
