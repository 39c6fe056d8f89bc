"""E-mail addresses in the attributes of elements: encoded, in parts, or for scripts and screen readers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice

from app.domain.websites.extraction import deobfuscation
from app.domain.websites.extraction.document import Document, text_of
from app.domain.websites.extraction.email_patterns import MAX_CONTEXT_CHARACTERS, PLAIN, Candidate, context_of
from app.domain.websites.extraction.script_values import decode_script

MAX_AT_SIGNS = 5_000
"""Examined per page to find attributes that contain addresses."""
MAX_ATTRIBUTE_CHARACTERS = 2_000

_SCRIPTED = ("onclick", "onmousedown", "onmouseover", "onfocus", "onkeypress", "ondblclick")
# Attributes that hold addresses. Placeholders of forms do not: they are examples.
_ATTRIBUTE_NAME = re.compile(
    r"(?<=[\s\"'])(title|alt|aria-label|value|action|onclick|onmousedown|onmouseover|onfocus|onkeypress|ondblclick"
    r"|data-(?!cfemail|enc-email|user|name)[a-z-]{1,20})\s{0,3}=",
    re.IGNORECASE,
)
_ATTRIBUTE_PAIRS = (("data-user", "data-domain"), ("data-name", "data-domain"), ("data-local", "data-domain"),
          ("data-u", "data-d"), ("data-account", "data-host"), ("data-part1", "data-part2"))  # fmt: skip

_AT_SIGN = re.compile("@")
_ESCAPED_AT_SIGN = re.compile("(?:&#6|%)4[0;]")

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


def in_attributes(document: Document) -> Iterator[Candidate]:
    """Yield the addresses in attributes of elements that readers see."""
    hidden = document.hidden.elements
    has_encoded = "data-" in document.html or "joomla-" in document.html
    for marker, selector, decode in _ENCODED if has_encoded else ():
        if marker in document.html:
            for node in document.tree.css(selector):
                if node.mem_id not in hidden:
                    address, method = decode(node.attributes)
                    yield Candidate(address, method, context_of(node), node)
    if "<bdo" in document.html:
        for node in document.tree.css('bdo[dir="rtl"]')[:50]:
            reversed_text = text_of(node, MAX_CONTEXT_CHARACTERS)[::-1].strip()
            yield Candidate(reversed_text, "deobfuscated", context_of(node), node)
    for name in _attributes_with_at_sign(document.html):
        for node in document.tree.css(f"[{name}]")[:MAX_AT_SIGNS]:
            value = (node.attributes.get(name) or "")[:MAX_ATTRIBUTE_CHARACTERS]
            if ("@" not in value and "%40" not in value) or node.mem_id in hidden:
                continue
            for address, method in _addresses(name, value, node.attributes):
                yield Candidate(address, method, context_of(node), node)


def _addresses(name: str, value: str, attributes: _Attributes) -> Iterator[tuple[str, str]]:
    """Yield (address, method) for the addresses in the value of one attribute."""
    if name in _SCRIPTED:
        text = decode_script(value)
        if "mailto" in text.lower():
            yield from ((match[1], "mailto") for match in PLAIN.finditer(text))
        return
    if name == "value" and not ({"readonly", "disabled"} & attributes.keys() or attributes.get("type") == "button"):
        return  # what a form is filled with, or sends
    if name == "action" and not value.lower().lstrip().startswith("mailto"):
        return
    method = "mailto" if "mailto:" in value.lower() else "attribute"
    yield from ((match[1], method) for match in PLAIN.finditer(value.replace("%40", "@")))


def _attributes_with_at_sign(html: str) -> set[str]:
    """Return the attributes whose values contain an @; searches around each @, of which there are few."""
    names: set[str] = set()
    signs = chain(_AT_SIGN.finditer(html), _ESCAPED_AT_SIGN.finditer(html) if "%40" in html or "&#64;" in html else ())
    for match in islice(signs, MAX_AT_SIGNS):
        before = html[max(0, match.start() - 240) : match.start()]
        start = before.rfind("<") + 1
        if before.rfind("=") < before.rfind(">") and "'" not in before[start:] and '"' not in before[start:]:
            continue  # in the text, as most are
        for name in _ATTRIBUTE_NAME.finditer(before, start):
            names.add(name[1].lower())
    return names
