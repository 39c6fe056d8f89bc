"""Turn a sentence into tokens that are equal if they say the same: words, verbs with their form, figures and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.domain.companies.research import figures, synonyms
from app.domain.companies.research.figures import MONTHS, Figure
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.words import listed

_MARK = COMPANY = "\ue000"
"""Stands for the company: in a text, and as the key of a token."""
LEGAL_FORMS = listed(
    """
    ltd limited llc inc incorporated corp corporation co company plc gmbh ag kg ug se sa sas sarl srl spa sl bv nv ab as
    oy oyj aps lp llp pty
    """
)
ARTICLES = "the|die|der|das|la|le|el|l'"
GENERIC = (
    "(?:the|our) (?:company|firm|group|business|enterprise|organi[sz]ation|airline|retailer|manufacturer|bank"
    "|start-?up|agency|brewery|insurer|publisher)"
    "|das unternehmen|die firma|la société|l'entreprise|la empresa|la compañía|la sociedad"
)
TYPOGRAPHY = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4`", "'")
    | dict.fromkeys("\u2010\u2011\u2212", "-")
    | dict.fromkeys("\u2012\u2013\u2014", ",")
    | dict.fromkeys('\u201c\u201d\u201e\u00ab\u00bb"', " ")
)
IGNORED = listed("a an the that also its their our his her as")
"""Words without which a statement says the same."""
_MONTH = "|".join([*MONTHS, *(month[:3] for month in MONTHS), "sept"])
_DATE = re.compile(
    rf"""\b(?P<y1>\d{{4}})-(?P<m1>\d{{2}})-(?P<d1>\d{{2}})\b
    | \b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m2>{_MONTH})\b\.?,?(?:\s(?P<y2>\d{{4}}))?\b
    | \b(?P<m3>{_MONTH})\b\.?\s(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?%)(?:,?\s(?P<y3>\d{{4}}))?\b
    | \b(?P<m4>{_MONTH})\b\.?,?\s(?P<y4>\d{{4}})\b
    | \b(?P<m5>January|February|March|April|June|July|August|September|October|November|December)\b
    | (?<![\w.,£$€])(?P<y6>(?:1[89]|20)\d\d)(?![\w%]|[.,]\d|\s?(?:million|thousand|billion))""",
    re.VERBOSE | re.IGNORECASE,
)
VERBS_OF_NUMBER = listed("double doubled triple tripled")
SIGNS = frozenset("<>\u2264\u2265~\u2248")
_PIECE = re.compile(rf"{_MARK}(?:'s)?|n't\b|\b[^\W\d_](?:[\w&+-]|'(?!s\b))*|[,;:()]|\s-\s|\d+|'s\b")


@dataclass(frozen=True)
class Token:
    """A piece of a sentence. `key` is equal for words that say the same; `form` is that of a known verb, else empty."""

    key: str
    form: str = ""
    surface: str = ""
    """The folded word; empty for figures, dates and punctuation."""
    figure: Figure | None = None
    date: tuple[int | None, int | None, int | None] | None = None
    """Year, month and day, each None if not given."""

    def says(self, other: Token) -> bool:
        """Return whether this token of a claim says what `other`, of its quotation, says."""
        if self.figure and other.figure:
            if self.figure.vague:  # "one" in "one of the largest"
                return other.figure.values == self.figure.values
            return self.figure.is_supported_by(frozenset({other.figure}))
        if self.date and other.date:
            return all(mine in (None, its) for mine, its in zip(self.date, other.date, strict=True))
        if self.figure or other.figure or self.date or other.date:
            return False
        return (self.key, self.form) == (other.key, other.form) or (
            self.surface != "" and self.surface == other.surface
        )


@lru_cache(maxsize=256)
def _company_pattern(company: str) -> re.Pattern[str]:
    """Return what matches the company's name, with or without its legal form, or a distinctive first word alone."""
    words = company.translate(TYPOGRAPHY).split()
    kept = list(words)
    while len(kept) > 1 and kept[-1].strip(".,&").lower().replace(".", "") in LEGAL_FORMS:
        kept.pop()
    names = [" ".join(words), " ".join(kept)]
    escaped = "|".join(re.escape(name) for name in dict.fromkeys(names) if name)
    forms = "|".join(sorted(LEGAL_FORMS))
    first = kept[0] if kept and len(kept) > 1 and len(kept[0]) > 3 and kept[0][0].isupper() else ""
    alone = rf"|(?-i:\b{re.escape(first)}\b)(?!\s(?-i:[A-Z])|-)" if first else ""
    return re.compile(
        rf"(?:\b(?:{ARTICLES})\s?)?(?:\b(?:{escaped})(?:,?\s(?:{forms})\b\.?)?{alone})(?!\w)", re.IGNORECASE
    )


