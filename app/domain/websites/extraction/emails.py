"""The e-mail addresses of a page: in links, text, attributes, scripts and structured data, plain or obfuscated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from app.domain.websites.extraction import deobfuscation
from app.domain.websites.extraction.document import BREAK, Document, text_of
from app.domain.websites.extraction.email_addresses import FREE_PROVIDERS, address_flags, normalise_address
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context
from app.domain.websites.extraction.hosts import registered_domain

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
"""Confidence by method."""
MAX_SCRIPT_CHARACTERS = 300_000
"""Searched per page, in all its scripts together."""
MAX_ADDRESSES = 500
"""Returned per page."""
MAX_CONTEXT_CHARACTERS = 400
"""Read of an element's text for an address or its context."""
MAX_AT_SIGNS = 5_000
"""Examined per page to find attributes that contain addresses."""

PLAIN = re.compile(
    r"(?<![a-z0-9_.+&-])([a-z0-9][a-z0-9_.+'&-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,6}[a-z][a-z0-9-]{1,23})(?![a-z0-9_-]|\.[a-z0-9])",
    re.IGNORECASE,
)
# An @ between tags: <span>info</span>@<span>example.com</span>.
_SPLIT_AT = re.compile(rf"[{BREAK} ]{{0,2}}@[{BREAK} ]{{0,2}}")
# An address as the href of a link, without mailto:.
_BARE_HREF = re.compile(r"(?:https?://)?([^@/:?#\s]{1,64}@[^@/:?#\s]{4,100})/?", re.IGNORECASE)
_TYPO3 = re.compile(r"""UnCryptMailto\((?:%27|["'])([^"'%]{5,400})""")
_Candidates = Iterator[tuple[str, str, str]]
"""(text, method, context)."""


def find_emails(document: Document) -> list[Finding]:
    """Return the addresses of the page, highest confidence first, without examples and those of machines."""
    findings: list[Finding] = []
    for text, method, context in _candidates(document):
        address = normalise_address(text)
        if address is None:
            continue
        evidence = Evidence(document.url, method, shorten_context(context.replace(BREAK, " ")))
        findings.append(Finding(address, _confidence(address, method, document), address_flags(address), [evidence]))
        if len(findings) >= MAX_ADDRESSES:
            break
    return _without_fragments(merge_findings(findings))


def _confidence(address: str, method: str, document: Document) -> float:
    domain = registered_domain(address.rpartition("@")[2])
    return min(1.0, CONFIDENCE[method] + (0.05 if domain and domain == document.domain else 0.0))


def _candidates(document: Document) -> _Candidates:
    yield from _structured(document)
    yield from _links(document)
    yield from _attributes(document)
    yield from _texts(document)
    yield from _scripts(document)


def _structured(document: Document) -> _Candidates:
    for entity in document.linked_data:
        values = entity.get("email")
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, str):
                for address in _split(value.removeprefix("mailto:")):
                    yield address, "json_ld", str(entity.get("name") or entity.get("@type") or "")
    for node in document.tree.css('[itemprop~="email"]'):
        value = node.attributes.get("content") or text_of(node, MAX_CONTEXT_CHARACTERS)
        yield value, "microdata", _context(node)


def _split(text: str) -> list[str]:
    return re.split(r"[,;\s]+", text.strip())[:20]


def _links(document: Document) -> _Candidates:
    for link in document.links:
        raw = link.raw
        lower = raw[:60].lower()
        if (bare := _BARE_HREF.fullmatch(raw)) is not None:
            yield bare[1], "mailto", _context(link.node)
        elif "mailto" in lower:
            for address in _mailto(raw):
                yield address, "mailto", _context(link.node)
        elif "email-protection#" in raw:
            yield deobfuscation.decode_cloudflare(raw.rpartition("#")[2]), "cloudflare", _context(link.node)
        if "UnCryptMailto" in raw:
            for code in _TYPO3.findall(raw):
                yield deobfuscation.decode_typo3(unquote(code)), "typo3", _context(link.node)


def _mailto(href: str) -> Iterator[str]:
    """Yield the addresses of a mailto: link (RFC 6068), also of one with common mistakes."""
    text = unquote(re.sub(r"^(?:\s*mail ?to:[\s/]*)+", "", href, flags=re.IGNORECASE))
    target, _, query = text.partition("?")
    for address in re.split(r"[,;]|\s+", target)[:20]:
        yield address
        yield from map(deobfuscation.decode_match, deobfuscation.BRACKETED.finditer(address))
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name.strip().lower().removeprefix("amp;") in ("to", "cc"):
            yield from re.split(r"[,;]", value)[:20]


_ADDRESS_ATTRIBUTES = (
    "data-email", "data-mail", "data-mailto", "data-contact-email", "data-e-mail", "title", "aria-label", "alt",
    "data-clipboard-text", "data-copy",
)  # fmt: skip
_ATTRIBUTE_NAME = re.compile(r"\b(title|alt|aria-label|data-[a-z-]{1,20})=$", re.IGNORECASE)
_ATTRIBUTE_PAIRS = (("data-user", "data-domain"), ("data-name", "data-domain"), ("data-local", "data-domain"),
          ("data-u", "data-d"), ("data-account", "data-host"), ("data-part1", "data-part2"))  # fmt: skip

_AT_SIGN = re.compile("@")

_Attributes = dict[str, str | None]
_Decode = Callable[[_Attributes], tuple[str, str]]
"""Returns (address, method)."""


