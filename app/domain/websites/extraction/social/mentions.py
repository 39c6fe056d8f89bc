"""Where a page names profiles: in what it says to machines, in widgets, in links, and in its scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import BREAK, MAX_HREF_CHARACTERS, Document
from app.domain.websites.extraction.social import reserved
from app.domain.websites.extraction.social.brand import Brand, Likeness, squeezed
from app.domain.websites.extraction.social.json_ld import business_objects
from app.domain.websites.extraction.social.phrases import INTRODUCED, LABEL
from app.domain.websites.extraction.social.platforms import Profile, may_be_platform, read
from app.domain.websites.extraction.social.urls import quoted


@dataclass(frozen=True, slots=True)
class Mention:
    """A profile at one place of the page; `node` where it stands, or how sure it is where it has no place."""

    profile: Profile
    method: str
    context: str = ""
    node: LexborNode | None = None
    weight: float = 0.0
    related: bool = False
    """The page says that it is its own: rel=me."""


def mentions(document: Document, brand: Brand) -> Iterator[Mention]:
    yield from _declared(document, brand)
    yield from _widgets(document, brand)
    for link in document.links:
        if (profile := profile_of(link.raw, brand)) is not None:
            rel = link.node.attributes.get("rel")
            related = bool(rel and re.search(r"\b(?:me|publisher)\b", rel.lower()))
            yield Mention(profile, "link", node=link.node, related=related)
    yield from _acting(document, brand)
    yield from _written(document, brand)
    yield from _scripted(document, brand)


def profile_of(url: str, brand: Brand) -> Profile | None:
    url = url[:MAX_HREF_CHARACTERS]
    if url[:1] in "#?" or not may_be_platform(url):
        return None
    if url[:11].lower() == "javascript:":
        return next((found for one in quoted(url) if (found := profile_of(one, brand)) is not None), None)
    profile = read(url)
    if profile is None or ((name := squeezed(profile.handle)) in reserved.NOBODYS and name != brand.label):
        return None
    return profile


def _declared(document: Document, brand: Brand) -> Iterator[Mention]:
    """What the page says to machines."""
    declared = [one for one in business_objects(document) if one.get("sameAs")]
    own = [one for one in declared if brand.names(str(one.get("name") or ""))]
    for one in own or declared:
        same = one.get("sameAs")
        for url in (same if isinstance(same, list) else [same])[:50]:
            if isinstance(url, str) and (profile := profile_of(url, brand)) is not None:
                yield Mention(profile, "json_ld", str(one.get("name") or ""), weight=0.95)
    for node in document.tree.css('link[rel="me"], link[rel="publisher"], [itemprop="sameAs"][href]'):
        if (profile := profile_of(node.attributes.get("href") or "", brand)) is not None:
            yield Mention(profile, "rel", node.attributes.get("rel") or "sameAs", weight=0.9)
    said = {name: document.metas.get(name, "") for name in ("og:see_also", "article:publisher", "twitter:site")}
    if re.fullmatch(r"@?\w{1,15}", said["twitter:site"]):
        said["twitter:site"] = f"https://twitter.com/{said['twitter:site']}"
    for name, url in said.items():
        if url and (profile := profile_of(url, brand)) is not None:
            yield Mention(profile, "meta", name, weight=0.7 if brand.likeness(profile.handle) else 0.55)


_WIDGETS = (
    'iframe[src*="facebook.com"], fb\\:like-box, fb\\:fan, fb\\:page, .fb-page, .fb-like-box, .fb-like, .fb-follow, '
    "fb\\:like, .g-page, .g-person, g\\:plus, iframe[data-src*='facebook.com'], .g-ytsubscribe"
)


def _widgets(document: Document, brand: Brand) -> Iterator[Mention]:
    """Like boxes and badges: whose page they show."""
    if not any(sign in document.html for sign in ("facebook.com", "fb-", "g-page", "g:plus", "fb:", "g-ytsubscribe")):
        return
    for node in document.tree.css(_WIDGETS):
        attributes = node.attributes
        address = attributes.get("data-href") or attributes.get("href") or ""
        if node.tag == "iframe":
            address = _shown(attributes.get("src") or attributes.get("data-src") or "")
        if not address and (number := attributes.get("profile_id") or "").isdecimal():
            address = f"https://facebook.com/profile.php?id={number}"
        if "g-ytsubscribe" in (attributes.get("class") or ""):
            channel, user = attributes.get("data-channelid"), attributes.get("data-channel")
            address = f"https://youtube.com/channel/{channel}" if channel else f"https://youtube.com/user/{user}"
        if (profile := profile_of(address, brand)) is not None:
            yield Mention(profile, "widget", attributes.get("class") or node.tag or "", node)


def _shown(source: str) -> str:
    """The page that an iframe of Facebook's shows."""
    try:
        split = urlsplit(source[:MAX_HREF_CHARACTERS])
    except ValueError:
        return ""
    if not re.search(r"/plugins/(?:likebox|page|fan|like|follow)\.php", split.path):
        return ""
    query = parse_qs(split.query.replace("&amp;", "&"))
    return (query.get("href") or [""])[0]


