"""The figures in a text: numbers with scale and unit, dates, quarters, and names that contain digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_UP_TO_TWENTY = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_OTHERS = {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
    "dozen": "12", "half": "0.5", "double": "2", "doubled": "2", "triple": "3", "tripled": "3", "twice": "2",
    "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10",
}  # fmt: skip
WORDS = {word: Decimal(value) for value, word in enumerate(_UP_TO_TWENTY)} | {
    word: Decimal(value) for word, value in _OTHERS.items()
}
SCALES = {
    "hundred": 100, "k": 1_000, "thousand": 1_000, "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000,
    "million": 1_000_000, "b": 10**9, "bn": 10**9, "billion": 10**9, "trillion": 10**12,
    # German, French, Spanish, Italian, Dutch, Swedish, Finnish, Portuguese, Polish
    "tsd": 1_000, "tausend": 1_000, "mille": 1_000, "mil": 1_000, "mila": 1_000, "duizend": 1_000, "tusen": 1_000,
    "tuhat": 1_000, "tuhatta": 1_000, "tys": 1_000,
    "millionen": 1_000_000, "millions": 1_000_000, "millón": 1_000_000, "millones": 1_000_000, "milione": 1_000_000,
    "milioni": 1_000_000, "miljoen": 1_000_000, "miljon": 1_000_000, "miljoner": 1_000_000, "milj": 1_000_000,
    "miljoonaa": 1_000_000, "milhão": 1_000_000, "milhões": 1_000_000, "mln": 1_000_000, "milionów": 1_000_000,
    "miliony": 1_000_000, "mil millones": 10**9,
    "mrd": 10**9, "milliarde": 10**9, "milliarden": 10**9, "milliard": 10**9, "milliards": 10**9, "miliardo": 10**9,
    "miliardi": 10**9, "miljard": 10**9, "miljarder": 10**9, "miljardia": 10**9, "mld": 10**9, "miliardów": 10**9,
}  # fmt: skip
UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "£": "£", "gbp": "£", "pounds": "£", "$": "$", "usd": "$", "us$": "$",
    "dollars": "$", "€": "€", "eur": "€", "euro": "€", "euros": "€", "¥": "¥", "yen": "¥",
    "a$": "A$", "au$": "A$", "aud": "A$", "c$": "C$", "ca$": "C$", "cad": "C$", "nz$": "NZ$", "nzd": "NZ$",
    "hk$": "HK$", "hkd": "HK$", "s$": "S$", "sgd": "S$", "r$": "R$", "brl": "R$", "mx$": "MX$", "chf": "CHF",
    "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "jpy": "¥", "cny": "CNY", "inr": "INR",
    "prozent": "%", "pour cent": "%", "por ciento": "%", "per cento": "%", "procent": "%", "prosenttia": "%",
    "por cento": "%", "d'euros": "€", "de euros": "€", "di euro": "€",
}  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip

_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_SCALE = "|".join(sorted(SCALES, key=len, reverse=True))
_CODE = "|".join(unit for unit in UNITS if len(unit) == 3 and unit.isalpha())
_UNIT = "|".join(
    sorted((unit for unit in UNITS if unit[0].isalpha() and not unit.endswith("$")), key=len, reverse=True)
)
NUMBER = re.compile(
    rf"(?P<before>(?:\b(?:us|au?|ca?|nz|hk|mx|s|r))?\$|[£€¥]|\b(?:{_CODE})\b)?\s?"
    rf"(?:(?<![\w.,])(?P<digits>(?:\d{{1,3}}(?:[,.'\u00a0\u202f ]\d{{3}}(?!\d))+|\d+)(?:[.,]\d+)?)"
    rf"|\b(?P<word>{_WORD}|hundred|thousand)\b)"
    rf"(?:\s?-?(?P<scale>{_SCALE})\b\.?)?(?P<ordinal>st|nd|rd|th)?"
    rf"(?:\s?(?P<after>[%€£$]|(?:{_UNIT})\b))?(?![\w])",
    re.IGNORECASE,
)
ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?:T[\d:.]+Z?)?\b")
MONTH = re.compile(rf"\b({'|'.join(m.capitalize() + '|' + m[:3].capitalize() for m in MONTHS)})\b\.?")
MIXED = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w+\b")
"""Q3, B2B, ISO9001, 5G."""
SCALED = re.compile(rf"^\d+(?:{_SCALE}|st|nd|rd|th)$", re.IGNORECASE)
VAGUE = frozenset({"one"})
"""Words that a claim may contain although its quotation does not, as in "one of the largest"."""


APPROXIMATE = re.compile(
    r"\b(?:about|around|approximately|roughly|nearly|almost|over|more than|close to|some|rund|environ|unos)\b",
    re.IGNORECASE,
)
FRACTION = re.compile(
    r"\b(?:half|halves|thirds?|quarters?|fifths?|tenths?|\w{1,12}fold|double[ds]?|triple[ds]?)\b", re.IGNORECASE
)
MAX_ROUNDING = Decimal("0.05")
YEARS = range(1800, 2100)


@dataclass(frozen=True)
class Figure:
    """A number with its unit, or a part of a date."""

    values: frozenset[Decimal]
    """Several if the notation is ambiguous: 1.200 is 1.2 or 1,200."""
    unit: str = ""
    vague: bool = False

    def is_supported_by(self, others: frozenset[Figure]) -> bool:
        """Return whether one of the others has the same value and, if this figure has a unit, the same unit."""
        return self.vague or any(self.values & other.values and self.unit in ("", other.unit) for other in others)

    def is_close_to(self, others: frozenset[Figure]) -> bool:
        """Return whether one of the others, in the same unit, is this figure before rounding."""
        return any(
            self.unit in ("", other.unit) and abs(mine - its) <= abs(its) * MAX_ROUNDING
            for other in others
            for mine in self.values
            for its in other.values
            if its not in YEARS
        )

    def is_fraction_in(self, text: str) -> bool:
        """Return whether this is a percentage, and the text states a fraction in words."""
        return self.unit == "%" and FRACTION.search(text) is not None


def numbers(text: str) -> frozenset[Figure]:
    """Return the numbers and dates of a text; a date is three figures: year, month and day."""
    return frozenset(_numbers(text))


def names_with_digits(text: str) -> frozenset[str]:
    """Return the names that contain digits, such as Q3, B2B or ISO9001, in lower case."""
    return frozenset(name.casefold() for name in MIXED.findall(text) if not SCALED.match(name))


def _numbers(text: str) -> Iterator[Figure]:
    for year, month, day in ISO_DATE.findall(text):
        yield Figure(frozenset({Decimal(year)}))
        yield Figure(frozenset({Decimal(day)}))
        yield Figure(frozenset({Decimal(month)}), "month")
    text = ISO_DATE.sub(" ", text)
    for found in MONTH.findall(text):
        place = next(i for i, month in enumerate(MONTHS, 1) if month.startswith(found.lower()))
        yield Figure(frozenset({Decimal(place)}), "month", vague=found == "May")
    for match in NUMBER.finditer(text):
        yield _figure(match)


def located(text: str) -> list[tuple[int, int, Figure]]:
    """Return the numbers of a text with where each begins and ends. Dates are not recognized."""
    return [(match.start(), match.end(), _figure(match)) for match in NUMBER.finditer(text)]


def _figure(match: re.Match[str]) -> Figure:
    digits, word, scale = match["digits"], (match["word"] or "").lower(), (match["scale"] or "").lower()
    values = set(_readings(digits)) if digits else {WORDS[word] if word in WORDS else Decimal(SCALES[word])}
    factor = SCALES.get(scale, 1)
    unit = UNITS.get((match["before"] or match["after"] or "").strip().lower(), "")
    return Figure(frozenset(value * factor for value in values), unit, vague=word in VAGUE and not scale)


def _readings(digits: str) -> Iterator[Decimal]:
    """Yield the values that digits may have if points, commas and spaces separate thousands or decimals."""
    plain = re.sub(r"[\s'\u00a0\u202f]", "", digits)
    if re.fullmatch(r"\d+(?:[,.]\d{3})+", plain):
        yield Decimal(re.sub(r"[,.]", "", plain))
    head, separator, tail = plain.rpartition(next((c for c in reversed(plain) if c in ",."), "\0"))
    if separator in (",", ".") and separator:
        yield Decimal(f"{re.sub('[,.]', '', head)}.{tail}")
    else:
        yield Decimal(plain)
