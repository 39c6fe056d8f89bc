"""Telephone numbers of a page, as E.164; fax numbers are told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from app.domain.websites.extraction.document import BREAK, Document, text_of
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context

CONFIDENCE = {"json_ld": 1.0, "microdata": 1.0, "tel": 0.95, "text": 0.7}
#: Candidates that are looked at: each costs some 50 µs.
MOST_CANDIDATES = 60

_NUMBER = re.compile(r"(?<![\w.,/:=-])(\+?\(?\d[\d\s().\-/\xa0–]{6,22}\d)(?![\w%-]|[.,]\d)")
# All that a number is made of after its sign: looked for first, since that takes half as long.
_RUN = re.compile(r"\d[\d\s().\-/\xa0–]{7,}")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d\d[\s–-]+(?:19|20)\d\d|\d{4}-\d{2}-\d{2}.*")
_FAX = re.compile(r"\b(?:tele)?fax\b|\bfax\s*[:.]|\bf\s*[:.]", re.IGNORECASE)
_CALL = re.compile(
    r"\b(?:tel|phone|telefon|call|mobile?|mobil|ph|t|fon|telephone|cell|hotline|handy|whatsapp)\b", re.IGNORECASE
)


def find_phones(document: Document, country: str) -> list[Finding]:
    """The numbers that can be called, the surest first. `country` (ISO 3166-1) is where local numbers are read."""
    findings: list[Finding] = []
    for number, (text, method, around) in enumerate(_candidates(document)):
        if number >= MOST_CANDIDATES:
            break
        parsed = _parse(text, country.upper())
        if parsed is None or (method == "text" and not _plausible(text, parsed, around, country.upper())):
            continue
        detail = {
            "national": phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL),
            "country": phonenumbers.region_code_for_number(parsed),
            "type": PhoneNumberType.to_string(phonenumbers.number_type(parsed)).lower(),
            "fax": _is_fax(around[-30:]),
        }
        value = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        evidence = Evidence(document.url, method, shorten_context((around + text).replace(BREAK, " ")))
        findings.append(Finding(value, CONFIDENCE[method], detail, [evidence]))
    return merge_findings(findings)


def _is_fax(before: str) -> bool:
    """Whether the last word for a telephone before the number says fax."""
    faxes, calls = list(_FAX.finditer(before)), list(_CALL.finditer(before))
    return bool(faxes) and (not calls or faxes[-1].start() > calls[-1].start())


def _candidates(document: Document) -> Iterator[tuple[str, str, str]]:
    for one in document.linked_data:
        if isinstance(number := one.get("telephone"), str):
            yield number[:60], "json_ld", str(one.get("name") or "")[:80] + " "
    for node in document.tree.css('[itemprop~="telephone"]'):
        yield (node.attributes.get("content") or text_of(node, 60))[:60], "microdata", ""
    for link in document.links:
        if link.raw[:4].lower() == "tel:":
            yield unquote(link.raw[4:]).strip("/ ")[:60], "tel", text_of(link.node, 80) + " "
    text = document.text
    for match in (one for run in _RUN.finditer(text) for one in _NUMBER.finditer(text, *_bounds(run))):
        if 7 <= sum(letter.isdigit() for letter in match[1]) <= 15 and not _DATE.fullmatch(match[1].strip()):
            yield match[1], "text", text[max(0, match.start() - 40) : match.start()]


def _bounds(run: re.Match[str]) -> tuple[int, int]:
    """With the sign and bracket before it, and what _NUMBER looks at behind it."""
    return max(0, run.start() - 2), run.end() + 2


def _parse(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text.replace("(0)", "") if text.lstrip().startswith(("+", "00")) else text, country)
    except NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def _plausible(text: str, parsed: phonenumbers.PhoneNumber, around: str, country: str) -> bool:
    """Whether digits in a text are meant as a number: grouped as one is, or called one."""
    if text.startswith("+") or _CALL.search(around[-25:]) or _FAX.search(around[-25:]):
        return True
    groups = re.findall(r"\d+", text)
    return len(groups) > 1 and phonenumbers.is_valid_number_for_region(parsed, country) and len(groups) <= 5
