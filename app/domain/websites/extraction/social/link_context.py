"""What stands round a link on the page: is it in the footer, in someone's portrait, in an embedded post?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import text_of
from app.domain.websites.extraction.social.phrases import LABEL, OURS, of_heading

#: Ancestors that are looked at.
MOST_ANCESTORS = 12
#: Levels within which links stand together.
TOGETHER = 3
#: Characters of a text that is read for what it says of the link.
MOST_TEXT = 160
#: Characters of a class or id that are looked at, and neighbours in which the text before a link is looked for.
MOST_CLASS, MOST_NEIGHBOURS = 400, 50

_SPLIT = re.compile(r"[^a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: Words in classes and ids, and what they say.
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
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
#: Classes that WordPress gives to every post, made of the writer's own words.
_OF_THE_POST = ("tag-", "category-", "status-")
#: Beside "sidebar", words of what has one and is none: `content-sidebar-wrap`, `with-sidebar`.
_LAYOUT = frozenset({"content", "has", "with", "no", "main", "page"})
#: Elements that hold much beside the link: what they say is not said of it.
_WIDE = frozenset({"ul", "ol", "table", "tbody", "footer", "header", "nav", "section", "main", "article", "form"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend", "dt"})
_BLOCKS = frozenset({"div", "p", "tr", "hr", *_HEADINGS, *_WIDE})
_EDGE_TAGS = frozenset({"header", "footer", "nav", "aside", "address"})

#: Levels, and neighbours at each, among which the heading of a link's part of the page is looked for.
HEADING_LEVELS, HEADING_NEIGHBOURS = 6, 5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`meanings` are keys of the table above; `label` is what the link is called; `path` is its place in the tree."""

    meanings: frozenset[str]
    label: str
    is_labelled: bool
    """It is called by the platform, or as a wish to be followed."""
    is_ours: bool
    """It speaks of us, or asks the reader in."""
    is_picture: bool
    before: str
    """What stands before the link in the same piece of text."""
    near: str
    heading: str
    """Of this part of the page."""
    heading_says: str | None
    path: str
    ancestors: tuple[int, ...]
    """The nearest ones, to see which links stand together."""


def surroundings(node: LexborNode) -> Surroundings:
    own = node.attributes
    text = " ".join(text_of(node, MOST_TEXT).split())
    inner = node.css_first("img, svg, i, span[class], use") if not text or len(text) < 30 else None
    picture = inner is not None or node.tag in ("area", "img")
    names = [text, own.get("title") or "", own.get("aria-label") or "", own.get("alt") or ""]
    if inner is not None:
        names += [inner.attributes.get("alt") or "", inner.attributes.get("title") or ""]
    names = [name for one in names if (name := " ".join(re.split(r"[\s_]+", one[:MOST_TEXT])).strip())]
    meanings, path, ancestors = set[str](), list[str](), list[int]()
    before = near = heading = ""
    climbing = within = True
    one: LexborNode | None = node
    for depth in range(MOST_ANCESTORS):
        if one is None or one.tag in ("body", "html") or one.tag is None:
            ancestors += [one.mem_id] if one is not None and depth == 1 else []
            break
        attributes = one.attributes
        class_, id_ = (attributes.get("class") or "")[:MOST_CLASS], (attributes.get("id") or "")[:MOST_CLASS]
        classes = _CAMEL.sub("-", f"{class_} {id_}").lower()
        found = _meanings(one.tag, classes)
        if depth and "fb-" in classes and attributes.get("data-href"):
            found.add("stand-in")  # what stands in a widget until it has loaded
        meanings |= found
        path.append(f"{one.tag}.{' '.join(class_.split()[:1])}")
        if 0 < depth <= TOGETHER:
            ancestors.append(one.mem_id)
        climbing = climbing and one.tag not in _WIDE
        if 0 < depth <= 3 and not near and climbing:
            near = near_text(one, text)
        if depth < 3 and climbing and len(before) < MOST_TEXT:
            before = f"{_before(one)} {before}"
        within = within and "edge" not in found
        if within and not heading and depth < HEADING_LEVELS:
            heading = _heading(one)
        one = one.parent
    labelled = any(LABEL.fullmatch(name) for name in names)
    return Surroundings(
        frozenset(meanings), names[0] if names else "", labelled,
        any(OURS.search(name) for name in names), picture and not text,
        " ".join(before.split())[-MOST_TEXT:], near, heading, of_heading(heading),
        ">".join(path), tuple(ancestors),
    )  # fmt: skip


def _before(node: LexborNode) -> str:
    """The text before a node in its parent, back to the last block."""
    pieces, length, seen, one = list[str](), 0, 0, node.prev
    while one is not None and length < MOST_TEXT and seen < MOST_NEIGHBOURS and one.tag not in _BLOCKS:
        seen += 1
        if one.tag not in ("script", "style"):
            pieces.append(text_of(one, 4 * MOST_TEXT)[-MOST_TEXT:])
            length += len(pieces[-1])
        one = one.prev
    return " ".join(reversed(pieces))


def _heading(node: LexborNode) -> str:
    """The nearest heading before a node: beside it, or the first thing in a short block beside it."""
    one, seen = node.prev, 0
    while one is not None and seen < HEADING_NEIGHBOURS:
        if one.tag in _HEADINGS:
            return " ".join(text_of(one, MOST_TEXT).split())
        if one.tag in ("div", "header"):
            inner, steps = one.child, 0
            while inner is not None and steps < 6:
                if inner.tag in _HEADINGS:
                    is_short = len(text_of(one, 2 * MOST_TEXT + 1)) <= 2 * MOST_TEXT
                    return " ".join(text_of(inner, MOST_TEXT).split()) if is_short else ""
                inner, steps = inner.next, steps + 1
        seen += one.tag != "-text"
        one = one.prev
    return ""


def near_text(node: LexborNode, own: str) -> str:
    """What an ancestor says beside the link itself, where that is short."""
    text = " ".join(text_of(node, 4 * MOST_TEXT, " ").split())
    return text if len(text) <= MOST_TEXT + len(own) and text != own else ""


def _meanings(tag: str, classes: str) -> set[str]:
    found = {"edge"} if tag in _EDGE_TAGS else {"article"} if tag == "article" else set[str]()
    if tag == "blockquote":
        found.add("embed" if "tweet" in classes or "media" in classes else "article")
    for token in classes.split():
        if token.startswith(_OF_THE_POST):
            continue
        words = [word for word in _SPLIT.split(token) if word]
        for word in (*words, "".join(words)):
            if (meaning := _MEANING.get(word)) is not None and not (word == "sidebar" and _LAYOUT & set(words)):
                found.add(meaning)
    return found
