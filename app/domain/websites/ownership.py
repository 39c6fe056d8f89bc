"""Tell a business's own site from one of somebody else, to whom its address leads or who has taken it over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from app.domain.websites.extraction.document import Document, text_of
from app.domain.websites.extraction.hosts import domain_of

MIN_LABEL_CHARACTERS = 4
"""Shorter labels of domains, and shorter names, are similar by accident."""
MAX_TEXT_CHARACTERS = 10_000
"""Searched for what a site is about."""
MAX_HTML_CHARACTERS = 200_000
"""Searched for addresses."""
MIN_UNWANTED_WORDS = 4
"""Different words of what expired domains are bought for; fewer may be the business's own."""
_MAX_NODES = 20

_LEGAL_FORMS = re.compile(
    r"\b(?:gmbh(?: & co\.? kg)?|mbh|ag|kg|ohg|gbr|ug|e\.? ?k\.?|e\.? ?v\.?|ltd|limited|plc|llp|llc|inc"
    r"|incorporated|corp|corporation|company|co|sarl|sas|sa|s\.a\.|srl|spa|s\.p\.a\.|bv|nv|ab|as|aps|oy"
    r"|sp\.? z o\.?o\.?|s\.r\.o\.|pty|the)\b\.?",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    {
        "and", "und", "the", "for", "bakery", "cafe", "restaurant", "hotel", "shop", "store", "group", "services",
        "service", "solutions", "company", "studio", "bar", "salon", "auto", "garage", "clinic", "center", "centre",
        "dental", "law", "office", "international", "global", "online", "home", "house", "case", "test", "business",
        "praxis", "apotheke", "backerei", "haus", "zentrum", "firma", "gasthaus",
    }
)  # fmt: skip
_UNWANTED = re.compile(
    r"\b(?:casinos?|slots?|slot gacor|roulette|blackjack|baccarat|poker|betting|sportsbook|bookmaker|jackpot"
    r"|gambling|free spins|judi|togel|gacor|situs|"
    r"bandar|taruhan|viagra|cialis|levitra|kamagra|payday loans?|escorts?|porn|xxx|sex|dating|essay writing"
    r"|replica watches|crypto casino|forex signals|"
    r"wettanbieter|sportwetten|glücksspiel|apuestas|scommesse|paris sportifs|казино|ставки|букмекер\w{0,5}"
    r"|рулетка|слоты|порно|bahis|kumar|"
    r"카지노|토토|바카라|คาสิโน|สล็อต|แทงบอล|บาคาร่า|娱乐城|赌场|博彩)\b",
    re.IGNORECASE,
)


def why_same_owner(document: Document, website: str, name: str) -> str | None:
    """Return why the page to which the address of a business leads is its own; None if nothing says so.

    `website` is the address, of another registered domain than the page, and `name` that of the business.
    """
    before, after = _label(domain_of(website)), _label(document.domain)
    if before and before == after:
        return f"both domains are called {before}"
    is_long = min(len(before), len(after)) >= MIN_LABEL_CHARACTERS
    if is_long and (before in after or after in before):
        return f"the names of the domains contain each other: {before}, {after}"
    if (title := _title_with(document, name)) is not None:
        return f"it calls itself {title}"
    domain = domain_of(website) or ""
    if before and any(domain_of(link.url) == domain for link in document.links[:500] if len(link.raw) < 300):
        return f"it links to {domain}"
    addresses = re.compile(rf"@(?:[\w-]{{1,63}}\.){{0,3}}{re.escape(domain)}\b")
    if before and addresses.search(document.html, 0, MAX_HTML_CHARACTERS):
        return f"it has addresses at {domain}"
    return None


def why_taken_over(document: Document, website: str, name: str) -> str | None:
    """Return what shows that somebody else uses the business's domain; None if nothing does.

    Expired domains are bought for their visitors and offer the same few things. A business that offers them says its
    own name.
    """
    if (other := _other_name(document, website, name)) is not None:
        return f"it calls itself {other} and does not name {name}, whose name the domain has"
    text = f"{document.title}\n{document.visible_text[:MAX_TEXT_CHARACTERS]}"
    found = {match[0].lower() for match in _UNWANTED.finditer(text)}
    if len(found) < MIN_UNWANTED_WORDS or _UNWANTED.search(name):
        return None
    squeezed = _squeeze(f"{document.title} {document.visible_text[:MAX_TEXT_CHARACTERS]}")
    if any(word in squeezed for word in _distinctive(name)) and not _UNWANTED.search(document.title):
        return None
    return f"it does not name the business, but {', '.join(sorted(found)[:MIN_UNWANTED_WORDS])}"


