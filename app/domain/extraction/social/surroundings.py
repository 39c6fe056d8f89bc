"""What stands round a link on the page: is it in the footer, in someone's portrait, in an embedded post?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

#: Ancestors that are looked at.
MOST_ANCESTORS = 12
#: Levels within which links stand together.
TOGETHER = 3
#: Characters of a text that is read for what it says of the link.
MOST_TEXT = 160

_SPLIT = re.compile(r"[^a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: Words in classes and ids, and what they say.
_WORDS = {
    "embed": "twittertweet tweet tweets fbpost fbvideo fbcomments instagrammedia instafeed sbinstagram sbitem timeline"
    " twitterfeed tweetlist juicer embed embedded oembed wpembed status statuses twtr latesttweets feed stream"
    " commentlist comments comment comentlist disqus",
    "person": "staff team member members teammember person people portrait bio biography author authors authorbox"
    " speaker speakers agent agents attorney attorneys doctor doctors instructor instructors employee employees"
    " mitarbeiter ansprechpartner testimonial testimonials faculty trainer trainers stylist realtor realtors"
    " profilecard vcard"
    " equipo equipe",
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
#: Elements that hold much beside the link: what they say is not said of it.
_WIDE = frozenset({"ul", "ol", "table", "tbody", "footer", "header", "nav", "section", "main", "article", "form"})
_EDGE_TAGS = frozenset({"header", "footer", "nav", "aside", "address"})

_PLATFORM_NAME = (
    r"facebook|twitter|instagram|linked ?in|you ?tube|pinterest|google ?(?:\+|plus)|g\+|tik ?tok|vimeo|flickr|tumblr|"
    r"snapchat|threads|xing|whatsapp|telegram|discord|twitch|github|soundcloud|spotify|bluesky|my ?space|fb|ig|insta|yt"
    r"|x"
)
#: A link that calls itself by its platform, or asks to follow.
LABEL = re.compile(
    rf"(?:{_PLATFORM_NAME})(?: (?:icon|logo|page|profile|link|channel|account|button|seite|profil|fan ?page|group))?"
    rf"|.{{0,60}}\b(?:follow|like|find|join|friend|connect with|visit|watch|subscribe to|see|folgen?|folge|besuchen|"
    rf"sigue|síguenos|s[eé]guici|suivez|suivre|volg|check)\b.{{0,40}}|.{{0,40}}\b(?:us|our|uns|unsere?|nous|notre|nos|"
    rf"nuestr[ao]|ons|noi|wir)\b.{{0,40}}(?:{_PLATFORM_NAME}).{{0,30}}|.{{0,30}}\b(?:on|auf|en|sur|bei|su|op|via) "
    rf"(?:{_PLATFORM_NAME})\b.{{0,20}}",
    re.IGNORECASE,
)
#: A text that gives the credit for the site to someone else.
CREDIT = re.compile(
    r"\b(?:web ?)?(?:site |page |theme |template |graphic )?(?:design(?:ed)?|develop(?:ed|ment)|built|created|"
    r"powered|crafted|coded|made|hosted|produced|maintained|theme|template|website|site|marketing|photo(?:s|graphy)?)"
    r"(?: (?:and|&|\+) \w{1,15})?(?: with \S{1,10})? by\b|\btheme:|\bweb ?design:?\b|\bwebsite von\b|\bumsetzung\b|"
    r"\bgestaltung\b|\brealisier(?:t|ung)\b|\br[eé]alisation\b|\brealizza|\bdise[ñn]o web|\bprogrammierung\b|"
    r"\bconception\b|\bsite by\b|\bdesigned\b|\bwebdesign\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`meanings` are keys of the table above; `label` is what the link is called; `path` is its place in the tree."""

    meanings: frozenset[str]
    label: str
    is_labelled: bool
    is_picture: bool
    credited: bool
    path: str
    near: str
    ancestors: tuple[int, ...]
    """The nearest ones, to see which links stand together."""


def surroundings(node: LexborNode) -> Surroundings:
    own = node.attributes
    text = " ".join(node.text()[:MOST_TEXT].split())
    inner = node.css_first("img, svg, i, span[class], use") if not text or len(text) < 30 else None
    picture = inner is not None or node.tag == "area"
    names = [text, own.get("title") or "", own.get("aria-label") or ""]
    if inner is not None:
        names += [inner.attributes.get("alt") or "", inner.attributes.get("title") or ""]
    label = next((name.strip() for name in names if name and name.strip()), "")
    meanings, path, near, ancestors = set[str](), list[str](), "", list[int]()
    climbing = True
    one: LexborNode | None = node
    for depth in range(MOST_ANCESTORS):
        if one is None or one.tag in ("body", "html") or one.tag is None:
            break
        attributes = one.attributes
        classes = _CAMEL.sub("-", f"{attributes.get('class') or ''} {attributes.get('id') or ''}").lower()
        meanings |= _meanings(one.tag, classes)
        path.append(f"{one.tag}.{' '.join((attributes.get('class') or '').split()[:1])}")
        if 0 < depth <= TOGETHER:
            ancestors.append(one.mem_id)
        climbing = climbing and one.tag not in _WIDE
        if 0 < depth <= 3 and not near and climbing:
            near = near_text(one, text)
        one = one.parent
    labelled = any(LABEL.fullmatch(name.strip()) for name in names if name.strip())
    credited = bool(CREDIT.search(near))
    return Surroundings(
        frozenset(meanings), label, labelled, picture and not text, credited, ">".join(path), near, tuple(ancestors)
    )


def near_text(node: LexborNode, own: str) -> str:
    """What an ancestor says beside the link itself, where that is short."""
    text = " ".join(node.text(separator=" ")[: 4 * MOST_TEXT].split())
    return text if len(text) <= MOST_TEXT + len(own) and text != own else ""


def _meanings(tag: str, classes: str) -> set[str]:
    found = {"edge"} if tag in _EDGE_TAGS else {"article"} if tag == "article" else set[str]()
    if tag == "blockquote":
        found.add("embed" if "tweet" in classes or "media" in classes else "article")
    for token in classes.split():
        words = [word for word in _SPLIT.split(token) if word]
        for word in (*words, "".join(words)):
            if (meaning := _MEANING.get(word)) is not None:
                found.add(meaning)
    return found