_GENERIC = re.compile(rf"\b(?:{GENERIC})\b(?!\s(?:of|that|which)\b)|\bwe\b", re.IGNORECASE)
_SAID = re.compile(
    rf"^\s*{_MARK}\s(?:said|says|announced|announces|reported|confirmed|stated|states)(?:\sthat)?\s(?:it\b|{_MARK})",
    re.IGNORECASE,
)
_OPENING = (
    "(?:founded|established|incorporated|formed|created|started|based|headquartered|located|registered|owned|led|run"
    "|managed|backed|known)\\b[^.;:]{1,120}?|(?:in|since) (?:[A-Z][a-z]{2,8} )?\\d{4}|with \\d[^.;:,]{1,60}"
)
_IT = re.compile(rf"^(\s*(?:{_OPENING}),\s|\s*)it\b", re.IGNORECASE)


def mark_company(text: str, company: str) -> str:
    """Return the text with a mark in place of every reference to the company.

    "The company", "we" and "it" are references if the text does not name the company as well.
    """
    text = " ".join(text.translate(TYPOGRAPHY).split())
    marked = _company_pattern(company).sub(_MARK, text) if company.strip() else text
    if _MARK not in marked:
        marked = _GENERIC.sub(_MARK, marked)
    marked = _SAID.sub(_MARK, marked)
    return marked if _MARK in marked else _IT.sub(rf"\g<1>{_MARK}", marked)


def has_name(text: str, company: str) -> bool:
    """Return whether a text contains the company's name."""
    plain = " ".join(text.translate(TYPOGRAPHY).split())
    return bool(company.strip()) and _company_pattern(company).search(plain) is not None


def names_company(text: str, company: str) -> bool:
    """Return whether a text refers to the company: by its name, or as "the company", "we", "our" or "it"."""
    return _MARK in mark_company(text, company) or re.search(r"\b(?:our|its?|us)\b", text, re.IGNORECASE) is not None


def tokens(marked: str) -> list[Token]:
    """Return the tokens of a text in which the company is marked; punctuation marks are tokens of their own."""
    text = synonyms.unify_phrases(marked)
    found: list[tuple[int, int, Token]] = [(m.start(), m.end(), _date(m)) for m in _DATE.finditer(text)]
    blank = list(text)
    for start, end, _ in found:
        blank[start:end] = " " * (end - start)
    for start, end, figure in figures.located("".join(blank)):
        if text[start:end].strip().lower() in VERBS_OF_NUMBER:
            continue
        found.append((start, end, Token("#", figure=figure)))
        found += [(place, place, sign) for place, sign in _signs(text, start, end)]
        blank[start:end] = " " * (end - start)
    found += [(m.start(), m.end(), token) for m in _PIECE.finditer("".join(blank)) if (token := _piece(m[0]))]
    return [token for _, _, token in sorted(found, key=lambda entry: entry[0])]


def _signs(text: str, start: int, end: int) -> Iterator[tuple[int, Token]]:
    """Yield what beside a number changes it: a minus, "more than", "up to"."""
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if before[-1:] == "-" and not before[:-1].isalnum():
        yield start - 1, Token("minus", surface="minus")
    elif before.strip()[-1:] in SIGNS:
        yield start - 1, Token(before.strip()[-1], surface=before.strip()[-1])
    if after == "+":
        yield end, Token("+", surface="+")


def _date(match: re.Match[str]) -> Token:
    groups = match.groupdict()

    def part(name: str) -> str | None:
        return next((value for key, value in groups.items() if key[0] == name and value), None)

    year, month, day = part("y"), part("m"), part("d")
    if month is not None and not month.isdigit():
        month = str(next(i for i, name in enumerate(MONTHS, 1) if name.startswith(month.lower()[:3])))
    return Token("@", date=(int(year) if year else None, int(month) if month else None, int(day) if day else None))


def _piece(piece: str) -> Token | None:
    if piece[0] == _MARK:
        return None if piece.endswith("'s") else Token(COMPANY, surface=COMPANY)
    if piece == "'s":
        return None
    if piece == "n't":
        return Token("not", surface="not")
    if not piece[0].isalnum():
        return Token(piece.strip() if piece.strip() != "-" else ",")
    word = folded(piece)
    if word in synonyms.BE:
        return Token(synonyms.BE[word], surface=word)
    verb = synonyms.verb_form(word)
    if verb:
        return Token(verb[0], verb[1], word)
    return Token(synonyms.unify_word(word), surface=word)


def kept(sequence: list[Token]) -> Iterator[Token]:
    """Yield the tokens without punctuation, words that add nothing, and "of" the company."""
    for place, token in enumerate(sequence):
        following = sequence[place + 1] if place + 1 < len(sequence) else None
        before = sequence[place - 1] if place else None
        if token.key == "of" and following is not None and following.key == COMPANY:
            continue
        if token.key == COMPANY and before is not None and before.key == "of":
            continue
        if token.key not in IGNORED and (token.surface or token.figure or token.date):
            yield token