def _other_name(document: Document, website: str, name: str) -> str | None:
    """Return the name that a site gives itself although its domain has the name of the business, which it never names.

    Sites under a trade name have domains with that name, or with none of the business's words.
    """
    words = [word for word in _distinctive(name) if len(word) >= MIN_LABEL_CHARACTERS]
    label = _squeeze(_label(domain_of(website)))
    if not label or not any(word in label for word in words):
        return None
    # also alternative texts and names of files speak for the business, but not the address of the page itself
    html = document.html[:MAX_HTML_CHARACTERS].casefold().replace((domain_of(website) or "").casefold(), "")
    squeezed = _squeeze(html)
    if any(word in squeezed for word in words):
        return None
    names = [called for called in _declared_names(document) if called.isascii() and _distinctive(called)]
    if not names or any(_fits(called, label) for called in names):
        return None
    return names[0]


def _fits(called: str, label: str) -> bool:
    squeezed = _squeeze(called)
    initials = "".join(word[0] for word in re.findall(r"\w+", called.lower()))
    words = [word for word in _distinctive(called) if len(word) >= MIN_LABEL_CHARACTERS]
    return label in squeezed or squeezed in label or initials == label or any(word in label for word in words)


def _declared_names(document: Document) -> Iterator[str]:
    """Yield the names in the markup that are for machines: titles and headings may be slogans."""
    yield from (document.metas.get(key, "")[:80] for key in ("og:site_name", "application-name"))
    for thing in document.linked_data[:_MAX_NODES]:
        if isinstance(called := thing.get("name"), str) and ("address" in thing or "logo" in thing):
            yield called[:80]


def _label(domain: str | None) -> str:
    """Return the name in a domain, without its hyphens; nothing for IP addresses and local names."""
    if not domain or "." not in domain or domain.rpartition(".")[2].isdigit():
        return ""
    return domain.partition(".")[0].replace("-", "")


def _title_with(document: Document, name: str) -> str | None:
    """Return the name that the page gives itself, if that is the name of the business."""
    words = _distinctive(name)
    if not words:
        return None
    squeezed_name = _squeeze(_LEGAL_FORMS.sub(" ", name))
    for title in _own_names(document):
        squeezed = _squeeze(title)
        has_name = len(squeezed_name) >= MIN_LABEL_CHARACTERS and squeezed_name in squeezed
        if has_name or all(word in squeezed for word in words):
            return title[:80]
    return None


def _own_names(document: Document) -> Iterator[str]:
    yield document.title
    yield document.metas.get("og:site_name", "")[:200]
    yield document.metas.get("application-name", "")[:200]
    for node in document.tree.css("h1, header img[alt], .logo img[alt]")[:_MAX_NODES]:
        yield (node.attributes.get("alt") or "")[:200] or text_of(node, 200, " ")
    for thing in document.linked_data[:_MAX_NODES]:
        if isinstance(called := thing.get("name"), str) and "address" in thing:
            yield called[:200]
    text = document.visible_text
    for match in re.finditer(r"(?:©|\(c\)|copyright)", text[-3_000:], re.IGNORECASE):
        yield text[-3_000:][match.end() : match.end() + 80]


def _distinctive(name: str) -> list[str]:
    """Return the words of a name that tell it from others, squeezed; all words if there are none."""
    words = [_squeeze(word) for word in re.split(r"[^\w&']+", _LEGAL_FORMS.sub(" ", name[:300]))]
    words = [word for word in words if len(word) > 2 and not word.isdigit()]
    return [word for word in words if word not in _GENERIC] or []


def _squeeze(text: str) -> str:
    """Return the letters and digits of a text in lower case and without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in folded if character.isalnum())
