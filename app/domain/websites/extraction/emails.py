"""The e-mail addresses of a page: in links, text, attributes, scripts and structured data, plain or obfuscated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from app.domain.websites.extraction import deobfuscation, spelled_addresses
from app.domain.websites.extraction.document import BLOCK, BREAK, Document, text_of
from app.domain.websites.extraction.email_addresses import (
    FREE_PROVIDERS,
    address_flags,
    ascii_domain,
    normalise_address,
)
from app.domain.websites.extraction.email_attributes import in_attributes
from app.domain.websites.extraction.email_patterns import MAX_CONTEXT_CHARACTERS, PLAIN, Candidate, context_of
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context
from app.domain.websites.extraction.hosts import registered_domain
from app.domain.websites.extraction.ownership import Ownership
from app.domain.websites.extraction.script_values import decode_script
from app.domain.websites.extraction.social.json_ld import other_entities

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
MAX_AT_SIGNS = 3_000
"""Examined per page."""
WINDOW_CHARACTERS = 120
"""Read on each side of an @ between tags."""

# An address as the href of a link, without mailto:.
_BARE_HREF = re.compile(r"(?:https?://)?([^@/:?#\s]{1,64}@[^@/:?#\s]{4,100})/?", re.IGNORECASE)
_TYPO3 = re.compile(r"""UnCryptMailto\((?:%27|["'])([^"'%]{5,400})""")
_MAILTO = re.compile(r"\s{0,20}(?:https?://)?(?:mail ?to:[\s/]{0,9}){1,3}", re.IGNORECASE)
_SPACED_AT = re.compile(r"\s@|@\s")
_WORD = re.compile(r"[\w.+-]")
# A key of the data of a script whose value is an address.
_EMAIL_KEY = re.compile(r"(?:mail|contact)\w{0,20}[\"']?\s{0,3}[:=]\s{0,3}[\"']?$", re.IGNORECASE)


def find_emails(document: Document) -> list[Finding]:
    """Return the addresses of the page, highest confidence first, without examples and those of machines.

    Those of the business rank before those of others, such as the designer of the site.
    """
    ownership = Ownership(document)
    findings: list[Finding] = []
    spellings: dict[str, str] = {}
    for candidate in _candidates(document):
        address = normalise_address(candidate.text, document.domain)
        if address is None:
            continue
        address = spellings.setdefault(_ascii_form(address), address)
        confidence = ownership.adjust(CONFIDENCE[candidate.method], address, candidate)
        evidence = Evidence(document.url, candidate.method, shorten_context(candidate.context))
        findings.append(Finding(address, confidence, address_flags(address), [evidence]))
        if len(findings) >= MAX_ADDRESSES:
            break
    return _without_fragments(merge_findings(ownership.rank(findings)))


def _ascii_form(address: str) -> str:
    """Return a key under which the spellings of an address with an internationalised domain are equal."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}".casefold()


def _candidates(document: Document) -> Iterator[Candidate]:
    yield from _structured(document)
    yield from _links(document)
    yield from in_attributes(document)
    yield from _texts(document)
    yield from _scripts(document)


def _structured(document: Document) -> Iterator[Candidate]:
    others = {id(entity) for entity in other_entities(document.linked_data)}
    for entity in document.linked_data:
        values = entity.get("email")
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, str):
                for address in _split(_without_mailto(value[:1_000])):
                    name = str(entity.get("name") or entity.get("@type") or "")
                    yield Candidate(address, "json_ld", name, is_others=id(entity) in others)
    for node in document.tree.css('[itemprop~="email"]'):
        value = node.attributes.get("content") or node.attributes.get("href") or text_of(node, MAX_CONTEXT_CHARACTERS)
        yield Candidate(_without_mailto(value[:1_000]).partition("?")[0], "microdata", context_of(node), node)


def _without_mailto(text: str) -> str:
    prefix = _MAILTO.match(text)
    return text[prefix.end() :] if prefix else text


def _split(text: str) -> list[str]:
    return re.split(r"[,;\s]+", text.strip())[:20]


def _links(document: Document) -> Iterator[Candidate]:
    hidden = document.hidden.elements
    for link in document.links:
        raw, node = link.raw, link.node
        lower = raw[:60].lower()
        if "@" not in raw and "mail" not in lower and "UnCrypt" not in raw:
            continue
        if node.mem_id in hidden:
            continue
        if "mailto" in lower or "mail to" in lower:
            for address in addresses_of_mailto(raw):
                yield Candidate(address, "mailto", context_of(node), node)
        elif "email-protection" in raw and "#" in raw:
            code = raw.rpartition("#")[2]
            yield Candidate(deobfuscation.decode_cloudflare(code), "cloudflare", context_of(node), node)
        elif (bare := _BARE_HREF.fullmatch(raw)) is not None:
            yield Candidate(bare[1], "mailto", context_of(node), node)
        if "UnCryptMailto" in raw:
            for code in _TYPO3.findall(raw):
                yield Candidate(deobfuscation.decode_typo3(unquote(code)), "typo3", context_of(node), node)


def addresses_of_mailto(href: str) -> Iterator[str]:
    """Yield the addresses of a mailto: link (RFC 6068), also of one with common mistakes."""
    text = unquote(_without_mailto(href))
    target, _, query = text.partition("?")
    for address in re.split(r"[,;]|\s+", target)[:20]:
        yield address
        yield from map(spelled_addresses.decode_match, spelled_addresses.BRACKETED.finditer(address))
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name.strip().lower().removeprefix("amp;") in ("to", "cc"):
            yield from re.split(r"[,;]", value)[:20]


def _texts(document: Document) -> Iterator[Candidate]:
    text = document.text
    if "@" in text:
        covered = set()
        for match in PLAIN.finditer(text):
            at = match.start() + match[1].index("@")
            if not _continues(text, match):
                covered.add(at)
                yield Candidate(match[1], "text", text[max(0, match.start() - 80) : match.end() + 60])
        yield from _torn(document, text, covered)
    for address, start, end in spelled_addresses.find_bracketed(text):
        yield Candidate(address, "deobfuscated", text[max(0, start - 60) : end])
    for address, start, end in spelled_addresses.find_spoken(text):
        yield Candidate(address, "deobfuscated", text[max(0, start - 60) : end])
    for node in document.hidden.reversed_nodes[:50]:
        yield Candidate(text_of(node, MAX_CONTEXT_CHARACTERS)[::-1].strip(), "deobfuscated", context_of(node), node)
    if "<noscript" in document.html:
        yield from _instead_of_scripts(document)


# What a script uses to write an address that only it can decode.
_WRITES = re.compile(r"document\.write|\beval\(|unescape\(|fromCharCode|innerHTML|enkod")


def _instead_of_scripts(document: Document) -> Iterator[Candidate]:
    """Yield the spelled addresses in a `<noscript>` directly after the script that writes them for all readers.

    Anything else in a `<noscript>` is for other readers.
    """
    for node in document.tree.css("script + noscript")[:50]:
        script = node.prev
        while script is not None and script.tag != "script":
            script = script.prev
        if script is not None and _WRITES.search((script.text() or "")[:MAX_SCRIPT_CHARACTERS]):
            text = f"{BLOCK}{' '.join(text_of(node, MAX_CONTEXT_CHARACTERS).split())}{BLOCK}"
            for found in (spelled_addresses.find_bracketed(text), spelled_addresses.find_spoken(text)):
                yield from (Candidate(address, "deobfuscated", text) for address, _, _ in found)


def _continues(text: str, match: re.Match[str]) -> bool:
    """Return whether an address goes on in the next element: info@example.<b>com</b>, info@example.co<i>.uk</i>."""
    return text[match.end() : match.end() + 2].startswith((f"{BREAK}.", f"{BREAK}-"))


def _torn(document: Document, text: str, covered: set[int]) -> Iterator[Candidate]:
    """Yield the addresses whose parts stand in several elements of one line."""
    for sign in islice(re.finditer("@", text), MAX_AT_SIGNS):
        at = sign.start()
        if at in covered:
            continue
        start = max(text.rfind(BLOCK, max(0, at - WINDOW_CHARACTERS), at) + 1, at - WINDOW_CHARACTERS, 0)
        end = text.find(BLOCK, at, at + WINDOW_CHARACTERS)
        line = text[start : end if end >= 0 else at + WINDOW_CHARACTERS]
        before, after = line[: at - start], line[at - start + 1 :]
        is_spaced = before.endswith(" ") or after.startswith(" ") or not after
        joined = f"{before.replace(BREAK, '').rstrip()[-64:]}@{after.replace(BREAK, '').lstrip()}"
        for match in PLAIN.finditer(joined):
            local = match[1].partition("@")[0]
            if spelled_addresses.is_prose_word(local):
                continue
            if not is_spaced or is_plausible(match[1], document):
                yield Candidate(match[1], "text", line)
                break


def is_plausible(address: str, document: Document) -> bool:
    """Return whether text is likely to be an address: it has the site's domain, or that of a free provider."""
    domain = address.rpartition("@")[2].lower()
    return domain in FREE_PROVIDERS or (document.domain is not None and registered_domain(domain) == document.domain)


_SIGNS = ("@", "&#64", "x40", "u0040", "%40", "atob", "fromCharCode", "UnCrypt")


def _scripts(document: Document) -> Iterator[Candidate]:
    remaining = MAX_SCRIPT_CHARACTERS
    for is_data, script in (
        *((False, script) for script in document.scripts),
        *((True, script) for script in document.data_scripts),
    ):
        if remaining <= 0:
            return
        script = script[:remaining]
        remaining -= len(script)
        if not any(sign in script for sign in _SIGNS):
            continue
        text = decode_script(script)
        for match in PLAIN.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            # An address that the script builds from pieces is shown to readers; a whole one may be anything.
            is_built = not is_data and match[1] not in script
            if is_built or "mailto" in before or _EMAIL_KEY.search(before) or is_plausible(match[1], document):
                yield Candidate(match[1], "script", text[max(0, match.start() - 40) : match.end() + 20])
        for code in _TYPO3.findall(script):
            yield Candidate(deobfuscation.decode_typo3(code), "typo3", "")


def _without_fragments(findings: list[Finding]) -> list[Finding]:
    """Drop addresses that are the end of another one: o@example.com beside info@example.com."""
    values = [finding.value.lower() for finding in findings]
    return [
        finding
        for finding in findings
        if finding.confidence >= CONFIDENCE["attribute"]
        or not any(other != (value := finding.value.lower()) and other.endswith(value) for other in values)
    ]
