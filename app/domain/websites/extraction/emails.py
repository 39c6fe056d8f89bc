"""The e-mail addresses that a page shows, hides in plain sight, or has in its structured data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction import deobfuscation as hidden
from app.domain.websites.extraction.addresses import FREE, clean, flags
from app.domain.websites.extraction.document import BREAK, Document, text_of
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context
from app.domain.websites.extraction.hosts import registered_domain

#: How sure each way of finding is.
CONFIDENCE = {
    "json_ld": 1.0,
    "microdata": 1.0,
    "mailto": 0.95,
    "cloudflare": 0.95,
    "typo3": 0.95,
    "attribute": 0.8,
    "text": 0.8,
    "deobfuscated": 0.6,
    "script": 0.5,
}
#: Characters of script that are looked at, and addresses that a page may have.
MOST_SCRIPT, MOST_FOUND = 300_000, 500
#: Characters of an element's text that are read for an address, or for what stands round one.
MOST_AROUND = 400

PLAIN = re.compile(
    r"(?<![a-z0-9_.+&-])([a-z0-9][a-z0-9_.+'&-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,6}[a-z][a-z0-9-]{1,23})(?![a-z0-9_-]|\.[a-z0-9])",
    re.IGNORECASE,
)
#: Torn by tags round the sign: <span>info</span>@<span>example.com</span>.
_TORN = re.compile(rf"[{BREAK} ]{{0,2}}@[{BREAK} ]{{0,2}}")

#: An address in place of a link, the mailto: forgotten.
_BARE = re.compile(r"(?:https?://)?([^@/:?#\s]{1,64}@[^@/:?#\s]{4,100})/?", re.IGNORECASE)
_TYPO3 = re.compile(r"""UnCryptMailto\((?:%27|["'])([^"'%]{5,400})""")
_Raw = Iterator[tuple[str, str, str]]  # (text, method, surroundings)


def find_emails(document: Document) -> list[Finding]:
    """The addresses on the page, the surest first; examples and machines' are left out."""
    findings: list[Finding] = []
    for text, method, around in _candidates(document):
        address = clean(text)
        if address is None:
            continue
        evidence = Evidence(document.url, method, shorten_context(around.replace(BREAK, " ")))
        findings.append(Finding(address, _confidence(address, method, document), flags(address), [evidence]))
        if len(findings) >= MOST_FOUND:
            break
    return _without_tails(merge_findings(findings))


def _confidence(address: str, method: str, document: Document) -> float:
    domain = registered_domain(address.rpartition("@")[2])
    return min(1.0, CONFIDENCE[method] + (0.05 if domain and domain == document.domain else 0.0))


def _candidates(document: Document) -> _Raw:
    yield from _structured(document)
    yield from _links(document)
    yield from _attributes(document)
    yield from _texts(document)
    yield from _scripts(document)


def _structured(document: Document) -> _Raw:
    for one in document.linked_data:
        values = one.get("email")
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, str):
                for address in _split(value.removeprefix("mailto:")):
                    yield address, "json_ld", str(one.get("name") or one.get("@type") or "")
    for node in document.tree.css('[itemprop~="email"]'):
        value = node.attributes.get("content") or text_of(node, MOST_AROUND)
        yield value, "microdata", _around(node)


def _split(text: str) -> list[str]:
    return re.split(r"[,;\s]+", text.strip())[:20]


def _links(document: Document) -> _Raw:
    for link in document.links:
        raw = link.raw
        lower = raw[:60].lower()
        if (bare := _BARE.fullmatch(raw)) is not None:
            yield bare[1], "mailto", _around(link.node)
        elif "mailto" in lower:
            for address in _mailto(raw):
                yield address, "mailto", _around(link.node)
        elif "email-protection#" in raw:
            yield hidden.cloudflare(raw.rpartition("#")[2]), "cloudflare", _around(link.node)
        if "UnCryptMailto" in raw:
            for code in _TYPO3.findall(raw):
                yield hidden.typo3(unquote(code)).removeprefix("mailto:"), "typo3", _around(link.node)


def _mailto(href: str) -> Iterator[str]:
    """The addresses of a mailto: (RFC 6068), written as carelessly as people do."""
    text = unquote(re.sub(r"^(?:\s*mail ?to:[\s/]*)+", "", href, flags=re.IGNORECASE))
    target, _, query = text.partition("?")
    for address in re.split(r"[,;]|\s+", target)[:20]:
        yield address
        yield from _obfuscated(address)
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name.strip().lower().removeprefix("amp;") in ("to", "cc"):
            yield from re.split(r"[,;]", value)[:20]


def _obfuscated(text: str) -> Iterator[str]:
    for match in hidden.BRACKETED.finditer(text):
        yield f"{match[1]}@{hidden.plain_domain(match[2])}"


_DATA = ("data-email", "data-mail", "data-mailto", "data-contact-email", "data-e-mail", "title", "aria-label", "alt",
         "data-clipboard-text", "data-copy")  # fmt: skip
_NAME_BEFORE = re.compile(r"\b(title|alt|aria-label|data-[a-z-]{1,20})=$", re.IGNORECASE)
_PAIRS = (("data-user", "data-domain"), ("data-name", "data-domain"), ("data-local", "data-domain"),
          ("data-u", "data-d"), ("data-account", "data-host"), ("data-part1", "data-part2"))  # fmt: skip

_SIGN = re.compile("@")
MOST_SIGNS = 5_000

_Attributes = dict[str, str | None]
_Read = Callable[[_Attributes], tuple[str, str]]  # (address, method)


def _pair(user: str, domain: str) -> _Read:
    """An address in two attributes, or three."""

    def read(given: _Attributes) -> tuple[str, str]:
        top = f".{given['data-tld']}" if given.get("data-tld") else ""
        return f"{given.get(user)}@{given.get(domain)}{top}", "attribute"

    return read


def _joomla(given: _Attributes) -> tuple[str, str]:
    return "@".join(hidden.base64_text(given.get(name) or "") for name in ("first", "last")), "attribute"


#: A word that stands in the HTML, the elements that it may belong to, and how they are read.
_ENCODED: tuple[tuple[str, str, _Read], ...] = (
    ("data-cfemail", "[data-cfemail]", lambda a: (hidden.cloudflare(a.get("data-cfemail") or ""), "cloudflare")),
    (
        "data-enc-email",
        "[data-enc-email]",
        lambda a: (hidden.rot13((a.get("data-enc-email") or "").replace("[at]", "@")), "attribute"),
    ),
    (
        "data-mailto-token",
        "[data-mailto-token]",
        lambda a: (hidden.typo3(a.get("data-mailto-token") or "").removeprefix("mailto:"), "typo3"),
    ),
    ("joomla-hidden-mail", "joomla-hidden-mail", _joomla),
    *((domain, f"[{user}][{domain}]", _pair(user, domain)) for user, domain in _PAIRS),
)


def _attributes(document: Document) -> _Raw:
    for marker, selector, read in _ENCODED:
        if marker in document.html:
            for node in document.tree.css(selector):
                address, method = read(node.attributes)
                yield address, method, _around(node)
    if "rtl" in document.html:
        for node in document.tree.css('[style*="rtl"]'):
            yield text_of(node, MOST_AROUND)[::-1].strip(), "deobfuscated", _around(node)
    for name in _with_sign(document.html):
        if name in _DATA:
            for node in document.tree.css(f'[{name}*="@"]'):
                for match in PLAIN.finditer((node.attributes.get(name) or "")[:2000]):
                    yield match[1], "attribute", _around(node)


def _with_sign(html: str) -> set[str]:
    """Attributes in whose values there is an @, looked for from there: far fewer places than attributes."""
    names: set[str] = set()
    for at in islice(_SIGN.finditer(html), MOST_SIGNS):
        before = html[max(0, at.start() - 240) : at.start()]
        quote = max(before.rfind('"'), before.rfind("'"))
        if "<" in before[quote:] or ">" in before[quote:]:
            continue
        if quote > 0 and (match := _NAME_BEFORE.search(before, max(0, quote - 30), quote)):
            names.add(match[1].lower())
    return names


def _texts(document: Document) -> _Raw:
    text = document.text
    if "@" in text:
        whole = _TORN.sub("@", text)
        for match in PLAIN.finditer(whole):
            if match[1] in text or _believable(match[1], document):
                yield match[1], "text", whole[max(0, match.start() - 80) : match.end() + 60]
    for match in hidden.bracketed(text):
        around = text[max(0, match.start() - 60) : match.end()]
        yield f"{match[1]}@{hidden.plain_domain(match[2])}", "deobfuscated", around
    for match in hidden.spoken(text):
        address = f"{match[1]}@{hidden.plain_domain(match[2])}"
        if "." not in match[2] or _believable(address, document):
            yield address, "deobfuscated", text[max(0, match.start() - 60) : match.end()]


def _believable(address: str, document: Document) -> bool:
    """Whether pieces that happen to stand together may be taken for an address: of the site's own domain, or free."""
    domain = address.rpartition("@")[2].lower()
    return domain in FREE or (document.domain is not None and registered_domain(domain) == document.domain)


def _scripts(document: Document) -> _Raw:
    left = MOST_SCRIPT
    for script in document.scripts:
        if left <= 0:
            return
        script = script[:left]
        left -= len(script)
        if not any(sign in script for sign in ("@", "&#64", "x40", "u0040", "%40", "atob", "fromCharCode", "UnCrypt")):
            continue
        text = hidden.script_text(script)
        for match in PLAIN.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            # One that is put together from pieces is meant for a reader; a whole one may be anything.
            if match[1] not in script or "mailto" in before or _believable(match[1], document):
                yield match[1], "script", text[max(0, match.start() - 40) : match.end() + 20]
        for code in _TYPO3.findall(script):
            yield hidden.typo3(code).removeprefix("mailto:"), "typo3", ""


def _around(node: LexborNode) -> str:
    parent = node.parent
    if parent is not None and parent.tag not in ("body", "html"):
        return text_of(parent, MOST_AROUND, " ")
    return text_of(node, MOST_AROUND)


def _without_tails(findings: list[Finding]) -> list[Finding]:
    """Without what is the end of another one, cut off: o@example.com beside info@example.com."""
    values = [one.value.lower() for one in findings]
    return [
        one
        for one in findings
        if one.confidence >= CONFIDENCE["attribute"]
        or not any(other != one.value.lower() and other.endswith(one.value.lower()) for other in values)
    ]
