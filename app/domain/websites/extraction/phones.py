"""The telephone and fax numbers of a page, in E.164 form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from app.domain.websites.extraction.document import BREAK, Document, text_of
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context

CONFIDENCE = {"json_ld": 1.0, "microdata": 1.0, "tel": 0.95, "text": 0.7}
"""Confidence by method."""
MAX_CANDIDATES = 60
"""Parsed per page; each takes some 50 µs."""

_NUMBER = re.compile(r"(?<![\w.,/:=-])(\+?\(?\d[\d\s().\-/\xa0–]{6,22}\d)(?![\w%-]|[.,]\d)")
# The characters of a number after its sign: to search for these first takes half the time.
_DIGITS = re.compile(r"\d[\d\s().\-/\xa0–]{7,}")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d\d[\s–-]+(?:19|20)\d\d|\d{4}-\d{2}-\d{2}.*")
_FAX = re.compile(r"\b(?:tele)?fax\b|\bfax\s*[:.]|\bf\s*[:.]", re.IGNORECASE)
_CALL = re.compile(
    r"\b(?:tel|phone|telefon|call|mobile?|mobil|ph|t|fon|telephone|cell|hotline|handy|whatsapp)\b", re.IGNORECASE
)


def find_phones(document: Document, country: str) -> list[Finding]:
    """Return the valid numbers, highest confidence first.

    `country` (ISO 3166-1 alpha-2, any case) is that of numbers without a country code.
    """
    findings: list[Finding] = []
    for text, method, before in islice(_candidates(document), MAX_CANDIDATES):
        parsed = _parse(text, country.upper())
        if parsed is None or (method == "text" and not _is_plausible(text, parsed, before, country.upper())):
            continue
        detail = {
            "national": phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL),
            "country": phonenumbers.region_code_for_number(parsed),
            "type": PhoneNumberType.to_string(phonenumbers.number_type(parsed)).lower(),
            "fax": _is_fax(before[-30:]),
        }
        value = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        evidence = Evidence(document.url, method, shorten_context((before + text).replace(BREAK, " ")))
        findings.append(Finding(value, CONFIDENCE[method], detail, [evidence]))
    return merge_findings(findings)


def _is_fax(before: str) -> bool:
    """Return whether the last word for a telephone before the number is a word for fax."""
    faxes, calls = list(_FAX.finditer(before)), list(_CALL.finditer(before))
    return bool(faxes) and (not calls or faxes[-1].start() > calls[-1].start())


def _candidates(document: Document) -> Iterator[tuple[str, str, str]]:
    """Yield texts that may be numbers, each with its method and the text before it."""
    for entity in document.linked_data:
        if isinstance(number := entity.get("telephone"), str):
            yield number[:60], "json_ld", str(entity.get("name") or "")[:80] + " "
    for node in document.tree.css('[itemprop~="telephone"]'):
        yield (node.attributes.get("content") or text_of(node, 60))[:60], "microdata", ""
    for link in document.links:
        if link.raw[:4].lower() == "tel:":
            yield unquote(link.raw[4:]).strip("/ ")[:60], "tel", text_of(link.node, 80) + " "
    text = document.text
    matches = (match for digits in _DIGITS.finditer(text) for match in _NUMBER.finditer(text, *_bounds(digits)))
    for match in matches:
        if 7 <= sum(character.isdigit() for character in match[1]) <= 15 and not _DATE.fullmatch(match[1].strip()):
            yield match[1], "text", text[max(0, match.start() - 40) : match.start()]


def _bounds(digits: re.Match[str]) -> tuple[int, int]:
    """Return where to match _NUMBER: with the sign and bracket before the digits, and the characters it looks ahead."""
    return max(0, digits.start() - 2), digits.end() + 2


def _parse(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text.replace("(0)", "") if text.lstrip().startswith(("+", "00")) else text, country)
    except NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def _is_plausible(text: str, parsed: phonenumbers.PhoneNumber, before: str, country: str) -> bool:
    """Return whether digits in a text are a telephone number: grouped like one, or after a word for telephone."""
    if text.startswith("+") or _CALL.search(before[-25:]) or _FAX.search(before[-25:]):
        return True
    groups = re.findall(r"\d+", text)
    return len(groups) > 1 and phonenumbers.is_valid_number_for_region(parsed, country) and len(groups) <= 5
