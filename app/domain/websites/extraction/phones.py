"""The telephone and fax numbers of a page, in E.164 form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from selectolax.lexbor import LexborNode

from app.domain.websites.extraction.document import BREAK, Document, text_of
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context
from app.domain.websites.extraction.ownership import MAX_CONFIDENCE_OF_CREDITS, MAX_CONFIDENCE_OF_OTHERS, is_credited
from app.domain.websites.extraction.register_numbers import MAX_CHARACTERS_AFTER, is_register_number
from app.domain.websites.extraction.social.json_ld import other_entities
from app.domain.websites.extraction.visible_text import to_ascii_forms

CONFIDENCE = {"json_ld": 1.0, "microdata": 1.0, "tel": 0.95, "whatsapp": 0.95, "text": 0.7, "script": 0.5}
"""Confidence by method."""
MAX_CANDIDATES = 60
"""Parsed per page; each takes some 50 µs."""
MAX_CHARACTERS_BEFORE = 80
"""Of a text, read before a number."""
MAX_SCRIPT_CHARACTERS = 300_000
"""Searched per block of data."""

# After a letter, a colon or dot ends a label (Tel.:503…); after a digit it is part of another number.
_NUMBER = re.compile(
    r"(?<![\w/=-])(?<!\d[.,:])(\+?\(?\d(?:[\d\x1f ()\-/–]|\.(?! )){6,22}\d)(?!(?! ?x\.? ?\d{1,6}(?!\w))[\w%-]|[.,]\d)"
)
# The characters of a number after its sign: to search for these first takes half the time.
_DIGITS = re.compile(r"\d[\d\x1f ().\-/–]{7,}")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d\d[\s–-]+(?:19|20)\d\d|\d{4}-\d{2}-\d{2}.*")
_FAX = re.compile(r"\b(?:tele)?fax\b|\bfax\s*[:.]|\bf\s*[:.]", re.IGNORECASE)
_CALL = re.compile(
    r"\b(?:tel|phone|telefon|call|mobile?|mobil|ph|t|fon|telephone|cell|hotline|handy|whatsapp)\b|電話|电话|전화",
    re.IGNORECASE,
)
# A word for telephone directly before the number, with which it needs no other look.
_CALL_BEFORE = re.compile(
    r"(?<![^\W\d_])(?:tele)?(?:phone|fon|fax|tel|call|mobile|cell|hotline)[\s:.(]{0,4}$", re.IGNORECASE
)
_LINK = re.compile(r"\s{0,9}(?:tel|sms|smsto|callto|fax|whatsapp|viber)(?::|%3a)", re.IGNORECASE)
# A number of WhatsApp, which is written with its country code and without a plus sign.
_WHATSAPP = re.compile(
    r"(?:wa\.me/|(?:api|web|www)?\.?whatsapp\.com/send/?\?(?:[^#]{0,200}&)?phone=|whatsapp:(?://)?send/?\?(?:[^#]{0,200}&)?phone="
    r"|viber:(?://)?(?:chat|add)/?\?number=|signal\.me/#p/)(?:%2B|\+|%20|\s){0,3}([\d\s().%-]{7,30})",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"[;,?#pwx].*|\s{0,3}\(?\b(?:ext|extension|durchwahl|poste|app)\b.*", re.IGNORECASE | re.DOTALL)
_SEPARATORS = re.compile(r"[\s().\-/–]+")
_DATA_KEY = re.compile(
    r"""["'](?:phone|telephone|tel|mobile|phone_?number|telephone_?number|contact_?phone|fax)["']\s{0,3}:\s{0,3}["']([+\d][\d\s().\-/+]{6,30})["']""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    method: str
    before: str = ""
    after: str = ""
    node: LexborNode | None = None
    is_others: bool = False
    is_fax: bool = False


@dataclass(frozen=True, slots=True)
class _Number:
    value: str
    """E.164."""
    national: str
    region: str
    type: str


def region_of(country: str) -> str:
    """Return the region of phonenumbers for a country: ISO 3166-1 alpha-2 in any case, or UK or EL."""
    code = country.strip().upper()
    return {"UK": "GB", "EL": "GR"}.get(code, code)


def find_phones(document: Document, country: str) -> list[Finding]:
    """Return the valid numbers, highest confidence first.

    `country` (ISO 3166-1 alpha-2, any case) is that of numbers without a country code.
    """
    region = region_of(country)
    findings: list[Finding] = []
    for candidate in islice(_candidates(document), MAX_CANDIDATES):
        number = _parse(candidate.text, region)
        if number is None or (candidate.method == "text" and not _is_plausible(candidate, number, region)):
            continue
        detail: dict[str, Any] = {
            "national": number.national,
            "country": number.region,
            "type": number.type,
            "fax": candidate.is_fax or _is_fax(candidate.before[-30:]),
        }
        evidence = Evidence(document.url, candidate.method, shorten_context(candidate.before + candidate.text))
        findings.append(Finding(number.value, _confidence(candidate), detail, [evidence]))
    return merge_findings(findings)


def _confidence(candidate: _Candidate) -> float:
    confidence = CONFIDENCE[candidate.method]
    if candidate.is_others:
        return min(confidence, MAX_CONFIDENCE_OF_OTHERS)
    is_seen = candidate.method in ("tel", "whatsapp", "text")
    if is_seen and is_credited(candidate.node, candidate.before):
        return min(confidence, MAX_CONFIDENCE_OF_CREDITS)
    return confidence


def _is_fax(before: str) -> bool:
    """Return whether the last word for a telephone before the number is a word for fax."""
    faxes, calls = list(_FAX.finditer(before)), list(_CALL.finditer(before))
    return bool(faxes) and (not calls or faxes[-1].start() > calls[-1].start())


def _candidates(document: Document) -> Iterator[_Candidate]:
    """Yield texts that may be numbers."""
    yield from _structured(document)
    yield from _links(document)
    text = document.text
    for match in _numbers(text):
        if 7 <= sum(character.isdigit() for character in match[1]) <= 15 and not _DATE.fullmatch(match[1].strip()):
            before = text[max(0, match.start() - MAX_CHARACTERS_BEFORE) : match.start()]
            yield _Candidate(match[1], "text", before, text[match.end() : match.end() + MAX_CHARACTERS_AFTER])
    for script in document.data_scripts:
        for match in _DATA_KEY.finditer(script[:MAX_SCRIPT_CHARACTERS]):
            yield _Candidate(match[1], "script", is_fax="fax" in match[0][:5].lower())


def _structured(document: Document) -> Iterator[_Candidate]:
    others = {id(entity) for entity in other_entities(document.linked_data)}
    for entity in document.linked_data:
        for key in ("telephone", "faxNumber"):
            values = entity.get(key)
            for number in values[:20] if isinstance(values, list) else [values]:
                if isinstance(number, str | int) and not isinstance(number, bool):
                    name, is_others = str(entity.get("name") or "")[:80] + " ", id(entity) in others
                    text = to_ascii_forms(str(number)[:60])
                    yield _Candidate(text, "json_ld", name, is_others=is_others, is_fax=key == "faxNumber")
    for node in document.tree.css('[itemprop~="telephone"], [itemprop~="faxNumber"]'):
        attributes = node.attributes
        text = attributes.get("content") or text_of(node, 60) or (attributes.get("href") or "")
        is_fax = "fax" in (attributes.get("itemprop") or "").lower()
        yield _Candidate(to_ascii_forms(_LINK.sub("", text[:60])), "microdata", is_fax=is_fax)


def _links(document: Document) -> Iterator[_Candidate]:
    for link in document.links:
        raw = link.raw
        is_whatsapp = "wa.me" in raw or "hatsapp" in raw or "viber" in raw or "signal.me" in raw
        if not is_whatsapp and _LINK.match(raw) is None:
            continue
        if link.node.mem_id in document.hidden.elements:
            continue
        label = text_of(link.node, MAX_CHARACTERS_BEFORE) + " "
        if is_whatsapp and (match := _WHATSAPP.search(raw[:1_000])) is not None:
            yield _Candidate("+" + unquote(match[1]).strip(), "whatsapp", label, node=link.node)
        elif (scheme := _LINK.match(raw)) is not None:
            number = to_ascii_forms(unquote(raw[scheme.end() :][:200])).strip("/ ")
            yield _Candidate(number[:60], "tel", label, node=link.node, is_fax="fax" in scheme[0].lower())


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of _NUMBER: with the sign and bracket before the digits, and the characters it looks ahead."""
    for digits in _DIGITS.finditer(text):
        for match in _NUMBER.finditer(text, max(0, digits.start() - 2), digits.end() + 10):
            if match.start() < digits.end():
                yield match


def _parse(text: str, region: str) -> _Number | None:
    """Return the valid number in a text, None if there is none."""
    text = _EXTENSION.sub("", text.strip().replace(BREAK, " "), count=1)
    text = text.replace("(0)", "") if text.startswith(("+", "00")) else text
    return _look_up(_SEPARATORS.sub("", text), region)


@lru_cache(maxsize=4096)  # a site repeats its numbers on every page, in links and beside them
def _look_up(digits: str, region: str) -> _Number | None:
    try:
        parsed = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    actual_region = phonenumbers.region_code_for_number(parsed)
    kind = phonenumbers.number_type(parsed)
    if actual_region is None or kind == PhoneNumberType.UNKNOWN:
        return None  # as is_valid_number, which would look up both again
    return _Number(
        value=phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        national=phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL),
        region=actual_region,
        type=PhoneNumberType.to_string(kind).lower(),
    )


def _is_plausible(candidate: _Candidate, number: _Number, region: str) -> bool:
    """Return whether digits in a text are a telephone number: grouped like one, or after a word for telephone."""
    text, before = candidate.text, candidate.before
    if text.startswith("+"):
        return True
    if _CALL_BEFORE.search(before[-25:]):
        return True
    if not (_CALL.search(before[-25:]) or _FAX.search(before[-25:])):
        groups = re.findall(r"\d+", text)
        is_grouped = 1 < len(groups) <= 5 and number.region == region
        if not is_grouped:
            return False
    return not is_register_number(text, before, candidate.after, region)