def _decode_one(name: str, decode_text: Callable[[str], str], method: str) -> _Decode:
    """Return a decoder for an address in one attribute."""
    return lambda attributes: (decode_text(attributes.get(name) or ""), method)


def _decode_pair(user: str, domain: str) -> _Decode:
    """Return a decoder for an address in two attributes, or three with `data-tld`."""

    def decode(attributes: _Attributes) -> tuple[str, str]:
        top = f".{attributes['data-tld']}" if attributes.get("data-tld") else ""
        return f"{attributes.get(user)}@{attributes.get(domain)}{top}", "attribute"

    return decode


def _decode_joomla(attributes: _Attributes) -> tuple[str, str]:
    parts = (deobfuscation.decode_base64(attributes.get(name) or "") for name in ("first", "last"))
    return "@".join(parts), "attribute"


def _decode_rot13(text: str) -> str:
    return deobfuscation.decode_rot13(text.replace("[at]", "@"))


# A word in the HTML, the selector of the elements that it may belong to, and their decoder.
_ENCODED: tuple[tuple[str, str, _Decode], ...] = (
    ("data-cfemail", "[data-cfemail]", _decode_one("data-cfemail", deobfuscation.decode_cloudflare, "cloudflare")),
    ("data-enc-email", "[data-enc-email]", _decode_one("data-enc-email", _decode_rot13, "attribute")),
    ("data-mailto-token", "[data-mailto-token]", _decode_one("data-mailto-token", deobfuscation.decode_typo3, "typo3")),
    ("joomla-hidden-mail", "joomla-hidden-mail", _decode_joomla),
    *((domain, f"[{user}][{domain}]", _decode_pair(user, domain)) for user, domain in _ATTRIBUTE_PAIRS),
)


def _attributes(document: Document) -> _Candidates:
    for marker, selector, decode in _ENCODED:
        if marker in document.html:
            for node in document.tree.css(selector):
                address, method = decode(node.attributes)
                yield address, method, _context(node)
    if "rtl" in document.html:
        for node in document.tree.css('[style*="rtl"]'):
            yield text_of(node, MAX_CONTEXT_CHARACTERS)[::-1].strip(), "deobfuscated", _context(node)
    for name in _attributes_with_at_sign(document.html):
        if name in _ADDRESS_ATTRIBUTES:
            for node in document.tree.css(f'[{name}*="@"]'):
                for match in PLAIN.finditer((node.attributes.get(name) or "")[:2000]):
                    yield match[1], "attribute", _context(node)


def _attributes_with_at_sign(html: str) -> set[str]:
    """Return the attributes whose values contain an @; searches around each @, of which there are few."""
    names: set[str] = set()
    for match in islice(_AT_SIGN.finditer(html), MAX_AT_SIGNS):
        before = html[max(0, match.start() - 240) : match.start()]
        quote = max(before.rfind('"'), before.rfind("'"))
        if "<" in before[quote:] or ">" in before[quote:]:
            continue
        if quote > 0 and (name := _ATTRIBUTE_NAME.search(before, max(0, quote - 30), quote)):
            names.add(name[1].lower())
    return names


def _texts(document: Document) -> _Candidates:
    text = document.text
    if "@" in text:
        joined = _SPLIT_AT.sub("@", text)
        for match in PLAIN.finditer(joined):
            if match[1] in text or _is_plausible(match[1], document):
                yield match[1], "text", joined[max(0, match.start() - 80) : match.end() + 60]
    for match in deobfuscation.find_bracketed(text):
        context = text[max(0, match.start() - 60) : match.end()]
        yield deobfuscation.decode_match(match), "deobfuscated", context
    for match in deobfuscation.find_spoken(text):
        address = deobfuscation.decode_match(match)
        if "." not in match[2] or _is_plausible(address, document):
            yield address, "deobfuscated", text[max(0, match.start() - 60) : match.end()]


def _is_plausible(address: str, document: Document) -> bool:
    """Return whether adjacent pieces of text are likely to be an address: of the site's domain or a free provider."""
    domain = address.rpartition("@")[2].lower()
    return domain in FREE_PROVIDERS or (document.domain is not None and registered_domain(domain) == document.domain)


def _scripts(document: Document) -> _Candidates:
    remaining = MAX_SCRIPT_CHARACTERS
    for script in document.scripts:
        if remaining <= 0:
            return
        script = script[:remaining]
        remaining -= len(script)
        if not any(sign in script for sign in ("@", "&#64", "x40", "u0040", "%40", "atob", "fromCharCode", "UnCrypt")):
            continue
        text = deobfuscation.decode_script(script)
        for match in PLAIN.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            # An address that the script builds from pieces is shown to readers; a whole one may be anything.
            if match[1] not in script or "mailto" in before or _is_plausible(match[1], document):
                yield match[1], "script", text[max(0, match.start() - 40) : match.end() + 20]
        for code in _TYPO3.findall(script):
            yield deobfuscation.decode_typo3(code), "typo3", ""


def _context(node: LexborNode) -> str:
    parent = node.parent
    if parent is not None and parent.tag not in ("body", "html"):
        return text_of(parent, MAX_CONTEXT_CHARACTERS, " ")
    return text_of(node, MAX_CONTEXT_CHARACTERS)


def _without_fragments(findings: list[Finding]) -> list[Finding]:
    """Drop addresses that are the end of another one: o@example.com beside info@example.com."""
    values = [finding.value.lower() for finding in findings]
    return [
        finding
        for finding in findings
        if finding.confidence >= CONFIDENCE["attribute"]
        or not any(other != (value := finding.value.lower()) and other.endswith(value) for other in values)
    ]
