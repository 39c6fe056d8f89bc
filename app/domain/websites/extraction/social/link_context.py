"""The context of a link: the regions of the page that contain it, its label, and the text and heading near it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import text_of
from app.domain.websites.extraction.social.phrases import FIRST_PERSON, PLATFORM_LABEL, classify_heading

MAX_ANCESTORS = 12
"""Examined per link."""
GROUP_LEVELS = 3
"""Links with a common ancestor within this many levels belong together."""
TEXT_LEVELS = 3
"""Ancestors whose text may refer to the link."""
MAX_TEXT_CHARACTERS = 160
"""Read of a text near the link."""
MAX_CLASS_CHARACTERS = 400
"""Read of a class or id."""
MAX_SIBLINGS = 50
"""Searched for the text before the link, per ancestor."""
HEADING_LEVELS = 6
"""Ancestors beside which the heading above the link is searched for."""
HEADING_SIBLINGS = 5
"""Elements before each of these ancestors that may be the heading."""
HEADING_CHILDREN = 6
"""First children of such an element that may be the heading."""

_SPLIT = re.compile(r"[^a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

# Words in classes and ids, by the region of the page that they indicate.
_WORDS = {
    "embed": "twittertweet tweet tweets fbpost fbvideo instagrammedia instafeed sbinstagram sbitem timeline"
    " twitterfeed tweetlist juicer embed embedded oembed wpembed twtr latesttweets feed stream",
    "comment": "commentlist comments comment comentlist disqus fbcomments reply replies",
    "person": "staff team member members teammember person people portrait bio biography author authors authorbox"
    " speaker speakers agent agents attorney attorneys doctor doctors instructor instructors employee employees"
    " autor autores autora auteur auteurs autore redactor periodista firma firmas byline reporter journalist"
    " mitarbeiter ansprechpartner testimonial testimonials faculty trainer trainers stylist realtor realtors"
    " profilecard vcard equipo equipe",
    "others": "sponsor sponsors partner partners client clients affiliate affiliates friends blogroll supporters donors"
    " vendors exhibitors members directory listing listings references referenzen portfolio artists lineup brands"
    " retailers dealers",
    "credit": "credit credits siteinfo designer designedby poweredby sitecredit attribution themeby developer webdesign"
    " colophon copyrightdesign madeby",
    "article": "entry entrycontent postcontent articlebody blogpost postbody hentry post news newsitem",
    "edge": "header footer top bottom topbar masthead nav navbar navigation menu sidebar aside banner toolbar offcanvas"
    " foot head fusszeile kopfzeile copyright utility subfooter",
    "social": "social socials socialmedia socialicons sociallinks follow followus connect findus icons icon likeus"
    " networks sns socmed joinus stayconnected smicons facebook twitter instagram linkedin youtube pinterest share"
    " addtoany redes netzwerke",
}
_REGION = {word: region for region, words in _WORDS.items() for word in words.split()}
# Prefixes of the classes that WordPress derives from the tags and categories of a post.
_POST_CLASSES = ("tag-", "category-", "status-")
# With one of these, "sidebar" is part of the class of a page that has one: `content-sidebar-wrap`, `with-sidebar`.
_LAYOUT = frozenset({"content", "has", "with", "no", "main", "page"})
# Elements with much content besides the link, whose text does not refer to it.
_WIDE = frozenset({"ul", "ol", "table", "tbody", "footer", "header", "nav", "section", "main", "article", "form"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend", "dt"})
_BLOCKS = frozenset({"div", "p", "tr", "hr", *_HEADINGS, *_WIDE})
_EDGE_TAGS = frozenset({"header", "footer", "nav", "aside", "address"})


@dataclass(frozen=True, slots=True)
class LinkContext:
    """The surroundings of a link or widget, as far as they show whose profile it leads to."""

    regions: frozenset[str]
    """Regions of the page that contain the link: keys of _WORDS, and `placeholder` for the contents of a widget until
    it has loaded."""
    label: str
    """The text of the link, or the title, label or alternative text if it has none."""
    has_platform_label: bool
    """The label names the platform, or asks to follow."""
    is_first_person: bool
    """The label speaks of `us`, or asks the reader to join."""
    is_icon: bool
    text_before: str
    """The text directly before the link."""
    nearby_text: str
    """The text of the nearest ancestor that says something besides the link."""
    heading: str
    """The heading above the link in its part of the page, empty if there is none."""
    heading_kind: str | None
    """Kind of profiles below the heading; see `classify_heading`."""
    path: str
    """The tags and first classes of the link and its ancestors: equal paths are rows of a list."""
    group_ancestors: tuple[int, ...]
    """Ids of the ancestors within GROUP_LEVELS."""


def link_context(node: LexborNode) -> LinkContext:
    """Return the context of a link or widget."""
    text = " ".join(text_of(node, MAX_TEXT_CHARACTERS).split())
    icon = node.css_first("img, svg, i, span[class], use") if not text or len(text) < 30 else None
    names = _names(node, icon, text)
    regions, path, group_ancestors = set[str](), list[str](), list[int]()
    before = nearby = heading = ""
    is_narrow = is_inside = True  # no wide element, no edge of the page so far
    ancestor: LexborNode | None = node
    for depth in range(MAX_ANCESTORS):
        if ancestor is None or ancestor.tag in ("body", "html") or ancestor.tag is None:
            group_ancestors += [ancestor.mem_id] if ancestor is not None and depth == 1 else []
            break
        attributes = ancestor.attributes
        class_ = (attributes.get("class") or "")[:MAX_CLASS_CHARACTERS]
        id_ = (attributes.get("id") or "")[:MAX_CLASS_CHARACTERS]
        classes = _CAMEL.sub("-", f"{class_} {id_}").lower()
        found = _regions(ancestor.tag, classes)
        if depth and "fb-" in classes and attributes.get("data-href"):
            found.add("placeholder")
        regions |= found
        path.append(f"{ancestor.tag}.{' '.join(class_.split()[:1])}")
        if 0 < depth <= GROUP_LEVELS:
            group_ancestors.append(ancestor.mem_id)
        is_narrow = is_narrow and ancestor.tag not in _WIDE
        if 0 < depth <= TEXT_LEVELS and not nearby and is_narrow:
            nearby = _text_besides(ancestor, text)
        if depth < TEXT_LEVELS and is_narrow and len(before) < MAX_TEXT_CHARACTERS:
            before = f"{_text_before(ancestor)} {before}"
        is_inside = is_inside and "edge" not in found
        if is_inside and not heading and depth < HEADING_LEVELS:
            heading = _heading_before(ancestor)
        ancestor = ancestor.parent
    return LinkContext(
        regions=frozenset(regions),
        label=names[0] if names else "",
        has_platform_label=any(PLATFORM_LABEL.fullmatch(name) for name in names),
        is_first_person=any(FIRST_PERSON.search(name) for name in names),
        is_icon=not text and (icon is not None or node.tag in ("area", "img")),
        text_before=" ".join(before.split())[-MAX_TEXT_CHARACTERS:],
        nearby_text=nearby,
        heading=heading,
        heading_kind=classify_heading(heading),
        path=">".join(path),
        group_ancestors=tuple(group_ancestors),
    )


def _names(node: LexborNode, icon: LexborNode | None, text: str) -> list[str]:
    """Return the texts that name a link: its own text first, then its attributes and those of its icon."""
    own = node.attributes
    names = [text, own.get("title") or "", own.get("aria-label") or "", own.get("alt") or ""]
    if icon is not None:
        names += [icon.attributes.get("alt") or "", icon.attributes.get("title") or ""]
    words = (" ".join(re.split(r"[\s_]+", name[:MAX_TEXT_CHARACTERS])).strip() for name in names)
    return [name for name in words if name]


def _text_before(node: LexborNode) -> str:
    """Return the text before a node in its parent, back to the last block element."""
    pieces, length, visited, sibling = list[str](), 0, 0, node.prev
    while (
        sibling is not None and length < MAX_TEXT_CHARACTERS and visited < MAX_SIBLINGS and sibling.tag not in _BLOCKS
    ):
        visited += 1
        if sibling.tag not in ("script", "style"):
            pieces.append(text_of(sibling, 4 * MAX_TEXT_CHARACTERS)[-MAX_TEXT_CHARACTERS:])
            length += len(pieces[-1])
        sibling = sibling.prev
    return " ".join(reversed(pieces))


def _heading_before(node: LexborNode) -> str:
    """Return the nearest heading before a node: a sibling, or at the start of a short sibling."""
    sibling, visited = node.prev, 0
    while sibling is not None and visited < HEADING_SIBLINGS:
        if sibling.tag in _HEADINGS:
            return " ".join(text_of(sibling, MAX_TEXT_CHARACTERS).split())
        if sibling.tag in ("div", "header"):
            child, steps = sibling.child, 0
            while child is not None and steps < HEADING_CHILDREN:
                if child.tag in _HEADINGS:
                    is_short = len(text_of(sibling, 2 * MAX_TEXT_CHARACTERS + 1)) <= 2 * MAX_TEXT_CHARACTERS
                    return " ".join(text_of(child, MAX_TEXT_CHARACTERS).split()) if is_short else ""
                child, steps = child.next, steps + 1
        visited += sibling.tag != "-text"
        sibling = sibling.prev
    return ""


def _text_besides(node: LexborNode, link_text: str) -> str:
    """Return the text of an ancestor if it is short and more than that of the link."""
    text = " ".join(text_of(node, 4 * MAX_TEXT_CHARACTERS, " ").split())
    return text if len(text) <= MAX_TEXT_CHARACTERS + len(link_text) and text != link_text else ""


def _regions(tag: str, classes: str) -> set[str]:
    """Return the regions that the tag and the classes of an element indicate."""
    found = {"edge"} if tag in _EDGE_TAGS else {"article"} if tag == "article" else set[str]()
    if tag == "blockquote":
        found.add("embed" if "tweet" in classes or "media" in classes else "article")
    for token in classes.split():
        if token.startswith(_POST_CLASSES):
            continue
        words = [word for word in _SPLIT.split(token) if word]
        for word in (*words, "".join(words)):
            if (region := _REGION.get(word)) is not None and not (word == "sidebar" and _LAYOUT & set(words)):
                found.add(region)
    return found