#: Classes of things that share or show one thing of someone's.
_SHARING = re.compile(r"share|comment|post|video|quote|tweet-button|fb-", re.IGNORECASE)


def _acting(document: Document, brand: Brand) -> Iterator[Mention]:
    """What leads somewhere by script when it is clicked."""
    if "onclick" not in document.html and "data-" not in document.html:
        return
    for node in document.tree.css("[onclick*='.'], [data-href*='.com'], [data-url*='.com'], [data-link*='.com']"):
        attributes = node.attributes
        if node.tag == "iframe" or _SHARING.search(attributes.get("class") or ""):
            continue
        done = (attributes.get("onclick") or "")[:MAX_HREF_CHARACTERS]
        addresses = [attributes.get(name) or "" for name in ("data-href", "data-url", "data-link")]
        for address in (*quoted(done), *addresses):
            if address and (profile := profile_of(address, brand)) is not None:
                yield Mention(profile, "script", node=node)


_WRITTEN = re.compile(
    r"(?:https?://)?(?:www\.)?(?:facebook|instagram|twitter|linkedin|youtube)\.com/[\w./@?=#!-]{2,200}"
)


def _written(document: Document, brand: Brand) -> Iterator[Mention]:
    """Addresses in the text that no link leads to; believed where they are introduced, or sound like the business."""
    text = document.text
    if not any(f"{host}/" in text for host in _HOSTS):
        return
    linked = {link.raw.rstrip("/").rpartition("/")[2].casefold() for link in document.links}
    for match in islice(_WRITTEN.finditer(text), 50):
        profile = profile_of(match[0].rstrip("."), brand)
        if profile is None or match[0].rstrip("./").rpartition("/")[2].casefold() in linked:
            continue
        before = text[max(0, match.start() - 60) : match.start()].replace(BREAK, " ")
        if brand.likeness(profile.handle) is Likeness.MUCH or INTRODUCED.search(before) or LABEL.fullmatch(before):
            yield Mention(profile, "text", f"{before}{match[0]}", weight=0.55)


_HOSTS = ("facebook.com", "instagram.com", "twitter.com", "linkedin.com", "youtube.com", "pinterest.")


def _scripted(document: Document, brand: Brand) -> Iterator[Mention]:
    """What a page that is drawn by script holds for it; believed only where it sounds like the business."""
    for script in document.tree.css("script:not([src])"):
        text = script.text() if "ld+json" not in (script.attributes.get("type") or "") else ""
        for host in _HOSTS:
            at, looked = text.find(host), 0
            while at >= 0 and looked < 20:
                start = max(text.rfind('"', max(0, at - 40), at), text.rfind("'", max(0, at - 40), at)) + 1
                end = min((found for mark in "\"'" if (found := text.find(mark, at, at + 300)) > 0), default=0)
                if start and end:
                    profile = profile_of(text[start:end].replace("\\/", "/"), brand)
                    if profile is not None and brand.likeness(profile.handle) is Likeness.MUCH:
                        yield Mention(profile, "script", weight=0.6)
                at, looked = text.find(host, at + len(host)), looked + 1
