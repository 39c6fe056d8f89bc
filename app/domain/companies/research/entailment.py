"""Decide whether a quotation says what a claim says."""

from __future__ import annotations

import re

from app.domain.companies.research import names, statements, words
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.passages import sentences
from app.domain.companies.research.synonyms import BE, verb_form
from app.domain.companies.research.wording import COMPANY, mark_company, names_company, tokens

NAME_AS_SUBJECT = re.compile(r"([A-Z]\w+(?:'s)?)(,? )(\w+)")


def says(text: str, quote: str, company: str) -> bool:
    """Return whether the quotation certainly makes each statement of the text; `company` is the company's name."""
    stated = [
        tokens(_bare(mark_company(sentence, company))) for sentence in sentences(quote) if not sentence.endswith("?")
    ]
    claimed = [tokens(_bare(mark_company(sentence, company))) for sentence in sentences(text)]
    return all(
        bool(claim) and any(statements.states(claim, sentence) for sentence in stated if sentence) for claim in claimed
    )


def is_qualified(rest: str) -> bool:
    """Return whether words beside a quotation may change what it says: "plans to", "if", "in 2012"."""
    found = tokens(_bare(rest))
    return any(token.key in statements.QUALIFIERS or token.date for token in found) or any(
        token.key in statements.SCOPES for token in found[:1]
    )


def is_about_another(text: str, sentence: str, company: str) -> bool:
    """Return whether a claim says of the company what its sentence says of another name."""
    if COMPANY not in mark_company(text, company) or names_company(sentence, company):
        return False
    first = NAME_AS_SUBJECT.match(sentence.strip())
    if first is None or not names.is_english(sentence):
        return False
    is_subject = first[2] != " " or first[3][0].isupper() or first[3] in {*BE, "has"}
    is_subject = is_subject or verb_form(folded(first[3])) is not None
    name = folded(first[1]).removesuffix("'s")
    return is_subject and not (name in words.COMMON or names.is_ordinary(name) or words.stem(name) in words.stems(text))


def _bare(sentence: str) -> str:
    return sentence.strip().rstrip(".!?;,: ")
